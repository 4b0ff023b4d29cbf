import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AddressGuard } from '../../../adapters/outbound/address-guard.ts';
import { createGuardedHttp } from '../../../adapters/outbound/guarded-http.ts';
import type { Outbound } from '../../../domain/ports/outbound.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');
const clock = { now: () => NOON };
const anywhere = createGuardedHttp({ guard: new AddressGuard([]), clock });
const here = createGuardedHttp({ guard: new AddressGuard(['127.0.0.0/8']), clock, timeoutMs: 400 });

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

const post = (outbound: Outbound, url: string): ReturnType<Outbound['post']> =>
  outbound.post({ url, headers: { 'content-type': 'application/json' }, body: '{"name":"Thư Lâm"}' });

describe('an address', () => {
  it.each([
    'http://subscriber.example/',
    'http://93.184.216.34/',
    'ftp://subscriber.example/',
    'file:///etc/passwd',
    'https://user:secret@subscriber.example/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'nowhere',
  ])('is refused: %s', async (url) => {
    expect(await anywhere.refuses(url)).toMatch(/^expected /);
    expect(await post(anywhere, url)).toMatchObject({ failed: 'address-refused' });
  });

  it('is let through: https to a name or a public address; plain http where the operator’s own networks may stand behind it', async () => {
    for (const url of ['https://subscriber.example/', 'https://93.184.216.34:8443/hook', 'https://[2606:4700::1111]/'])
      expect(await anywhere.refuses(url)).toBeUndefined();
    for (const url of ['http://127.0.0.1:99/', 'https://127.0.0.1/', 'http://intranet/'])
      expect(await here.refuses(url)).toBeUndefined();
    expect(await here.refuses('http://10.0.0.1/')).toMatch(/^expected /);
  });
});

describe('a message', () => {
  it('is not sent to a name that stands for this very machine', async () => {
    let heard = 0;
    const url = await listen((_, response) => {
      heard += 1;
      response.end();
    });
    expect(await post(anywhere, url.replace('http://127.0.0.1', 'https://localhost'))).toMatchObject({
      failed: 'address-refused',
    });
    expect(heard).toBe(0);
  });

  it('arrives whole, and the status of the answer comes back', async () => {
    const heard: string[] = [];
    const url = await listen((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => heard.push(text));
      request.on('end', () => response.writeHead(202).end('thanks'));
    });
    expect(await post(here, url)).toMatchObject({ status: 202 });
    expect(heard.join('')).toBe('{"name":"Thư Lâm"}');
  });

  it('follows no redirect', async () => {
    const asked: unknown[] = [];
    const url = await listen(({ url: path }, response) => {
      asked.push(path);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await post(here, url)).toMatchObject({ status: 307 });
    expect(asked).toEqual(['/hook']);
  });

  it.each([
    ['120', 120_000],
    [new Date(NOON + 90_000).toUTCString(), 90_000],
    [new Date(NOON - 90_000).toUTCString(), 0],
    ['soon', undefined],
  ])('is told to wait by Retry-After: %s', async (value, wait) => {
    const url = await listen((_, response) => response.writeHead(503, { 'retry-after': value }).end());
    const answer = await post(here, url);
    expect(answer).toMatchObject({ status: 503 });
    expect('retryAfter' in answer ? answer.retryAfter : undefined).toBe(wait);
  });

  it('fails where nobody answers in time, nobody listens, nobody has that name, or the answer never ends to begin', async () => {
    const silent = await listen(() => undefined);
    expect(await post(here, silent)).toMatchObject({ failed: 'timeout' });
    server?.closeAllConnections();
    server?.close();
    expect(await post(here, silent)).toMatchObject({ failed: 'no-connection' });
    const endless = await listen((_, response) => {
      response.writeHead(200, { long: 'x'.repeat(20_000) }).end();
    });
    expect(await post(here, endless)).toMatchObject({ failed: 'no-connection' });
  });

  it('does not wait for the body of an answer', async () => {
    const url = await listen((_, response) => {
      response.writeHead(200).write('a body that never ends');
    });
    expect(await post(here, url)).toMatchObject({ status: 200 });
  });
});
