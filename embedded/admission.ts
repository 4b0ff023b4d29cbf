import { performance as node } from 'node:perf_hooks';
import type { ApiOptions } from '../functions/api/app.ts';
import { problem } from '../functions/api/problem.ts';
import { BASE } from '../functions/api/surface.ts';

const LOOK_MS = 10;
/** What was so long ago counts by a factor of e less. */
const MEMORY_MS = 500;
/** A loop that rests for a tenth of its time or more is not behind. */
const LEAST_BUSY = 0.9;
/** A thread that has less than this share of a processor does not lack time because of its requests: others hold the machine. */
const LEAST_PROCESSOR = 0.7;
/** By what its delay then counts less: sending requests away would help little. */
const FORBEARANCE = 10;
/** From which delay on requests are sent away, in milliseconds. A request takes some five to ten turns of the loop. */
const MOST_DELAY_MS = { new: 40, other: 150 };
/** Seconds that a client is told to wait: not the same for all, so that they do not come back together. */
const RETRY_AFTER = { least: 1, most: 5 };

/** Hands in what nobody has been told of yet. */
const NEW_WORK: ReadonlySet<string> = new Set([`${BASE}/dossiers`, `${BASE}/uploads`]);
const NEVER_SENT_AWAY = `${BASE}/health`;

/**
 * By how much this process is behind: for how long whatever comes now waits until the loop turns to it. Each turn weighs by its length, for the longer it takes the more come in
 * it; so many short turns beside long ones hide nothing, and one long piece of work - a PDF, a large body - is no overload.
 */
export class LoopDelay {
  readonly #timer: NodeJS.Timeout;
  #last = node.now();
  #before = node.eventLoopUtilization();
  readonly #processorTime: () => number;
  #used: number;
  #late = 0;
  /** Of the time lately, as shares of 1: with something to do, and on a processor. */
  #busy = 0;
  #processor = 0;

  /** `processorTime`: what this thread has had of a processor so far, in milliseconds. */
  constructor(processorTime: () => number = threadTime) {
    this.#processorTime = processorTime;
    this.#used = processorTime();
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  #look(): void {
    const now = node.now();
    const elapsed = now - this.#last;
    const total = node.eventLoopUtilization();
    const weight = 1 - Math.exp(-elapsed / MEMORY_MS);
    this.#late += (Math.max(0, elapsed - LOOK_MS) - this.#late) * weight;
    this.#busy += (node.eventLoopUtilization(total, this.#before).utilization - this.#busy) * weight;
    const used = this.#processorTime();
    this.#processor += ((used - this.#used) / elapsed - this.#processor) * weight;
    this.#used = used;
    this.#last = now;
    this.#before = total;
  }

  /** In milliseconds. */
  now(): number {
    if (this.#busy < LEAST_BUSY) return 0;
    return this.#processor < LEAST_PROCESSOR ? this.#late / FORBEARANCE : this.#late;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
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
