import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../domain/ports/clock.ts';
import { readBody } from '../../embedded/samples/sample-server.ts';
import { startSmtp } from '../builders/smtp-server.ts';
import { readEml } from '../builders/read-eml.ts';
import { openServicesOutside, type ServicesOutside } from '../e2e/services-outside.ts';
import { type FaultyLink, openHttpLink, openSmtpLink } from './faulty-link.ts';
import type { LinkName } from './schedule.ts';

/** What a subscriber was sent, in the order in which it came. */
export interface Received {
  id: string;
  timestamp: number;
  signature: string;
  body: string;
}

/** Everything beyond the server, over links that may fail, with its own record of what reached it. */
export interface Outside {
  services: ServicesOutside;
  links: Readonly<Record<LinkName, FaultyLink>>;
  /** Registries, as the server reaches them. */
  systems: Readonly<Record<string, string>>;
  received: readonly Received[];
  /** Ids of the notices whose mails were taken. */
  mails: () => string[];
  close(): Promise<void>;
}

/** `server`: where clients' requests go at last. The clock is the world's. */
export async function openOutside(dir: string, clock: Clock, server: string): Promise<Outside> {
  const services = await openServicesOutside(dir, clock);
  const smtp = await startSmtp();
  const received: Received[] = [];
  const subscriber = await startSubscriber(received);
  const base = new URL(Object.values(services.systems)[0] ?? '').origin;
  const links = {
    clients: await openHttpLink(() => server),
    signer: await openHttpLink(() => services.signer.url),
    timestamps: await openHttpLink(() => services.timestamps),
    registries: await openHttpLink(() => base),
    subscribers: await openHttpLink(() => subscriber.url),
    mail: await openSmtpLink(smtp.url),
  };
  return {
    services,
    links,
    systems: Object.fromEntries(
      Object.entries(services.systems).map(([name, url]) => [name, `${links.registries.url}${new URL(url).pathname}`]),
    ),
    received,
    mails: () => smtp.taken.map((eml) => readEml(eml).headers['x-onetrack-message'] ?? ''),
    async close() {
      await Promise.all(Object.values(links).map((link) => link.close()));
      await Promise.all([services.close(), smtp.close(), subscriber.close()]);
    },
  };
}

/** Keeps what comes before it answers. */
export async function startSubscriber(received: Received[]): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const { headers } = request;
      const body = Buffer.from((await readBody(request, 1_000_000)) ?? []).toString('utf8');
      received.push({
        id: String(headers['webhook-id']),
        timestamp: Number(headers['webhook-timestamp']),
        signature: String(headers['webhook-signature']),
        body,
      });
      response.writeHead(204).end();
    })().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
