import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** A request that changes something, repeated under the same key until it is answered. */
export interface Command {
  kind: 'announce' | 'upload' | 'submission' | 'decision' | 'other';
  key: string;
  method: 'POST' | 'PUT';
  /** Below the server's URL. */
  path: string;
  body: string | Uint8Array<ArrayBuffer>;
  token?: string;
  /** Signed as a webhook with this secret, the key being its id. */
  secret?: string;
  /** What the command is about, for the checker. */
  task?: string;
  outcome?: string;
}

/** A command with every answer it was ever given. */
export interface Acknowledged {
  command: Command;
  answers: { status: number; body: string }[];
}

export interface DatedAcknowledged extends Acknowledged {
  /** When the first answer was there, in milliseconds since the epoch. */
  at: number;
}

interface Flight {
  answered: boolean;
}

export interface Tally {
  requests: number;
  /** Requests that got no answer. */
  lost: number;
  /** Retries that were told what an earlier, lost answer had said. */
  replayed: number;
  /** Requests sent twice at the same time under one key. */
  twins: number;
  /** Answers 5xx that say "try again". */
  tryAgain: number;
}

/** A command that was refused although it was right: the run has failed. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

/** Sends commands over plain HTTP as a careful client does: the same key and body until there is an answer. */
export class CommandClient {
  readonly acknowledged: DatedAcknowledged[] = [];
  readonly tally: Tally = { requests: 0, lost: 0, replayed: 0, twins: 0, tryAgain: 0 };
  readonly #url: string;
  readonly #patienceMs: number;
  readonly #flights = new Set<Flight>();

  constructor(url: string, patienceMs = 300_000) {
    this.#url = url;
    this.#patienceMs = patienceMs;
  }

  /** Commands sent and not answered yet. */
  inFlight(): readonly { readonly answered: boolean }[] {
    return [...this.#flights];
  }

  /** Sends until answered, `twice` at the same time; the answer is kept for the checker. Throws when refused. */
  async command(command: Command, twice = false): Promise<Record<string, unknown>> {
    if (twice) this.tally.twins += 1;
    const sent = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => this.#untilAnswered(command)));
    const refused = sent.find(({ status }) => status >= 300);
    if (refused) throw new CommandRefused(`${command.kind} ${command.path}: ${refused.status} ${refused.body}`);
    this.acknowledged.push({ command, answers: sent, at: Date.now() });
    const [{ body } = { body: '' }] = sent;
    return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
  }

  /** Sends an acknowledged command once more, under its key. */
  async again(acknowledged: Acknowledged): Promise<void> {
    acknowledged.answers.push(await this.#untilAnswered(acknowledged.command));
  }

  /** Reads until answered 200. */
  async read(path: string, token: string): Promise<Record<string, unknown>> {
    const found = await this.find(path, token);
    if (!found) throw new Error(`GET ${path}: expected 200, got 404`);
    return found;
  }

  /** Reads until answered 200, or 404: nothing. */
  async find(path: string, token: string): Promise<Record<string, unknown> | undefined> {
    const end = Date.now() + this.#patienceMs;
    for (;;) {
      const answer = await this.#once(path, { headers: { authorization: `Bearer ${token}` } });
      if (answer?.status === 200) return JSON.parse(answer.body) as Record<string, unknown>;
      if (answer?.status === 404) return undefined;
      if (answer && answer.status < 500) throw new Error(`GET ${path}: expected 200, got ${answer.status}`);
      if (Date.now() > end) throw new Error(`GET ${path}: no answer in ${this.#patienceMs} ms`);
      await pause(20);
    }
  }

  async #untilAnswered(command: Command): Promise<{ status: number; body: string }> {
    const end = Date.now() + this.#patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      const flight: Flight = { answered: false };
      this.#flights.add(flight);
      const answer = await this.#once(command.path, requestOf(command));
      flight.answered = answer !== undefined;
      this.#flights.delete(flight);
      this.tally.requests += 1;
      if (answer === undefined) this.tally.lost += 1;
      else if (answer.status === 503) this.tally.tryAgain += 1;
      else {
        if (answer.replayed && attempt > 1) this.tally.replayed += 1;
        return { status: answer.status, body: answer.body };
      }
      if (Date.now() > end) throw new Error(`${command.kind} ${command.path}: no answer in ${this.#patienceMs} ms`);
      await pause(20);
    }
  }

  async #once(
    path: string,
    request: RequestInit,
  ): Promise<{ status: number; body: string; replayed: boolean } | undefined> {
    try {
      const response = await fetch(`${this.#url}${path}`, request);
      const replayed = response.headers.get('idempotent-replayed') === 'true';
      return { status: response.status, body: await response.text(), replayed };
    } catch {
      return undefined;
    }
  }
}

function requestOf(command: Command): RequestInit {
  const { key, method, body, token, secret } = command;
  const headers: Record<string, string> = {
    'content-type': typeof body === 'string' ? 'application/json' : 'application/pdf',
    ...(token !== undefined && { authorization: `Bearer ${token}`, 'idempotency-key': key }),
  };
  if (secret !== undefined && typeof body === 'string') {
    const at = new Date();
    headers['webhook-id'] = key;
    headers['webhook-timestamp'] = String(Math.floor(at.getTime() / 1000));
    headers['webhook-signature'] = new Webhook(secret).sign(key, at, body);
  }
  return { method, headers, body };
}
