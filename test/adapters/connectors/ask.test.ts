import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createHttpConnectors } from '../../../adapters/connectors/http-connectors.ts';
import { readAnswer } from '../../../adapters/connectors/read-answer.ts';
import type { Connector } from '../../../schemas/connector.ts';
import { aConnector } from '../../builders/connectors.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const RECORD = { id: '17-204', holder: 'Bình', area: 96, secretNote: 'of no concern' };
const QUESTION = { registry: 'land', request: 'd1.proof.1', key: '17-204', purpose: 'Chỗ ở', legalBasis: 'Điều 20' };

let server: Server;
let url: string;
let answer: Handler;
let requests: number;
let now: number;
let described: Connector | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = 0;
  now = Date.parse('2026-11-23T03:00:00Z');
  described = aConnector(url);
  answer = replies(200, { found: true, asOf: '2026-11-01', record: RECORD });
});

function replies(status: number, body: unknown): Handler {
  return (request, response) => {
    request.resume();
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

function open() {
  return createHttpConnectors({ systems: {}, describe: async () => described, clock: { now: () => now } });
}

describe('a register that is asked', () => {
  it.each<[string, string, Handler]>([
    ['a server that fails', 'down', replies(503, '')],
    ['too many requests', 'down', replies(429, '')],
    ['a broken connection', 'down', (request) => request.socket.destroy()],
    ['silence', 'slow', (request) => request.resume()],
    ['an answer that begins and never ends', 'slow', (_, response) => response.writeHead(200).write('{')],
    ['a closed door', 'refused', replies(403, '')],
    ['another place', 'unusable', replies(302, '')],
    [
      'another protocol',
      'down',
      ({ socket }) => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    ],
    ['a page instead of an answer', 'unusable', replies(200, '<html>')],
    ['no word whether it has the record', 'unusable', replies(200, { record: RECORD })],
    ['another record', 'unusable', replies(200, { found: true, record: { ...RECORD, id: '17-205' } })],
    ['a field that is gone', 'unusable', replies(200, { found: true, record: { id: '17-204', area: 96 } })],
    ['a field of another type', 'unusable', replies(200, { found: true, record: { ...RECORD, area: '96 m²' } })],
    ['a day that is none', 'unusable', replies(200, { found: true, record: { ...RECORD, since: '2026-13-40' } })],
    [
      'a day that the month does not have',
      'unusable',
      replies(200, { found: true, record: { ...RECORD, since: '2026-02-30' } }),
    ],
    [
      'an instant of which nobody can tell when it is',
      'unusable',
      replies(200, { found: true, asOf: '2026-11-01T08:00:00', record: RECORD }),
    ],
    [
      'an end in the order of another country',
      'unusable',
      replies(200, { found: true, validUntil: '12/01/2027', record: RECORD }),
    ],
    [
      'letters of another coding',
      'unusable',
      (_, response) =>
        response.end(Buffer.from(JSON.stringify({ found: true, record: { ...RECORD, holder: 'André' } }), 'latin1')),
    ],
    [
      'a failing server that writes in another coding',
      'down',
      (_, response) => response.writeHead(503).end(Buffer.from('é', 'latin1')),
    ],
    [
      'more than one event of the record can hold',
      'unusable',
      replies(200, { found: true, record: { ...RECORD, holder: 'ệ'.repeat(70_000) } }),
    ],
    [
      'an answer larger than any record',
      'unusable',
      replies(200, { found: true, record: RECORD, more: 'x'.repeat(1_000_001) }),
    ],
  ])('could not be had: %s', async (_, why, handler) => {
    answer = handler;
    expect(await open().ask(QUESTION)).toMatchObject({ kind: 'failed', why });
  });

  it.each([
    ['nobody has described', undefined],
    ['is only planned', { readiness: 'planned' }],
    ['is suspended', { readiness: 'suspended' }],
    ['is no source of documents', { asking: undefined }],
  ])('is not asked where it %s', async (_, change) => {
    described = change && aConnector(url, change);
    expect(await open().ask(QUESTION)).toMatchObject({ kind: 'failed', why: 'not-ready' });
    expect(requests).toBe(0);
  });

  it('gives the fields that are described, and no other', async () => {
    expect(await open().ask(QUESTION)).toEqual({
      kind: 'found',
      how: 'asked',
      level: 'authentic',
      at: now,
      asOf: '2026-11-01',
      record: { holder: 'Bình', area: 96 },
    });
  });

  it('gives texts as forms have them, however they were composed', async () => {
    const holder = 'Trần Thị Mai';
    answer = replies(200, { found: true, record: { ...RECORD, holder: holder.normalize('NFD') } });
    expect(await open().ask(QUESTION)).toMatchObject({ record: { holder: holder.normalize('NFC') } });
  });

  it('says that it has nothing', async () => {
    answer = replies(200, { found: false });
    expect(await open().ask(QUESTION)).toMatchObject({ kind: 'not-found', record: {} });
  });

  it('is told what for and by which law, under the id of the request', async () => {
    const seen: unknown[] = [];
    answer = (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(request.headers['idempotency-key'], JSON.parse(body));
        response.writeHead(200).end(JSON.stringify({ found: false }));
      });
    };
    await open().ask(QUESTION);
    expect(seen).toEqual(['d1.proof.1', { parcel: '17-204', purpose: 'Chỗ ở', law: 'Điều 20', request: 'd1.proof.1' }]);
  });

  it('is tried again as often as is described', async () => {
    described = aConnector(url, {}, { attempts: 3 });
    const failing = replies(503, '');
    answer = (request, response) => (requests < 3 ? failing : replies(200, { found: false }))(request, response);
    expect(await open().ask(QUESTION)).toMatchObject({ kind: 'not-found' });
    expect(requests).toBe(3);
  });

  it('is left alone for a while after failures in a row, and then tried once', async () => {
    described = aConnector(url, {}, { breaker: { failures: 2, pauseSeconds: 30 } });
    const connectors = open();
    answer = replies(503, '');
    for (let count = 0; count < 4; count += 1)
      expect(await connectors.ask(QUESTION)).toMatchObject({ kind: 'failed', why: 'down' });
    expect(requests).toBe(2);
    now += 30_000;
    await connectors.ask(QUESTION);
    await connectors.ask(QUESTION);
    expect(requests).toBe(3);
    now += 30_000;
    answer = replies(200, { found: false });
    expect(await connectors.ask(QUESTION)).toMatchObject({ kind: 'not-found' });
    expect(await connectors.ask(QUESTION)).toMatchObject({ kind: 'not-found' });
  });

  it('tells where its circuit breaker stands: closed, open until when, trying again, with its last failure and answer', async () => {
    described = aConnector(url, {}, { breaker: { failures: 2, pauseSeconds: 30 } });
    const connectors = open();
    const begun = now;
    const told = () => connectors.breakers().addresses;
    expect(connectors.breakers()).toEqual({ since: begun, addresses: [] });
    answer = replies(503, '');
    await connectors.ask(QUESTION);
    const lastFailure = { at: begun, why: 'down', detail: 'status 503' };
    const once = { url, state: 'closed', since: begun, until: null, failures: 1, lastFailure, lastAnswer: null };
    expect(told()).toEqual([once]);
    now += 1_000;
    await connectors.ask(QUESTION);
    const opened = { ...once, failures: 2, since: now, lastFailure: { ...lastFailure, at: now } };
    expect(told()).toEqual([{ ...opened, state: 'open', until: now + 30_000 }]);
    now += 30_000;
    expect(told()).toEqual([{ ...opened, state: 'trying', since: now, until: null }]);
    answer = replies(200, { found: false });
    await connectors.ask(QUESTION);
    expect(told()).toEqual([{ ...opened, state: 'closed', since: now, failures: 0, lastAnswer: now }]);
  });

  it('is asked again only when the answer holds no longer', async () => {
    const { asking } = aConnector(url);
    described = aConnector(url, { asking: { ...asking, cacheSeconds: 600 } });
    answer = replies(200, { found: true, validUntil: '2026-11-23T03:05:00Z', record: RECORD });
    const connectors = open();
    await connectors.ask(QUESTION);
    now += 299_000;
    expect(await connectors.ask({ ...QUESTION, request: 'd2.proof.1' })).toMatchObject({
      how: 'remembered',
      at: now - 299_000,
    });
    expect(await connectors.ask({ ...QUESTION, purpose: 'Thuế' })).toMatchObject({ how: 'asked' });
    now += 1_000;
    expect(await connectors.ask(QUESTION)).toMatchObject({ how: 'asked' });
    expect(requests).toBe(3);
  });

  it('lets in by client credentials, with one token as long as it holds', async () => {
    const credentials = { tokenUrl: `${url}/token`, clientId: 'onetrack', clientSecret: 's:1' };
    described = aConnector(url, {}, { credentials });
    const tokens: (string | undefined)[] = [];
    answer = (request, response) => {
      if (request.url !== '/token') {
        tokens.push(request.headers.authorization);
        replies(200, { found: false })(request, response);
        return;
      }
      const basic = Buffer.from('onetrack:s%3A1').toString('base64');
      const known = request.headers.authorization === `Basic ${basic}`;
      replies(known ? 200 : 401, { access_token: `t${requests}`, expires_in: 600 })(request, response);
    };
    const connectors = open();
    await connectors.ask(QUESTION);
    await connectors.ask(QUESTION);
    now += 600_000;
    await connectors.ask(QUESTION);
    expect(tokens).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t4']);
    described = aConnector(url, {}, { credentials: { ...credentials, clientSecret: 'wrong', clientId: 'other' } });
    expect(await connectors.ask(QUESTION)).toMatchObject({ kind: 'failed', why: 'refused' });
  });

  it('says that it is the token endpoint which is down', async () => {
    described = aConnector(
      url,
      {},
      { credentials: { tokenUrl: `${url}/token`, clientId: 'onetrack', clientSecret: 's' } },
    );
    answer = replies(503, '');
    expect(await open().ask(QUESTION)).toEqual({ kind: 'failed', why: 'down', detail: 'token endpoint: status 503' });
  });
});

