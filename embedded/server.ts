import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { IncomingMessage, Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setSender } from '../functions/api/sender.ts';

const HOST = '127.0.0.1';
/**
 * Sockets that listen on the one port. Node accepts one connection of each in a turn of its loop: with a single one, who connects to a busy server waits before it could be
 * sent away, unseen by it, until the kernel drops them. Systems other than Linux do not share a port out.
 */
const LISTENERS = process.platform === 'linux' ? 16 : 1;

export interface RunningServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; port 0 takes a free one. Rejects with `EADDRINUSE` where another process has the port. */
export async function listenLocally(app: Pick<Hono, 'fetch'>, port: number): Promise<RunningServer> {
  // A port that is shared out would be shared with another process of the same user as well.
  if (port !== 0) await expectFree(port);
  const servers = [await listen(app, port)];
  const taken = (servers[0]?.address() as AddressInfo).port;
  try {
    while (servers.length < LISTENERS) servers.push(await listen(app, taken));
  } catch (error) {
    await Promise.all(servers.map(close));
    throw error;
  }
  return {
    url: `http://${HOST}:${taken}`,
    port: taken,
    async close() {
      await Promise.all(servers.map(close));
    },
  };
}

function listen(app: Pick<Hono, 'fetch'>, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const fetch = (request: Request, env: Pick<HttpBindings, 'incoming'>): Response | Promise<Response> => {
      setSender(request, senderIn(env.incoming));
      return app.fetch(request, env);
    };
    const server = createAdaptorServer({
      fetch: fetch as Parameters<typeof createAdaptorServer>[0]['fetch'],
      hostname: HOST,
    }) as Server;
    server.once('error', reject);
    server.listen({ port, host: HOST, reusePort: LISTENERS > 1 }, () => resolve(server));
  });
}

/** Whoever connects is on this machine: of a proxy in front the last address that it set down counts, what stood before it anybody can write. */
function senderIn({ headers, socket }: IncomingMessage): string | undefined {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',');
  return forwarded.split(',').at(-1)?.trim() || socket.remoteAddress;
}

function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeIdleConnections();
  });
}

function expectFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ port, host: HOST }, () => probe.close(() => resolve()));
  });
}
