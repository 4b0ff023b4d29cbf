import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpConnectors } from '../../../adapters/connectors/http-connectors.ts';
import { aConnector } from '../../builders/connectors.ts';
import { TaskRetryable, TaskTerminal } from '../../../domain/failures.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answer: Handler;
let connectors: ReturnType<typeof createHttpConnectors>;

beforeAll(async () => {
  server = createServer((request, response) => {
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connectors = createHttpConnectors({
    systems: {},
    describe: async (id) => (id === 'tax' ? aConnector(`http://127.0.0.1:${port}/tax`, { id }) : undefined),
    clock: { now: () => Date.now() },
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const call = (system = 'tax') => connectors.call({ system, key: 'd1.link.1', send: { subject: 'Ngọc' } });
const replies =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  };

describe('a call to another system', () => {
  it.each([
    ['a system nobody configured', 'land', replies(200, '{"outcome":"done"}'), 'system land: it is not configured'],
    ['status 400', 'tax', replies(400, ''), 'expected status 200, got 400'],
    ['another place', 'tax', replies(302, '', { location: '/elsewhere' }), 'expected status 200, got 302'],
    ['no JSON', 'tax', replies(200, '<html>'), 'expected JSON'],
    ['an outcome it does not know', 'tax', replies(200, '{"outcome":"maybe"}'), 'got something else'],
    [
      'more data than one event can hold',
      'tax',
      replies(200, JSON.stringify({ outcome: 'done', data: { note: 'x'.repeat(200_001) } })),
      'expected at most 200000 bytes',
    ],
    [
      'numbers that nothing can hold',
      'tax',
      replies(200, '{"outcome":"done","data":{"area":1e999}}'),
      'expected numbers within the range',
    ],
    [
      'data in more levels than anybody reads',
      'tax',
      replies(200, `{"outcome":"done","data":{"a":${'['.repeat(40)}${']'.repeat(40)}}}`),
      'expected at most 32 levels of nesting',
    ],
    [
      'half a character',
      'tax',
      replies(200, '{"outcome":"done","data":{"note":"\\ud800"}}'),
      'expected texts of whole Unicode characters',
    ],
    ['data that is none', 'tax', replies(200, '{"outcome":"done","data":[1]}'), 'got something else'],
  ])('ends where asking again would not help: %s', async (_, system, handler, message) => {
    answer = handler;
    const failure = await call(system).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TaskTerminal);
    expect((failure as Error).message).toContain(message);
  });

  it('is taken over with letters that nobody sees: the system has acted', async () => {
    const note = 'Công ty \u0096 X\u200b\u202a';
    answer = replies(200, JSON.stringify({ outcome: 'done', data: { note } }));
    expect(await call()).toEqual({ outcome: 'done', data: { note } });
  });

  it.each<[string, Handler]>([
    ['status 500', replies(500, '')],
    ['status 429', replies(429, '')],
    ['a broken connection', (request) => request.socket.destroy()],
    ['silence', (request) => request.resume()],
  ])('may be asked again after %s', async (_, handler) => {
    answer = handler;
    await expect(call()).rejects.toThrow(TaskRetryable);
  });

  it('sends what is asked for with the key under which it is answered once', async () => {
    const seen: unknown[] = [];
    answer = (request, response) => {
      const { method, headers } = request;
      request.on('data', (chunk: Buffer) =>
        seen.push([method, headers['idempotency-key'], JSON.parse(chunk.toString())]),
      );
      request.on('end', () =>
        response.end(JSON.stringify({ outcome: 'refused', data: { reason: 'lạ'.normalize('NFD') } })),
      );
    };
    await expect(call()).resolves.toEqual({ outcome: 'refused', data: { reason: 'lạ'.normalize('NFC') } });
    expect(seen).toEqual([['POST', 'd1.link.1', { subject: 'Ngọc' }]]);
  });
});
