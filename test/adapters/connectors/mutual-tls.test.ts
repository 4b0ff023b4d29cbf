import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { createHttpConnectors } from '../../../adapters/connectors/http-connectors.ts';
import { SampleKeepers } from '../../../embedded/samples/number-keepers.ts';
import { keeperConnectors } from '../../../embedded/samples/number-keepers.ts';
import { registerService, SampleRegisters } from '../../../embedded/samples/registers.ts';
import { freePort } from '../../../embedded/free-port.ts';
import type { Connector } from '../../../schemas/connector.ts';
import { aConnector } from '../../builders/connectors.ts';
import { type Identified, TlsAuthority } from '../../builders/tls-authority.ts';
import { describeNumberKeepers } from '../../contracts/number-keepers.ts';

const QUESTION = { registry: 'land', request: 'd1.proof.1', key: '17-204', purpose: 'Chỗ ở', legalBasis: 'Điều 20' };
const NUMBER = { system: 'land', key: 'k1', send: { register: 'gckh' } };
const HOUR = 3_600_000;
const PATIENT = { timeoutMs: 5_000 };

const authority = new TlsAuthority('Registers');
const stranger = new TlsAuthority('Strangers');
const server = authority.issue('localhost');
const ours = authority.issue('onetrack');
const revoked = authority.issue('was onetrack');
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that lets in nobody whose certificate its authority has not issued. */
async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  { identity = server, rejects = true }: { identity?: Identified; rejects?: boolean } = {},
): Promise<string> {
  const { certificate: cert, key } = identity;
  const service: Server = createSecureServer(
    { cert, key, ca: authority.ca, requestCert: true, rejectUnauthorized: rejects },
    handler,
  );
  await new Promise<void>((resolve) => service.listen(0, 'localhost', resolve));
  closing.push(() => {
    service.closeAllConnections();
    return new Promise((resolve) => service.close(resolve));
  });
  return `https://localhost:${(service.address() as AddressInfo).port}`;
}

function tlsOf({ socket }: IncomingMessage): TLSSocket {
  if (socket instanceof TLSSocket) return socket;
  throw new Error('expected a connection by TLS');
}

const found = (_: IncomingMessage, response: ServerResponse): void => {
  response.end(JSON.stringify({ found: true, record: { id: '17-204', holder: 'Bình', area: 96 } }));
};

function open(connector: Connector, now: () => number = Date.now) {
  return createHttpConnectors({ systems: {}, describe: async () => connector, clock: { now } });
}

const secured = (url: string, endpoint: Record<string, unknown> = {}, change: Record<string, unknown> = {}) =>
  aConnector(url, change, { ...PATIENT, client: ours, ca: authority.ca, ...endpoint });

const NUMBERING = { numbering: { send: { reg: 'register' }, request: '/for', number: '/no' } };

