import type { Clock } from '../../domain/ports/clock.ts';
import type { EmbeddedEngine } from './engine.ts';

/** Node's timers hold at most 2^31 - 1 milliseconds; looking once an hour also rides out changes of the machine's clock. */
const LONGEST_MS = 3_600_000;

/** Lets an engine's time pass in real time, until `stop`. */
export class Ticker {
  readonly #engine: EmbeddedEngine;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Infinity;

  constructor(engine: EmbeddedEngine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  start(): void {
    this.#engine.watchDue(() => {
      if ((this.#engine.nextDue() ?? Infinity) < this.#armedFor) this.#arm();
    });
    this.#arm();
  }

  stop(): void {
    this.#engine.watchDue(undefined);
    clearTimeout(this.#timer);
    this.#armedFor = Infinity;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const now = this.#clock.now();
    const next = Math.min(this.#engine.nextDue() ?? Infinity, now + LONGEST_MS);
    this.#armedFor = next;
    this.#timer = setTimeout(
      () => {
        this.#engine.fireDue(this.#clock.now());
        this.#arm();
      },
      Math.max(0, next - now),
    );
  }
}
