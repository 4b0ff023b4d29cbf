import { NumberLine } from '../../number-line.ts';
import type { NumberPatience } from '../../number-line.ts';
import { keys } from './keys.ts';
import { number } from './table-client.ts';
import type { TableClient } from './table-client.ts';

/** Numbers that one write reserves for a counter in which gaps are allowed. Small: what a Lambda instance does not use is lost with it. */
const BLOCK = 16;

/** Counters (gaps allowed) and, as this process sees them, series without gaps. */
export class DynamoCounters {
  readonly #table: TableClient;
  readonly #patience: NumberPatience | undefined;
  readonly #blocks = new Map<string, { next: number; end: number }>();
  readonly #reserving = new Map<string, Promise<void>>();
  readonly #lines = new Map<string, NumberLine>();

  constructor(table: TableClient, patience: NumberPatience | undefined) {
    this.#table = table;
    this.#patience = patience;
  }

  async nextCount(counter: string): Promise<number> {
    for (;;) {
      const block = this.#blocks.get(counter);
      if (block && block.next < block.end) return block.next++;
      let reserving = this.#reserving.get(counter);
      if (!reserving) {
        reserving = this.#reserve(counter).finally(() => this.#reserving.delete(counter));
        this.#reserving.set(counter, reserving);
      }
      await reserving;
    }
  }

  /** Looks the series up unless numbers of it are out, so that what other processes took is known. */
  async nextNumber(series: string): Promise<number> {
    const line = this.line(series);
    if (line.idle) line.see(await this.lastNumber(series));
    return line.next();
  }

  async lastNumber(series: string): Promise<number> {
    const item = await this.#table.get(keys.series(series));
    return item ? number(item, 'n') : 0;
  }

  line(series: string): NumberLine {
    let line = this.#lines.get(series);
    if (!line) {
      line = new NumberLine(0, { pipelined: false, ...(this.#patience ? { patience: this.#patience } : {}) });
      this.#lines.set(series, line);
    }
    return line;
  }

  async #reserve(counter: string): Promise<void> {
    const last = await this.#table.add(keys.counter(counter), 'n', BLOCK);
    this.#blocks.set(counter, { next: last - BLOCK + 1, end: last + 1 });
  }
}