describe('a register that lets in by certificate', () => {
  it('answers a question, gives a number and takes a call', async () => {
    const names: unknown[] = [];
    const url = await listen((request, response) => {
      names.push(tlsOf(request).getPeerCertificate().subject.CN);
      response.end(
        JSON.stringify({ found: false, for: request.headers['idempotency-key'], no: 7, outcome: 'done', data: {} }),
      );
    });
    const connectors = open(secured(url, {}, NUMBERING));
    expect(await connectors.ask(QUESTION)).toMatchObject({ kind: 'not-found' });
    expect(await connectors.number(NUMBER)).toMatchObject({ kind: 'given', number: 7 });
    expect(await connectors.call({ system: 'land', key: 'k2', send: {} })).toEqual({ outcome: 'done', data: {} });
    expect(names).toEqual(['onetrack', 'onetrack', 'onetrack']);
  });

  it('gives the token to the certificate alone (RFC 8705), or with the secret', async () => {
    const asked: unknown[] = [];
    const url = await listen((request, response) => {
      if (request.url !== '/token') return response.end(JSON.stringify({ found: false }));
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push([request.headers.authorization, body]);
        response.end(JSON.stringify({ access_token: 't1', expires_in: 600 }));
      });
      return undefined;
    });
    const credentials = { tokenUrl: `${url}/token`, clientId: 'onetrack' };
    expect(await open(secured(url, { credentials })).ask(QUESTION)).toMatchObject({ kind: 'not-found' });
    const withSecret = secured(url, { credentials: { ...credentials, clientSecret: 's' } });
    expect(await open(withSecret).ask(QUESTION)).toMatchObject({ kind: 'not-found' });
    const basic = `Basic ${Buffer.from('onetrack:s').toString('base64')}`;
    expect(asked).toEqual([
      [undefined, 'grant_type=client_credentials&client_id=onetrack'],
      [basic, 'grant_type=client_credentials'],
    ]);
  });

  it.each<[string, () => Partial<Record<'client' | 'ca', unknown>>, number]>([
    ['has ended', () => ({ client: authority.issue('onetrack', { from: -2 * HOUR, until: -HOUR }) }), Date.now()],
    ['has ended since it was described', () => ({}), Date.now() + 2 * HOUR],
    ['does not hold yet', () => ({ client: authority.issue('onetrack', { from: HOUR, until: 2 * HOUR }) }), Date.now()],
    ['is of another key', () => ({ client: { ...ours, key: revoked.key } }), Date.now()],
  ])('is sent nothing by a certificate of ours that %s', async (_, endpoint, now) => {
    let requests = 0;
    const url = await listen((request, response) => {
      requests += 1;
      found(request, response);
    });
    const connectors = open(secured(url, endpoint(), NUMBERING), () => now);
    expect(await connectors.ask(QUESTION)).toMatchObject({
      kind: 'failed',
      why: 'refused',
      detail: expect.stringMatching(/^our client certificate/),
    });
    expect(await connectors.number(NUMBER)).toMatchObject({ kind: 'failed', why: 'not-let-in' });
    await expect(connectors.call({ system: 'land', key: 'k2', send: {} })).rejects.toThrow(
      /^system land: our client certificate/,
    );
    expect(requests).toBe(0);
  });

  it('that says so by HTTP has refused us', async () => {
    const url = await listen(
      (request, response) => {
        response.writeHead(tlsOf(request).authorized ? 200 : 403).end('{"found":false}');
      },
      { rejects: false },
    );
    expect(await open(secured(url)).ask(QUESTION)).toMatchObject({ kind: 'not-found' });
    const other = secured(url, { client: stranger.issue('onetrack') });
    expect(await open(other).ask(QUESTION)).toEqual({ kind: 'failed', why: 'refused', detail: 'status 403' });
  });

  it('is told nothing where nobody vouches for it', async () => {
    const url = await listen(found);
    const trusted = { kind: 'found' };
    expect(await open(secured(url)).ask(QUESTION)).toMatchObject(trusted);
    const untrusted = { kind: 'failed', why: 'down', detail: expect.stringMatching(/^nobody vouches for its certif/) };
    expect(await open(secured(url, { ca: stranger.ca })).ask(QUESTION)).toEqual(untrusted);
    expect(await open(secured(url, { ca: undefined })).ask(QUESTION)).toEqual(untrusted);
    const ended = await listen(found, { identity: authority.issue('localhost', { from: -2 * HOUR, until: -HOUR }) });
    expect(await open(secured(ended)).ask(QUESTION)).toEqual(untrusted);
    const shouted = await listen(found, { rejects: false });
    expect(await open(aConnector(shouted.replace('https', 'HTTPS'), {}, PATIENT)).ask(QUESTION)).toEqual(untrusted);
    const other = await listen(found, { identity: authority.issue('elsewhere.example') });
    expect(await open(secured(other)).ask(QUESTION)).toEqual(untrusted);
  });

  it('is slow, and down, as over plain HTTP', async () => {
    const silent = await listen(() => undefined);
    expect(await open(secured(silent, { timeoutMs: 200 })).ask(QUESTION)).toMatchObject({ why: 'slow' });
    const gone = `https://localhost:${await freePort()}`;
    expect(await open(secured(gone)).ask(QUESTION)).toMatchObject({ why: 'down', detail: 'ECONNREFUSED' });
  });

  it('names a certificate only over https', () => {
    expect(() => aConnector('http://land.example', {}, { client: ours })).toThrow('expected https');
    expect(() => aConnector('http://land.example', {}, { ca: authority.ca })).toThrow('expected https');
    const credentials = { tokenUrl: 'https://land.example/token', clientId: 'onetrack' };
    const open = { client: ours, credentials: { ...credentials, tokenUrl: 'http://land.example/token' } };
    expect(() => aConnector('https://land.example', {}, open)).toThrow('expected https');
    expect(() => aConnector('https://land.example', {}, { credentials })).toThrow('expected a secret');
  });

  it('has no credentials in its address, which is shown', () => {
    for (const address of ['https://onetrack:secret@land.example', 'http:\\\\:secret@land.example/ask'])
      expect(() => aConnector(address)).toThrow('expected no name or password in an address');
  });
});

