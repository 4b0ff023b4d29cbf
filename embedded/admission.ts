import { performance as node } from 'node:perf_hooks';
import type { ApiOptions } from '../functions/api/app.ts';
import { problem } from '../functions/api/problem.ts';
import { BASE } from '../functions/api/surface.ts';

const LOOK_MS = 20;
/** What was so in each look of so long counts: one long piece of work - a PDF, a large body - is no overload. */
const LOOKS = 20;
/** A loop that waits for a tenth of its time or more is not behind: where it turns slowly, the machine is busy with something else. */
const LEAST_BUSY = 0.9;
/** From which delay on requests are sent away, in milliseconds. A request takes some five to ten turns of the loop. */
const MOST_DELAY_MS = { new: 40, other: 150 };
/** Seconds that a client is told to wait: not the same for all, so that they do not come back together. */
const RETRY_AFTER = { least: 1, most: 5 };

/** Hands in what nobody has been told of yet. */
const NEW_WORK: ReadonlySet<string> = new Set([`${BASE}/dossiers`, `${BASE}/uploads`]);
const NEVER_SENT_AWAY = `${BASE}/health`;

/** By how much this process is behind: a turn of its loop takes that long, has for a while, and leaves it no rest. */
export class LoopDelay {
  readonly #delays: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #before = node.eventLoopUtilization();
  #busy = 0;

  constructor() {
    let expected = node.now() + LOOK_MS;
    this.#timer = setInterval(() => {
      const now = node.now();
      this.#delays.push(Math.max(0, now - expected));
      expected = now + LOOK_MS;
      if (this.#delays.length > LOOKS) this.#delays.shift();
      const total = node.eventLoopUtilization();
      // Over the last looks, weighed less the longer ago.
      this.#busy += (node.eventLoopUtilization(total, this.#before).utilization - this.#busy) / (LOOKS / 4);
      this.#before = total;
    }, LOOK_MS).unref();
  }

  /** In milliseconds. */
  now(): number {
    return this.#busy < LEAST_BUSY || this.#delays.length < LOOKS ? 0 : Math.min(...this.#delays);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/**
 * Sends requests away while the process is behind, before anything of them is read: what is taken on is answered soon, and what was answered gets done. New work is sent
 * away first; deciding and reading go on, for they finish what is begun. `delay` in milliseconds, as of now.
 */
export function admission(delay: () => number, random: () => number): NonNullable<ApiOptions['admit']> {
  return (method, path) => {
    const kind = method === 'POST' && NEW_WORK.has(path) ? 'new' : 'other';
    if (path === NEVER_SENT_AWAY || delay() <= MOST_DELAY_MS[kind]) return undefined;
    const { least, most } = RETRY_AFTER;
    const seconds = least + Math.floor(random() * (most - least + 1));
    const detail = `the server has more to do than it can answer soon, and has done nothing: try again in ${seconds} s`;
    return problem({ code: 'try-again', detail }, path, { 'retry-after': String(seconds) });
  };
}