describe('what is wrong with an answer', () => {
  it('is told by its place, not by its value', () => {
    const { asking } = aConnector(url);
    if (!asking) throw new Error('expected a source');
    const read = readAnswer(asking, { found: true, record: { ...RECORD, holder: { name: 'Bình' } } }, '17-204');
    expect(read).toEqual({ kind: 'unusable', detail: '/record/holder: expected text' });
  });

  it.each([
    ['turns its direction', 'Trần \u202eiaM', 'whole Unicode characters'],
    ['has a control character', 'Bình\u0000', 'whole Unicode characters'],
    ['is half a character', 'Bình\ud800', 'whole Unicode characters'],
    ['cannot be seen', '\u200b', 'something that can be seen'],
  ])('is told of a text that %s, wherever it stands', (_, holder, expected) => {
    const { asking } = aConnector(url);
    if (!asking) throw new Error('expected a source');
    const fields = {
      ...asking.fields,
      holder: { ...asking.fields['holder'], at: '/record/holder', type: 'object' as const, optional: false },
    };
    for (const [about, value] of [
      [asking, holder],
      [{ ...asking, fields }, { names: [{ last: holder }] }],
      [{ ...asking, fields }, { [holder]: 1 }],
    ] as const)
      expect(readAnswer(about, { found: true, record: { ...RECORD, holder: value } }, '17-204')).toEqual({
        kind: 'unusable',
        detail: expect.stringMatching(`^/record/holder: expected ${expected}`) as string,
      });
  });
});

describe('what servers write differently', () => {
  it('is in no coding: where none was ruled out, any is right', async () => {
    answer = ({ headers: { 'accept-encoding': coding } }, response) =>
      coding === 'identity'
        ? response.end('{"found":false}')
        : response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"found":false}'));
    expect(await open().ask(QUESTION)).toMatchObject({ kind: 'not-found' });
  });

  it('a byte order mark before the JSON', async () => {
    answer = replies(200, `\uFEFF${JSON.stringify({ found: true, record: RECORD })}`);
    expect(await open().ask(QUESTION)).toMatchObject({ kind: 'found' });
  });
});
