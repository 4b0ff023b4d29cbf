import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { API_AUDIENCE, type TokenRequest } from '../../../adapters/local/issuer.ts';
import { readBody } from '../../../embedded/samples/sample-server.ts';

type Person = Pick<TokenRequest, 'subject' | 'unit' | 'role'>;

/** The console's client there. */
export const CLIENT = { id: 'console', secret: 'the secret of the console' };

/** An OIDC issuer over HTTP that signs with RSA: an HTTP API believes no other ("Only RSA-based algorithms are supported", JWT authorizers). */
export interface RsaIssuer {
  url: string;
  audience: string;
  keys: string;
  token(request: TokenRequest): Promise<string>;
  /** Who logs in by the next browser that comes. */
  expect(person: Person): void;
  close(): Promise<void>;
}

interface Granted {
  person: Person;
  asked: URLSearchParams;
}

export async function openRsaIssuer(): Promise<RsaIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = 'rsa';
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  const codes = new Map<string, Granted>();
  let expected: Person | undefined;
  const sign = (claims: JWTPayload, { typ, audience, ttl }: { typ: string; audience: string; ttl: number }) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid, typ })
      .setIssuer(url)
      .setAudience(audience)
      .setIssuedAt(Math.floor(Date.now() / 1000) - 60)
      .setExpirationTime(`${ttl}s`)
      .sign(privateKey);

  /** RFC 6749, 4.1.1: the person is known already, and consents. */
  const authorize = (asked: URLSearchParams): string => {
    const back = new URL(asked.get('redirect_uri') ?? '');
    const code = randomUUID();
    if (expected) codes.set(code, { person: expected, asked });
    expected = undefined;
    for (const [name, value] of Object.entries({ code, state: asked.get('state') ?? '', iss: url }))
      back.searchParams.set(name, value);
    return back.href;
  };
  /** RFC 6749, 4.1.3; RFC 7636, 4.6: a code is good once, for its client and its verifier. */
  const redeem = async (request: IncomingMessage): Promise<object | undefined> => {
    const sent = new URLSearchParams(Buffer.from((await readBody(request, 100_000)) ?? []).toString('utf8'));
    const granted = codes.get(sent.get('code') ?? '');
    codes.delete(sent.get('code') ?? '');
    const secret = CLIENT.secret.replaceAll(' ', '+');
    const isClient = request.headers.authorization === `Basic ${btoa(`${CLIENT.id}:${secret}`)}`;
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url');
    if (!granted || !isClient || challenge !== granted.asked.get('code_challenge')) return undefined;
    const { subject: sub, ...office } = granted.person;
    const claims = { sub, ...office, nonce: granted.asked.get('nonce') };
    return { id_token: await sign(claims, { typ: 'JWT', audience: CLIENT.id, ttl: 300 }) };
  };

  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '', url);
      const json = (status: number, body: object | undefined) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      switch (pathname) {
        case '/jwks.json':
          return json(200, jwks);
        case '/.well-known/openid-configuration':
          return json(200, {
            issuer: url,
            jwks_uri: `${url}/jwks.json`,
            authorization_endpoint: `${url}/authorize`,
            token_endpoint: `${url}/token`,
          });
        case '/authorize':
          return response.writeHead(303, { location: authorize(searchParams) }).end();
        case '/token': {
          const tokens = await redeem(request);
          return json(tokens ? 200 : 400, tokens ?? { error: 'invalid_grant' });
        }
        default:
          return json(404, undefined);
      }
    })().catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    audience: API_AUDIENCE,
    keys: `${url}/jwks.json`,
    // Good on both clocks: the authorizer's is that of the machine, the platform's is set by the stories.
    token: ({ subject, unit, role, ttl = 3600 }) =>
      sign(
        { sub: subject, ...(unit !== undefined && { unit }), ...(role !== undefined && { role }) },
        { typ: 'at+jwt', audience: API_AUDIENCE, ttl },
      ),
    expect: (person) => {
      expected = person;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
