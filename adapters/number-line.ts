/** How long things may take before a number is thought forgotten, in milliseconds. */
export interface NumberPatience {
  /** A commit waits this long for the commit of the number before it. */
  wait: number;
  /** The same, once it is known that nobody holds the number before it. */
  grace: number;
  /** A number handed out and not seen again for this long is handed out anew. */
  hold: number;
}

const DEFAULT_PATIENCE: NumberPatience = { wait: 2_000, grace: 50, hold: 10_000 };

interface Waiter {
  go: (may: boolean) => void;
  timer: NodeJS.Timeout;
}

/**
 * One series without gaps, as this process sees it: hands out consecutive numbers to concurrent callers and lets their commits through in order.
 * It only makes conflicts rare; that no number is taken twice and none is left out is checked by the store inside the transaction.
 *
 * `pipelined`: a commit may follow as soon as the one before it is in the store's queue (which keeps order); else only when that one has committed.
 */
export class NumberLine {
  readonly #pipelined: boolean;
  readonly #patience: NumberPatience;
  /** Up to here numbers are committed (or, pipelined, queued). */
  #last: number;
  /** Handed out and not yet come with a commit, with the instant of handing out. */
  readonly #held = new Map<number, number>();
  readonly #waiting = new Map<number, Waiter>();
  readonly #running = new Set<number>();

  constructor(last: number, options: { pipelined: boolean; patience?: NumberPatience }) {
    this.#last = last;
    this.#pipelined = options.pipelined;
    this.#patience = options.patience ?? DEFAULT_PATIENCE;
  }

  /** Whether nobody holds a number or waits with one. */
  get idle(): boolean {
    return this.#held.size + this.#waiting.size + this.#running.size === 0;
  }

  /** The series was seen to have this last number. */
  see(last: number): void {
    if (last > this.#last) this.committed(last);
  }

  /** The lowest number that nobody has. */
  next(): number {
    const now = performance.now();
    let number = this.#last + 1;
    while (this.#taken(number, now)) number += 1;
    this.#held.set(number, now);
    return number;
  }

  /** A commit comes with its number. `true` at once or later: it may go; `false`: its predecessor did not come, the number is lost to it. */
  enter(number: number): true | Promise<boolean> {
    this.#held.delete(number);
    if (number <= this.#last + 1 || this.#waiting.has(number)) {
      this.#pass(number);
      return true;
    }
    return new Promise((resolve) => {
      const orphaned = !this.#someoneBelow(number);
      const timer = setTimeout(() => this.#giveUp(number), orphaned ? this.#patience.grace : this.#patience.wait);
      this.#waiting.set(number, { go: resolve, timer });
    });
  }

  committed(number: number): void {
    this.#running.delete(number);
    if (number > this.#last) this.#last = number;
    this.#wake();
  }

  /** A commit with this number was not stored; `last` is the series' last number where the store has said it. */
  refused(number: number, last?: number): void {
    this.#running.delete(number);
    this.#last = last ?? Math.min(this.#last, number - 1);
    this.#wake();
    this.#hurry();
  }

  /** The holder gives the number back. */
  release(number: number): void {
    if (this.#held.delete(number)) this.#hurry();
  }

  #taken(number: number, now: number): boolean {
    if (this.#waiting.has(number) || this.#running.has(number)) return true;
    const since = this.#held.get(number);
    return since !== undefined && now - since < this.#patience.hold;
  }

  #pass(number: number): void {
    this.#running.add(number);
    if (!this.#pipelined) return;
    if (number > this.#last) this.#last = number;
    this.#wake();
  }

  #wake(): void {
    const waiter = this.#waiting.get(this.#last + 1);
    if (!waiter) return;
    const number = this.#last + 1;
    this.#waiting.delete(number);
    clearTimeout(waiter.timer);
    waiter.go(true);
    this.#pass(number);
  }

  #someoneBelow(number: number): boolean {
    for (const other of [...this.#held.keys(), ...this.#running, ...this.#waiting.keys()]) {
      if (other > this.#last && other < number) return true;
    }
    return false;
  }

  /** A number became free: those who wait behind it wait only for its next holder to come soon. */
  #hurry(): void {
    for (const [number, waiter] of this.#waiting) {
      clearTimeout(waiter.timer);
      waiter.timer = setTimeout(() => this.#giveUp(number), this.#patience.grace);
    }
  }

  /** The line is broken below `number`: all who wait begin anew together, so that they get consecutive numbers again. */
  #giveUp(number: number): void {
    for (const held of this.#held.keys()) if (held < number) this.#held.delete(held);
    const broken = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiter of broken) {
      clearTimeout(waiter.timer);
      waiter.go(false);
    }
  }
}
