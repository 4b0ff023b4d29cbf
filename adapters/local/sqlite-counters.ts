import { NumberLine } from '../number-line.ts';
import type { NumberPatience } from '../number-line.ts';
import type { Database } from './sqlite.ts';

/** Numbers that one write reserves for a counter in which gaps are allowed. */
const BLOCK = 64;

interface Block {
  next: number;
  /** First number that is not reserved. */
  end: number;
}

/** Counters (gaps allowed, reserved in blocks) and register series (no gaps, checked by the commit). */
export class SqliteCounters {
  readonly #database: Database;
  readonly #patience: NumberPatience | undefined;
  readonly #blocks = new Map<string, Block>();
  readonly #reserving = new Map<string, Promise<void>>();
  readonly #lines = new Map<string, NumberLine>();

  constructor(database: Database, patience: NumberPatience | undefined) {
    this.#database = database;
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

  line(series: string): NumberLine {
    let line = this.#lines.get(series);
    if (!line) {
      const row = this.#database.prepare('SELECT number FROM series WHERE name = ?').get(series);
      const last = typeof row?.['number'] === 'number' ? row['number'] : 0;
      line = new NumberLine(last, { pipelined: true, ...(this.#patience ? { patience: this.#patience } : {}) });
      this.#lines.set(series, line);
    }
    return line;
  }

  /** Gives back what is left of each block, unless another process has reserved after it. */
  async close(): Promise<void> {
    const blocks = [...this.#blocks].filter(([, block]) => block.next < block.end);
    this.#blocks.clear();
    if (blocks.length === 0) return;
    await this.#database.write(() => {
      const giveBack = this.#database.prepare('UPDATE counter SET value = ? WHERE name = ? AND value = ?');
      for (const [counter, { next, end }] of blocks) giveBack.run(next - 1, counter, end - 1);
    });
  }

  async #reserve(counter: string): Promise<void> {
    const end = await this.#database.write(() => {
      const row = this.#database
        .prepare(
          'INSERT INTO counter (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = value + ?2 RETURNING value',
        )
        .get(counter, BLOCK);
      return Number(row?.['value']) + 1;
    });
    this.#blocks.set(counter, { next: end - BLOCK, end });
  }
}
