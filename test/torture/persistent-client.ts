import { setTimeout as pause } from 'node:timers/promises';
import { ApiClient, type RawAnswer, type RawRequest, UploadRefused } from '../../cli/demo/client.ts';
import type { Acknowledged, Command } from './client.ts';

/** How long a request is repeated once nothing is broken any more: until then it may go wrong as often as the nemesis likes. */
const PATIENCE_MS = 60_000;
const ATTEMPT_MS = 20_000;

/** A command that was sent, and what came of it. */
export interface Sent {
  url: URL;
  request: RawRequest;
  command: Command;
  answers: Acknowledged['answers'];
  /** The world's time when it was first sent, in milliseconds since the epoch: it may have been done long before it was answered. */
  begun: number;
}

/**
 * A client of the API that does not give up: the same request, under the same key, until it is answered. 5xx is no answer, nor is 401 to what carries the
 * time at which it was signed: the server's clock may be wrong for a while. Keeps what it sent and was told.
 */
export class PersistentClient extends ApiClient {
  readonly sent: Sent[] = [];
  readonly tally = { requests: 0, unanswered: 0, serverErrors: 0, expiredUploads: 0 };
  readonly #now: () => number;
  readonly #isOver: () => boolean;
  readonly #calmSince: () => number | undefined;
  readonly #asked = new Set<number>();
  #slowest = 0;

  /** `now`: the world's time. `calmSince`: since when nothing is broken any more, by the machine's clock. */
  constructor(
    url: string,
    { now, isOver, calmSince }: { now: () => number; isOver: () => boolean; calmSince: () => number | undefined },
  ) {
    super(url);
    this.#now = now;
    this.#isOver = isOver;
    this.#calmSince = calmSince;
  }

  protected override async exchange(url: URL, request: RawRequest): Promise<RawAnswer> {
    const command = commandOf(url, request);
    const sent: Sent | undefined = command && { url, request, command, answers: [], begun: this.#now() };
    if (sent) this.sent.push(sent);
    const answer = await this.#untilAnswered(url, request);
    sent?.answers.push({ status: answer.status, body: Buffer.from(answer.bytes).toString('utf8') });
    return answer;
  }

  /** Announces and sends the file anew for as long as time jumps past the day for which an address holds. */
  override async upload(...file: Parameters<ApiClient['upload']>): Promise<string> {
    for (;;)
      try {
        return await super.upload(...file);
      } catch (error) {
        if (!(error instanceof UploadRefused && error.expired) || this.#isOver()) throw error;
        this.tally.expiredUploads += 1;
      }
  }

  /** Sends an answered command once more, under its key. */
  async again({ url, request, answers }: Sent): Promise<void> {
    const { status, bytes } = await this.#untilAnswered(url, request);
    answers.push({ status, body: Buffer.from(bytes).toString('utf8') });
  }

  /** The longest in milliseconds that an answer took, or is waited for, since this was last asked. */
  slowestLately(): number {
    const waitedFor = Math.max(0, ...[...this.#asked].map((since) => performance.now() - since));
    const slowest = Math.max(this.#slowest, waitedFor);
    this.#slowest = 0;
    return slowest;
  }

  /** One attempt; nothing where no answer came. */
  protected async attempt(url: URL, request: RawRequest): Promise<RawAnswer | undefined> {
    const since = performance.now();
    this.#asked.add(since);
    const answer = await Promise.race([
      super.exchange(url, request).catch(() => undefined),
      pause(ATTEMPT_MS, undefined, { ref: false }),
    ]);
    this.#asked.delete(since);
    if (answer) this.#slowest = Math.max(this.#slowest, performance.now() - since);
    return answer;
  }

  async #untilAnswered(url: URL, request: RawRequest): Promise<RawAnswer> {
    const begun = Date.now();
    for (;;) {
      this.tally.requests += 1;
      const answer = await this.attempt(url, request);
      if (answer === undefined) this.tally.unanswered += 1;
      else if (answer.status >= 500) this.tally.serverErrors += 1;
      else if (answer.status !== 401 || typeof request.headers !== 'function') return answer;
      else if (!('webhook-id' in request.headers())) return answer;
      if (Date.now() > Math.max(begun, this.#calmSince() ?? Infinity) + PATIENCE_MS || this.#isOver())
        throw new Error(`${request.method} ${url.pathname}: no answer, the last was ${answer?.status ?? 'none'}`);
      await pause(60);
    }
  }
}

/** What changes something, as the checker knows it. */
function commandOf(url: URL, { method, headers, body = '' }: RawRequest): Command | undefined {
  // Behind a gateway the API stands below a path.
  const pathname = url.pathname.replace(/^.*(?=\/v1\/)/, '');
  if (method !== 'POST' && method !== 'PUT') return undefined;
  const sent = typeof headers === 'function' ? headers() : headers;
  const key = sent['idempotency-key'] ?? sent['webhook-id'] ?? '';
  const command = { key, method, path: pathname, body } as const;
  const { task: named, outcome } =
    typeof body === 'string' ? (JSON.parse(body) as { task?: string; outcome?: string }) : {};
  const [, task = named] = /\/tasks\/([^/]+)\/decision$/.exec(pathname) ?? [];
  if (task !== undefined && outcome !== undefined) return { ...command, kind: 'decision', task, outcome };
  if (pathname === '/v1/dossiers') return { ...command, kind: 'submission' };
  if (pathname === '/v1/uploads') return { ...command, kind: 'announce' };
  return { ...command, kind: method === 'PUT' ? 'upload' : 'other' };
}