describe('an alert of the other side', () => {
  /** A server that answers the first message by a fatal alert (RFC 8446, 6). */
  async function alerting(description: number): Promise<string> {
    const service: TcpServer = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, description])));
    });
    await new Promise<void>((resolve) => service.listen(0, 'localhost', resolve));
    closing.push(() => new Promise((resolve) => service.close(resolve)));
    return `https://localhost:${(service.address() as AddressInfo).port}`;
  }

  it.each([
    ['handshake_failure', 40, 'refused'],
    ['bad_certificate', 42, 'refused'],
    ['unsupported_certificate', 43, 'refused'],
    ['certificate_revoked', 44, 'refused'],
    ['certificate_expired', 45, 'refused'],
    ['certificate_unknown', 46, 'refused'],
    ['unknown_ca', 48, 'refused'],
    ['access_denied', 49, 'refused'],
    ['certificate_required', 116, 'refused'],
    ['internal_error', 80, 'down'],
  ])('%s', async (_, description, why) => {
    const url = await alerting(description);
    const answer = await open(secured(url)).ask(QUESTION);
    expect(answer).toMatchObject({ kind: 'failed', why });
    expect(answer).toMatchObject({ detail: expect.not.stringMatching(/BEGIN|onetrack/) });
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
if (!hasOpenssl) process.stderr.write('openssl is missing: its server is not asked\n');

/* A server that knows nothing of us and is strict: openssl's own. */
(hasOpenssl ? describe : describe.skip).each(['1.2', '1.3'])('a server of openssl, TLS %s', (version) => {
  let dir: string;
  let process: ChildProcess;
  let url: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-tls-'));
    const files = { 'cert.pem': server.certificate, 'key.pem': server.key, 'ca.pem': authority.ca };
    for (const [name, text] of Object.entries({ ...files, 'crl.pem': authority.revoke(revoked) }))
      writeFileSync(join(dir, name), text);
    const port = await freePort();
    url = `https://localhost:${port}`;
    const args = `s_server -accept ${port} -cert cert.pem -key key.pem -CAfile ca.pem -CRL crl.pem -crl_check`;
    const strict = `-Verify 1 -verify_return_error -tls${version.replace('.', '_')} -www`;
    process = spawn('openssl', `${args} ${strict}`.split(' '), { cwd: dir, stdio: ['pipe', 'pipe', 'ignore'] });
    let said = '';
    for await (const text of process.stdout ?? []) if ((said += String(text)).includes('ACCEPT')) break;
  });
  afterAll(async () => {
    process.kill();
    await new Promise((resolve) => process.once('exit', resolve));
    rmSync(dir, { recursive: true });
  });

  it.each<[string, () => Identified | undefined]>([
    ['no certificate', () => undefined],
    ['a certificate of another authority', () => stranger.issue('onetrack')],
    ['a certificate that is revoked', () => revoked],
  ])('refuses %s', async (_, client) => {
    const answer = await open(secured(url, { client: client() })).ask(QUESTION);
    expect(answer).toMatchObject({
      kind: 'failed',
      why: 'refused',
      detail: expect.stringMatching(/^our client certificate, or that there is none: TLS alert /),
    });
  });

  it('lets in ours', async () => {
    // It answers no POST: what matters is that we got as far as to wait for it.
    expect(await open(secured(url, { timeoutMs: 1_000 })).ask(QUESTION)).toMatchObject({ why: 'slow' });
  });
});

describeNumberKeepers('over mutual TLS', async () => {
  const service = registerService(new SampleRegisters(), undefined, new SampleKeepers());
  const url = await listen((request, response) => {
    service.emit('request', request, response);
  });
  const connectors = keeperConnectors(url, undefined, 1_000).map((each) => ({
    ...each,
    endpoint: { ...each.endpoint, client: ours, ca: authority.ca },
  }));
  const http = createHttpConnectors({
    systems: {},
    describe: async (id) => connectors.find((each) => each.id === id),
    clock: { now: Date.now },
  });
  return {
    number: (request) => http.number(request),
    voidNumber: (request) => http.voidNumber(request),
    set: async (state) => {
      const { request } = await import('node:https');
      await new Promise((resolve, reject) => {
        const { certificate: cert, key } = ours;
        const at = `${url}/keepers/civil-status-numbers/state`;
        const sent = request(at, { method: 'PUT', cert, key, ca: authority.ca, agent: false }, resolve);
        sent.on('error', reject);
        sent.end(JSON.stringify({ state }));
      });
    },
  };
});
