import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Hono } from 'hono';
import { listenLocally } from '../../embedded/server.ts';
import { senderOf } from '../../functions/api/sender.ts';

const app = new Hono().get('/', (c) => c.text('here'));
/** Asks the port that it is told, each time by a new connection, and says how many answered. */
const CLIENTS = `
import { get } from 'node:http';
const ask = (port) => new Promise((resolve, reject) => get({ port, host: '127.0.0.1', agent: false }, (answer) => answer.resume().on('end', resolve)).on('error', reject));
process.on('message', async ({ port, count }) => {
  process.send({ begun: true });
  await Promise.all(Array.from({ length: count }, () => ask(port)));
  process.send({ answered: count });
});`;

test('answers on the port that it says, and no more once it is closed', async () => {
  const server = await listenLocally(app, 0);
  expect(await (await fetch(server.url)).text()).toBe('here');
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow();
});

test('a request is from who connects, or from whom the proxy in front says last', async () => {
  const server = await listenLocally(
    new Hono().get('/', (c) => c.text(senderOf(c.req.raw) ?? 'nobody')),
    0,
  );
  expect(await (await fetch(server.url)).text()).toBe('127.0.0.1');
  const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' };
  expect(await (await fetch(server.url, { headers })).text()).toBe('203.0.113.7');
  await server.close();
});

test('a port that another server has is refused, whoever has it', async () => {
  const server = await listenLocally(app, 0);
  await expect(listenLocally(app, server.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.close();
  const again = await listenLocally(app, server.port);
  expect(again.port).toBe(server.port);
  await again.close();
});

(process.platform === 'linux' ? test : test.skip)(
  'a busy server takes many new connections in a turn of its loop, so that it can answer or send them away',
  async () => {
    const COUNT = 200;
    const server = await listenLocally(app, 0);
    const clients = spawn(process.execPath, ['--input-type=module', '--eval', CLIENTS], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const heard: object[] = [];
    clients.on('message', (message: object) => heard.push(message));
    clients.send({ port: server.port, count: COUNT });
    await once(clients, 'message');
    let turns = 0;
    while (heard.length < 2 && turns < 10 * COUNT) {
      const until = performance.now() + 20;
      while (performance.now() < until);
      turns += 1;
      await turn();
    }
    expect(heard).toEqual([{ begun: true }, { answered: COUNT }]);
    expect(turns).toBeLessThan(COUNT / 2);
    clients.disconnect();
    await once(clients, 'exit');
    await server.close();
  },
  60_000,
);
