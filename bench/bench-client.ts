import { type ChildProcess, fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { APPROVER, PROCEDURE, UNIT } from './bench-machine.ts';
import type { FromServer, ToServer } from './serve-bench.ts';

interface Answer {
  status: number;
  text: string;
  retryAfter: number;
  /** From the request to the whole answer. */
  ms: number;
}

/** The platform in a process of its own, and a client of its API. What happens inside - a task waits, a dossier is closed - the server tells beside the API, free of charge. */
export class BenchClient {
  /** Requests sent so far. */
  requests = 0;
  readonly #server: ChildProcess;
  readonly #agent: Agent;
  readonly #url: string;
  readonly #token: string;
  readonly #webhook: Webhook;
  /** What the server has said of a dossier before anybody asked, and who waits to hear it. */
  readonly #heard = new Map<string, string>();
  readonly #waiting = new Map<string, (value: string) => void>();
  readonly #ended: Promise<number>;

  private constructor(
    server: ChildProcess,
    { url, token, secret }: { url: string; token: string; secret: string },
    sockets: number,
  ) {
    this.#server = server;
    this.#url = url;
    this.#token = token;
    this.#webhook = new Webhook(secret);
    this.#agent = new Agent({ keepAlive: true, maxSockets: sockets });
    this.#ended = new Promise((resolve) => server.once('exit', (code) => resolve(code ?? 1)));
    server.on('message', (message: FromServer) => {
      if (message.kind === 'task') this.#tell(`task:${message.dossier}`, message.task);
      if (message.kind === 'closed') this.#tell(`closed:${message.dossier}`, message.dossier);
      if (message.kind === 'parked') throw new Error(`dossier ${message.dossier} is parked: ${message.cause}`);
    });
  }

  /** `folder`: where the data folder is made. `sockets`: connections at most. */
  static async start({ folder, sockets }: { folder: string | undefined; sockets: number }): Promise<BenchClient> {
    const server = fork(new URL('serve-bench.ts', import.meta.url), folder === undefined ? [] : [folder], {
      execArgv: [
        '--disable-warning=ExperimentalWarning',
        ...process.execArgv.filter((arg) => arg.startsWith('--cpu-prof')),
      ],
    });
    return new BenchClient(server, await next(server, 'listening'), sockets);
  }

  /** One dossier from submission to its end; sent away it comes again when it may. */
  async whole(index: number): Promise<void> {
    let submitted = await this.submit(index);
    while (submitted.id === undefined) {
      await pause(submitted.retryAfter * 1000);
      submitted = await this.submit(index);
    }
    await this.decide(submitted.id);
    await this.closed(submitted.id);
  }

  /** Answers the dossier, or no id where it was sent away. */
  async submit(index: number): Promise<{ id?: string; retryAfter: number; ms: number }> {
    const form = { subject: `Subject ${index}`, amount: index % 1000 };
    const key = `submission-${process.pid}-${performance.now()}-${index}`;
    const { status, text, retryAfter, ms } = await this.#post(
      '/v1/dossiers',
      { authorization: `Bearer ${this.#token}`, 'idempotency-key': key },
      JSON.stringify({ procedure: PROCEDURE, unit: UNIT, channel: 'counter', form }),
    );
    if (status === 503) return { retryAfter, ms };
    if (status >= 300) throw new Error(`/v1/dossiers: expected status 2xx, got ${status}: ${text}`);
    return { id: (JSON.parse(text) as { id: string }).id, retryAfter, ms };
  }

  /** Decides as soon as the task waits; sent away, again when it may. Answers how long the answer that it got took. */
  async decide(dossier: string): Promise<number> {
    const task = await this.#hear(`task:${dossier}`);
    const body = JSON.stringify({ system: 'bench-system', task, official: APPROVER, outcome: 'approved' });
    const message = `decision-${task}`;
    for (;;) {
      const at = new Date();
      const { status, text, retryAfter, ms } = await this.#post(
        '/v1/webhooks/decisions',
        {
          'webhook-id': message,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': this.#webhook.sign(message, at, body),
        },
        body,
      );
      if (status < 300) return ms;
      if (status !== 503) throw new Error(`decision of ${task}: expected status 2xx or 503, got ${status}: ${text}`);
      await pause(retryAfter * 1000);
    }
  }

  async closed(dossier: string): Promise<void> {
    await this.#hear(`closed:${dossier}`);
    // It was told at each change of the dossier.
    this.#heard.delete(`task:${dossier}`);
  }

  async ask<K extends FromServer['kind']>(message: ToServer, answer: K): Promise<Extract<FromServer, { kind: K }>> {
    this.#server.send(message);
    return next(this.#server, answer);
  }

  /** Once the server has ended, or after telling it to. */
  async end({ kill }: { kill: boolean }): Promise<void> {
    if (kill) this.#server.disconnect();
    const code = await this.#ended;
    if (!kill) process.exitCode = code;
    this.#agent.destroy();
  }

  #post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    this.requests += 1;
    const from = performance.now();
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.#url}${path}`,
        { method: 'POST', agent: this.#agent, headers: { 'content-type': 'application/json', ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () => {
            const retryAfter = Number(response.headers['retry-after'] ?? 1);
            resolve({ status: response.statusCode ?? 0, text, retryAfter, ms: performance.now() - from });
          });
        },
      );
      call.once('error', (error: NodeJS.ErrnoException) => {
        // The server has closed a connection that had long been idle: nothing was read of this.
        if (call.reusedSocket && error.code === 'ECONNRESET') resolve(this.#post(path, headers, body));
        else reject(error);
      });
      call.end(body);
    });
  }

  #hear(what: string): Promise<string> {
    const known = this.#heard.get(what);
    if (known !== undefined) {
      this.#heard.delete(what);
      return Promise.resolve(known);
    }
    return new Promise((resolve) => this.#waiting.set(what, resolve));
  }

  #tell(what: string, value: string): void {
    const waiter = this.#waiting.get(what);
    this.#waiting.delete(what);
    if (waiter) waiter(value);
    else this.#heard.set(what, value);
  }
}

function next<K extends FromServer['kind']>(child: ChildProcess, kind: K): Promise<Extract<FromServer, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`expected the server to say ${kind}, it ended`));
    const listen = (message: FromServer): void => {
      if (message.kind !== kind) return;
      child.off('message', listen);
      child.off('exit', ended);
      resolve(message as Extract<FromServer, { kind: K }>);
    };
    child.on('message', listen);
    child.once('exit', ended);
  });
}
