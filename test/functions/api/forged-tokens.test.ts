import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { Sealer } from '../../../console/session.ts';
import { type RunningServer, listenLocally } from '../../../embedded/server.ts';
import { createApp } from '../../../functions/api/app.ts';
import { oidcAuthenticator } from '../../../functions/api/authentication.ts';
import type { LogLine } from '../../../functions/api/surface.ts';
import { ApiHouse } from '../../builders/api-house.ts';

const AUDIENCE = 'onetrack';
const HOUR = 3600;

/** What the issuer publishes, and what an attacker does who hopes to be asked instead. */
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let house: ApiHouse;
let issuer: string;
let keys: Server;
let attacker: Server;
let server: RunningServer;
let submission: unknown;
let lured = 0;
const logged: LogLine[] = [];

beforeAll(async () => {
  house = await ApiHouse.open();
  const published = {
    keys: [
      { ...(await exportJWK(ec.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' },
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
    ],
  };
  keys = createServer((_, response) => response.end(JSON.stringify(published)));
  const bait = JSON.stringify({ keys: [{ ...(await exportJWK(foreign.publicKey)), kid: 'theirs', alg: 'ES256' }] });
  attacker = createServer((_, response) => {
    lured += 1;
    response.end(bait);
  });
  issuer = await listen(keys);
  const jwks = new URL(`${issuer}/jwks`);
  const auth = oidcAuthenticator({ issuer, audience: AUDIENCE, jwks }, { now: () => Date.now() });
  const { platform, catalogue } = house.stage.machine;
  const app = createApp(platform, catalogue, auth, { log: (line) => logged.push(line), description: async () => '{}' });
  server = await listenLocally(app, 0);
  submission = await house.submission(await house.applicant());
});
afterAll(async () => {
  await server.close();
  for (const each of [keys, attacker]) {
    each.closeAllConnections();
    await new Promise((resolve) => each.close(resolve));
  }
  await house.close();
});

async function listen(each: Server): Promise<string> {
  await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(each.address() as AddressInfo).port}`;
}

function claims(other: Record<string, unknown> = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { iss: issuer, aud: AUDIENCE, sub: 'ngoc', iat: now, exp: now + HOUR, ...other };
}

function encoded(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A token as the issuer signs it, with what is other. */
function signed({
  header = {},
  payload = {},
  key = ec.privateKey,
}: {
  header?: Record<string, unknown>;
  payload?: Record<string, unknown>;
  key?: KeyObject;
} = {}): Promise<string> {
  return new SignJWT(claims(payload))
    .setProtectedHeader({ alg: 'ES256', kid: 'ec', typ: 'at+jwt', ...header })
    .sign(key);
}

/** Written by hand, for what no library would sign. */
function crafted(header: unknown, payload: unknown, signature: (input: string) => Buffer): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${signature(input).toString('base64url')}`;
}

/** As the issuer would, had it been brought to: so that nothing but the header or the claim is wrong. */
const byIssuer = (input: string): Buffer =>
  sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
const nothing = (): Buffer => Buffer.alloc(0);
const withSecret =
  (secret: string | Buffer) =>
  (input: string): Buffer =>
    createHmac('sha256', secret).update(input).digest();

const past = () => Math.floor(Date.now() / 1000) - 60;
const parts = async (): Promise<[string, string, string]> => (await signed()).split('.') as [string, string, string];
const theirs = (header: Record<string, unknown>) =>
  signed({ header: { kid: 'theirs', ...header }, key: foreign.privateKey });
const publicPem = (): string => rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;

const ATTACKS: Record<string, () => string | Promise<string>> = {
  'is unsigned, by alg none': () => crafted({ alg: 'none', typ: 'at+jwt' }, claims(), nothing),
  'is unsigned, by None in other letters': () => crafted({ alg: 'nOnE', kid: 'ec' }, claims(), nothing),
  'has its signature cut off': async () => (await parts()).slice(0, 2).join('.') + '.',
  'has two parts': async () => (await parts()).slice(0, 2).join('.'),
  'is an encrypted one by its form': async () => [...(await parts()), 'a', 'b'].join('.'),
  'is signed with the public key as a shared secret, as PEM': () =>
    crafted({ alg: 'HS256', kid: 'rsa' }, claims(), withSecret(publicPem())),
  'is signed with the public key as a shared secret, as DER': () =>
    crafted({ alg: 'HS256', kid: 'rsa' }, claims(), withSecret(rsa.publicKey.export({ type: 'spki', format: 'der' }))),
  'is signed with the public key as a shared secret, as JWK': async () =>
    crafted({ alg: 'HS256', kid: 'rsa' }, claims(), withSecret(JSON.stringify(await exportJWK(rsa.publicKey)))),
  'is signed with an empty secret': () => crafted({ alg: 'HS256', kid: 'ec' }, claims(), withSecret('')),
  'names an algorithm that is not taken': () => signed({ header: { alg: 'PS256', kid: 'rsa' }, key: rsa.privateKey }),
  'names an algorithm that nobody knows': () => crafted({ alg: 'XX999', kid: 'ec' }, claims(), byIssuer),
  'names another algorithm than its key is for': () =>
    signed({ header: { alg: 'RS256', kid: 'ec' }, key: rsa.privateKey }),
  'names no algorithm': () => crafted({ kid: 'ec' }, claims(), byIssuer),
  'has a signature of zeros (CVE-2022-21449)': () =>
    crafted({ alg: 'ES256', kid: 'ec' }, claims(), () => Buffer.alloc(64)),
  'is signed by another key under the name of ours': () => signed({ key: foreign.privateKey }),
  'has expired': () => signed({ payload: { exp: past() } }),
  'never expires': () => signed({ payload: { exp: undefined } }),
  'expires at no number': () => crafted({ alg: 'ES256', kid: 'ec' }, { ...claims(), exp: '9999999999' }, byIssuer),
  'is not valid before a later instant': () => signed({ payload: { nbf: Math.floor(Date.now() / 1000) + 600 } }),
  'is for another audience': () => signed({ payload: { aud: 'another-api' } }),
  'is for an audience whose name begins with ours': () => signed({ payload: { aud: `${AUDIENCE}-test` } }),
  'is for nobody': () => signed({ payload: { aud: undefined } }),
  'is of another issuer': () => signed({ payload: { iss: 'https://evil.example' } }),
  'is of an issuer whose name begins with ours': () => signed({ payload: { iss: `${issuer}.evil.example` } }),
  'is of nobody': () => signed({ payload: { iss: undefined } }),
  'is about nobody': () => signed({ payload: { sub: undefined } }),
  'is about an empty name': () => signed({ payload: { sub: '' } }),
  'names a key by a path': () => crafted({ alg: 'HS256', kid: '../../../../dev/null' }, claims(), withSecret('')),
  'names a key by SQL': () => theirs({ kid: "x' UNION SELECT 'secret' --" }),
  'names a key by a command': () => theirs({ kid: '|/usr/bin/id' }),
  'names a key by what every object has': () => theirs({ kid: '__proto__' }),
  'names a key that is none': () => crafted({ alg: 'ES256', kid: { ec: true } }, claims(), byIssuer),
  'brings its key': async () => theirs({ jwk: await exportJWK(foreign.publicKey) }),
  'brings its key under the name of ours': async () => theirs({ kid: 'ec', jwk: await exportJWK(foreign.publicKey) }),
  'brings the address of its keys': async () => theirs({ jku: `${await lure()}/jwks` }),
  'brings the address of its certificate': async () => theirs({ x5u: `${await lure()}/cert.pem` }),
  'brings its certificate': () =>
    theirs({ x5c: [foreign.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
  'wants a header understood that nobody knows': () =>
    crafted({ alg: 'ES256', kid: 'ec', crit: ['x-admin'], 'x-admin': true }, claims(), byIssuer),
  'wants its payload taken as it is (RFC 7797)': () =>
    crafted({ alg: 'ES256', kid: 'ec', crit: ['b64'], b64: false }, claims(), byIssuer),
  'was given another subject afterwards': async () => {
    const [header, , signature] = await parts();
    return [header, encoded(claims({ sub: 'admin', role: 'admin' })), signature].join('.');
  },
  'was given another header afterwards': async () => {
    const [, payload, signature] = await parts();
    return [encoded({ alg: 'ES256', kid: 'ec', typ: 'at+jwt', x: 1 }), payload, signature].join('.');
  },
  'has a signature of which one bit is turned': async () => {
    const [header, payload, signature] = await parts();
    const bytes = Buffer.from(signature, 'base64url');
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    return [header, payload, bytes.toString('base64url')].join('.');
  },
  'has a header that is no JSON': () => crafted('{"alg":', claims(), byIssuer),
  'has a header nested very deep': () => crafted('['.repeat(4000), claims(), byIssuer),
  'is a list': () => crafted({ alg: 'ES256', kid: 'ec' }, '[]', byIssuer),
  'is huge, and signed by the issuer': () => signed({ payload: { more: 'a'.repeat(8000) } }),
  'is an ID token of the console': () => signed({ header: { typ: 'JWT' }, payload: { aud: 'console', nonce: 'n' } }),
  'is an ID token whose client bears the name of the API': () =>
    signed({ header: { typ: 'JWT' }, payload: { nonce: 'n' } }),
  'is a logout token': () => signed({ header: { typ: 'logout+jwt' } }),
  'is a security event': () => signed({ header: { typ: 'secevent+jwt' } }),
  'proves possession of a key': () => signed({ header: { typ: 'dpop+jwt' } }),
  'is the token of a one-time link': () => randomBytes(32).toString('base64url'),
  'is the session of the console': () =>
    new Sealer(house.stage.machine.platform.config.indexKey).seal('session', { subject: 'admin', until: Infinity }),
  'is a token of the local issuer, where another is configured': () => house.applicant(),
  'is no token': () => 'not.a.token',
  'is empty': () => '',
};

async function lure(): Promise<string> {
  return attacker.listening ? `http://127.0.0.1:${(attacker.address() as AddressInfo).port}` : listen(attacker);
}

function submit(token: string): Promise<Response> {
  return fetch(`${server.url}/v1/dossiers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(submission),
  });
}

/** What an answer must not give away: where code lies, how it failed, what keys there are. */
function givesAway(text: string, token: string): string[] {
  const { x = '', n = '' } = {
    ...ec.publicKey.export({ format: 'jwk' }),
    n: rsa.publicKey.export({ format: 'jwk' }).n,
  };
  const words = [
    '    at ',
    '.ts:',
    '.js:',
    'node_modules',
    'jose',
    'JWS',
    'JWT',
    'BEGIN',
    'kid',
    'stack',
    issuer,
    x,
    n,
  ];
  return [
    ...words,
    ...(token.length > 20 ? [token, ...token.split('.').filter(({ length }) => length > 20)] : []),
  ].filter((word) => word !== '' && text.includes(word));
}

describe('a token that', () => {
  it.each(Object.entries(ATTACKS))('%s is refused, and nothing is recorded, logged or given away', async (_, forge) => {
    const token = await forge();
    const before = await house.stored();
    const answer = await submit(token);
    const text = await answer.text();
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(JSON.parse(text)).toMatchObject({ type: 'urn:onetrack:problem:unauthenticated', status: 401 });
    expect(givesAway(text, token)).toEqual([]);
    expect(await house.stored()).toBe(before);
    expect(logged).toEqual([]);
    expect(lured).toBe(0);
  });

  it('comes beside a second one is refused, in whichever order', async () => {
    const good = await signed();
    const forged = await signed({ key: foreign.privateKey });
    for (const both of [
      [good, forged],
      [forged, good],
      [good, good],
    ])
      expect(await statusOf({ authorization: both.map((token) => `Bearer ${token}`) })).toBe(401);
    expect(await statusOf({ authorization: [`Bearer ${good}, Bearer ${forged}`] })).toBe(401);
    expect(await statusOf({ authorization: [`Bearer ${good}`] })).toBe(200);
  });

  it('comes elsewhere than in its header is none', async () => {
    const token = await signed();
    expect((await fetch(`${server.url}/v1/dossiers?access_token=${token}`)).status).toBe(401);
    expect(await statusOf({ cookie: [`access_token=${token}`] })).toBe(401);
    for (const scheme of ['Basic', 'Token', 'DPoP', ''])
      expect(await statusOf({ authorization: [`${scheme} ${token}`.trim()] })).toBe(401);
  });

  it('is larger than any header is refused by the server before anybody reads it', async () => {
    expect(await statusOf({ authorization: [`Bearer ${'a'.repeat(100_000)}`] })).toBe(431);
    expect(await statusOf({ authorization: [`Bearer ${await signed()}`] })).toBe(200);
  });

  it('was good is so no longer once it has expired, though it was kept', async () => {
    let now = Date.now();
    const auth = oidcAuthenticator({ issuer, audience: AUDIENCE, jwks: new URL(`${issuer}/jwks`) }, { now: () => now });
    const token = await signed();
    expect(await auth.verify(token)).toEqual({ subject: 'ngoc' });
    now += 2 * HOUR * 1000;
    expect(await auth.verify(token)).toBeUndefined();
  });

  it('the issuer made for the API is accepted, as newer and as older issuers write it', async () => {
    for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT', 'JWT', undefined])
      expect(await statusOf({ authorization: [`Bearer ${await signed({ header: { typ } })}`] })).toBe(200);
    const rs = await signed({ header: { alg: 'RS256', kid: 'rsa' }, key: rsa.privateKey });
    expect((await submit(rs)).status).toBe(201);
  });
});

/** What stands at the address of the keys when they cannot be had. */
const AWAY: Record<string, ((response: ServerResponse) => void) | undefined> = {
  'answers with an error': (response) => response.writeHead(503).end(),
  'answers with some other page': (response) => response.end('<html>'),
  'answers with what are no keys': (response) => response.end('{"keys":1}'),
  'leads elsewhere': (response) => response.writeHead(302, { location: `${issuer}/jwks` }).end(),
  'breaks off': (response) => response.destroy(),
  'is not there': undefined,
};

describe('where the issuer’s keys cannot be had, a token', () => {
  it.each(Object.entries(AWAY))('is neither good nor forged, and may come again: it %s', async (_, answer) => {
    const away = createServer((_, response) => answer?.(response));
    const at = await listen(away);
    if (!answer) away.close();
    const auth = oidcAuthenticator({ issuer, audience: AUDIENCE, jwks: new URL(`${at}/jwks`) }, { now: Date.now });
    const { platform, catalogue } = house.stage.machine;
    const app = createApp(platform, catalogue, auth, { log: () => undefined, description: async () => '{}' });
    const headers = { authorization: `Bearer ${await signed()}` };
    const told = await app.request('/v1/dossiers', { headers });
    expect([told.status, told.headers.get('retry-after')]).toEqual([503, '5']);
    away.close();
  });
});

/** By node's own client, which sends a header as often as it is told. */
function statusOf(headers: Record<string, string[]>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/v1/dossiers`, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    for (const [name, values] of Object.entries(headers)) sent.setHeader(name, values);
    sent.on('error', reject);
    sent.end();
  });
}
