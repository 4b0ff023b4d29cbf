import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpConnectors } from '../../../adapters/connectors/http-connectors.ts';
import type { NumberAnswer, VoidAnswer } from '../../../domain/ports/connectors.ts';
import { keeperConnectors, numberHere, SampleKeepers, voidHere } from '../../../embedded/samples/number-keepers.ts';
import { registerService, SampleRegisters } from '../../../embedded/samples/registers.ts';
import { listen } from '../../../embedded/samples/sample-server.ts';
import { Connector } from '../../../schemas/connector.ts';
import { VoidFact } from '../../../schemas/events/numbers.ts';
import { describeNumberKeepers } from '../../contracts/number-keepers.ts';

const CLIENT = { clientId: 'onetrack', clientSecret: 'of-this-test' };
const clock = { now: () => Date.now() };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describeNumberKeepers('without a network', async () => {
  const keepers = new SampleKeepers();
  return {
    number: numberHere(keepers, clock),
    voidNumber: voidHere(keepers),
    set: async (state) => keepers.setState('civil-status-numbers', state),
  };
});

describeNumberKeepers('over HTTP, let in by client credentials', async () => {
  const service = await listen(registerService(new SampleRegisters(), CLIENT), 0);
  closing.push(() => service.close());
  const connectors = keeperConnectors(service.url, CLIENT, 250);
  const describe = async (id: string) => connectors.find((each) => each.id === id);
  return {
    number: (request) => createHttpConnectors({ systems: {}, describe, clock }).number(request),
    voidNumber: (request) => createHttpConnectors({ systems: {}, describe, clock }).voidNumber(request),
    set: async (state) => {
      const at = `${service.url}/keepers/civil-status-numbers/state`;
      expect((await fetch(at, { method: 'PUT', body: JSON.stringify({ state }) })).status).toBe(204);
    },
  };
});

interface Reply {
  status?: number;
  body?: unknown;
  text?: string;
}

