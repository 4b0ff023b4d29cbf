import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Subscription } from '../../schemas/organisation.ts';
import { MONDAY } from './desk.ts';

export const SECRET = 'whsec_c2VjcmV0IG9mIGEgc3Vic2NyaXB0aW9u';

/** A message as it arrived, and how it was answered: no status, no answer. */
export interface Heard {
  id: string;
  timestamp: number;
  signature: string;
  body: string;
  status: number | undefined;
}

/** A subscriber's system. It can be down: then nothing listens there. */
export class Receiver {
  readonly heard: Heard[] = [];
  /** Answers of the next messages; behind them 204. `hold`: none, and whoever waits for `held` is told. */
  answers: (number | 'hold' | { status: number; headers: Record<string, string> })[] = [];
  #server: Server | undefined;
  #port = 0;
  #held: (() => void) | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#answer(response, {
          id: String(request.headers['webhook-id']),
          timestamp: Number(request.headers['webhook-timestamp']),
          signature: String(request.headers['webhook-signature']),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  /** Resolves once a message has arrived that is not answered. */
  held(): Promise<void> {
    return new Promise((resolve) => {
      this.#held = resolve;
    });
  }

  /** Ids of what was taken, in order, twice where it came twice. */
  taken(): string[] {
    return this.heard.filter(({ status }) => status === 204 || status === undefined).map(({ id }) => id);
  }

  #answer(response: ServerResponse, message: Omit<Heard, 'status'>): void {
    const next = this.answers.shift() ?? 204;
    const status = next === 'hold' ? undefined : typeof next === 'number' ? next : next.status;
    this.heard.push({ ...message, status });
    if (status === undefined) this.#held?.();
    else response.writeHead(status, typeof next === 'object' ? next.headers : {}).end();
  }
}

export function aSubscription(part: Partial<Subscription> & Pick<Subscription, 'url'>): Subscription {
  return {
    id: 's1',
    types: [],
    units: ['thu-lam'],
    secret: SECRET,
    owner: 'one-stop',
    created: new Date(MONDAY).toISOString(),
    ...part,
  };
}