describe('a keeper over HTTP', () => {
  let reply: Reply = {};
  let requests: { key: string; body: unknown }[] = [];
  let addresses: (string | undefined)[] = [];

  async function open(change: Record<string, unknown> = {}, endpoint: Record<string, unknown> = {}) {
    requests = [];
    addresses = [];
    const server: Server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        addresses.push(request.url);
        requests.push({ key: String(request.headers['idempotency-key']), body: JSON.parse(text) });
        response.writeHead(reply.status ?? 200).end(reply.text ?? JSON.stringify(reply.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connector = Connector.parse({
      id: 'keeper',
      name: 'Keeper',
      authority: 'Ministry',
      readiness: 'ready',
      endpoint: { url: base, timeoutMs: 300, ...endpoint },
      numbering: {
        send: { reg: 'register' },
        request: '/for',
        number: '/no',
        text: '/printed',
        year: '/year',
        refusal: '/why',
        void: { url: `${base}/gone`, send: { no: 'number', because: 'why' }, request: '/heard', refusal: '/why' },
      },
      ...change,
    });
    return createHttpConnectors({ systems: {}, describe: async () => connector, clock });
  }

  const good = { for: 'k1', no: 17, printed: 'KH-17/2026', year: 2026 };
  async function answered(given: Reply): Promise<NumberAnswer> {
    reply = given;
    return (await open({}, { attempts: 1 })).number({ system: 'keeper', key: 'k1', send: { reg: 'gckh' } });
  }

  const facts = Object.fromEntries(VoidFact.options.map((fact) => [fact, fact])) as Record<VoidFact, unknown>;
  async function told(given: Reply, change: Record<string, unknown> = {}): Promise<VoidAnswer> {
    reply = given;
    return (await open(change, { attempts: 1 })).voidNumber({ system: 'keeper', key: 'k1.void', facts });
  }

  it('is told of a void number at an address of its own: what its connector names, no more, under a key', async () => {
    expect(await told({ body: { heard: 'k1.void' } })).toEqual({ kind: 'told' });
    expect(requests).toEqual([{ key: 'k1.void', body: { no: 'number', because: 'why' } }]);
    expect(addresses).toEqual(['/gone']);
  });

  it.each<[string, Reply, VoidAnswer]>([
    ['nothing', { status: 204, text: '' }, { kind: 'unusable', detail: 'expected status 200, got 204' }],
    [
      'another key',
      { body: { heard: 'k1' } },
      { kind: 'unusable', detail: '/heard: expected the request that was made' },
    ],
    ['no', { status: 409, body: { why: 'closed' } }, { kind: 'refused', detail: 'status 409, closed' }],
    ['that it is down', { status: 503 }, { kind: 'failed', why: 'down', detail: 'status 503' }],
    [
      'to come again',
      { status: 408, text: '{}' },
      { kind: 'failed', why: 'slow', detail: expect.any(String) as string },
    ],
    ['that it does not know us', { status: 401 }, { kind: 'failed', why: 'not-let-in', detail: 'status 401' }],
  ])('has not heard of a void number where it says %s', async (_, given, answer) => {
    expect(await told(given)).toEqual(answer);
  });

  it('is told nothing where its connector does not say how, or is not ready', async () => {
    const numbering = { send: {}, request: '/for', number: '/no' };
    expect(await told({}, { numbering })).toEqual({ kind: 'not-described' });
    expect(await told({}, { readiness: 'suspended' })).toMatchObject({ kind: 'failed', why: 'not-ready' });
    expect(requests).toEqual([]);
  });

  it('is told over TLS alone where certificates are shown or asked for', () => {
    const ca = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----';
    const parsed = (url: string) =>
      Connector.safeParse({
        id: 'keeper',
        name: 'Keeper',
        authority: 'Ministry',
        readiness: 'ready',
        endpoint: { url: 'https://keeper.example', ca },
        numbering: { send: {}, request: '/for', number: '/no', void: { url, send: {}, request: '/for' } },
      });
    expect(parsed('https://keeper.example/gone').success).toBe(true);
    expect(parsed('http://keeper.example/gone').error?.issues).toMatchObject([{ path: ['numbering', 'void', 'url'] }]);
  });

  it('of the samples knows after a restart what it gave and what is void', () => {
    const dir = mkdtempSync(join(tmpdir(), 'onetrack-keeper-'));
    const before = new SampleKeepers(join(dir, 'numbers.jsonl'));
    before.answer('civil-status-numbers', 'k1', { register: 'r', unit: 'u', year: 2026 });
    before.answerVoid('civil-status-numbers', 'k1.void', { entry: 'k1', reason: 'revoked' });
    const after = new SampleKeepers(join(dir, 'numbers.jsonl'));
    expect([after.given, [...after.void]]).toEqual([1, [['k1', 'revoked']]]);
    rmSync(dir, { recursive: true });
  });

  it('is sent what was handed in, no more, under the key', async () => {
    expect(await answered({ body: good })).toMatchObject({ kind: 'given', number: 17, text: 'KH-17/2026', year: 2026 });
    expect(requests).toEqual([{ key: 'k1', body: { reg: 'gckh' } }]);
  });

  it.each<[string, Reply, string]>([
    ['an empty answer', { text: '' }, 'expected JSON in UTF-8'],
    ['null', { body: null }, '/for: expected the request that was made'],
    ['of another request', { body: { ...good, for: 'k2' } }, '/for: expected the request that was made'],
    ['no number', { body: { ...good, no: undefined } }, '/no: expected a whole number from 1 on'],
    ['number 0', { body: { ...good, no: 0 } }, '/no: expected a whole number from 1 on'],
    ['half a number', { body: { ...good, no: 1.5 } }, '/no: expected a whole number from 1 on'],
    ['digits with letters', { body: { ...good, no: '17a' } }, '/no: expected a whole number from 1 on'],
    ['a list of numbers', { body: { ...good, no: [17] } }, '/no: expected a whole number from 1 on'],
    ['no year', { body: { ...good, year: null } }, '/year: expected a year'],
    [
      'a text of another number',
      { body: { ...good, printed: 'KH-18' } },
      '/printed: expected the number as it is printed, in one line',
    ],
    [
      'a text of two lines',
      { body: { ...good, printed: 'KH-17\n18' } },
      '/printed: expected the number as it is printed, in one line',
    ],
    [
      'markup',
      { body: { ...good, printed: '<b>17</b>' } },
      '/printed: expected the number as it is printed, in one line',
    ],
    ['a page', { text: '<html>' }, 'expected JSON in UTF-8'],
    ['another place', { status: 302, text: '' }, 'expected status 200, got 302'],
    ['nothing to say', { status: 202, text: '{}' }, 'expected status 200, got 202'],
  ])('gives nothing that can be used by %s', async (_, given, detail) => {
    expect(await answered(given)).toEqual({ kind: 'unusable', detail });
  });

  it('may write its number in digits', async () => {
    expect(await answered({ body: { ...good, no: '17' } })).toMatchObject({ kind: 'given', number: 17 });
  });

  it.each<[string, Reply, object]>([
    [
      'refuses by 422 and a code',
      { status: 422, body: { why: 'year-closed' } },
      { kind: 'refused', detail: 'status 422, year-closed' },
    ],
    [
      'refuses in words, which nobody takes over',
      { status: 400, body: { why: 'Ngọc is unknown' } },
      { kind: 'refused', detail: 'status 400' },
    ],
    ['refuses by 403', { status: 403, text: 'no' }, { kind: 'refused', detail: 'status 403' }],
    ['refuses by 409 without JSON', { status: 409, text: '<p>' }, { kind: 'refused', detail: 'status 409' }],
    ['does not know us', { status: 401, text: '' }, { kind: 'failed', why: 'not-let-in', detail: 'status 401' }],
    ['asks for patience', { status: 429, text: '' }, { kind: 'failed', why: 'down', detail: 'status 429' }],
    [
      'was too slow itself',
      { status: 408, text: '' },
      { kind: 'failed', why: 'slow', detail: 'expected status 200, got 408' },
    ],
    ['is broken', { status: 503, text: '' }, { kind: 'failed', why: 'down', detail: 'status 503' }],
  ])('%s', async (_, given, expected) => {
    expect(await answered(given)).toEqual(expected);
  });

  it('is left alone while its circuit breaker is open, and while it is suspended', async () => {
    reply = { status: 503, text: '' };
    const connectors = await open({}, { attempts: 1, breaker: { failures: 2, pauseSeconds: 60 } });
    const ask = () => connectors.number({ system: 'keeper', key: 'k1', send: {} });
    await ask();
    await ask();
    expect(await ask()).toEqual({ kind: 'failed', why: 'down', detail: 'its circuit breaker is open' });
    expect(requests).toHaveLength(2);
    const suspended = await open({ readiness: 'suspended' });
    expect(await suspended.number({ system: 'keeper', key: 'k1', send: {} })).toMatchObject({ why: 'not-ready' });
    expect(requests).toHaveLength(0);
  });
});
