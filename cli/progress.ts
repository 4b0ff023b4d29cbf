import type { CommandIo } from './command.ts';

const AFTER_MS = 2_000;

/** Tells on a terminal how far something is that lasts over two seconds, in one line that is written over. */
export class Progress {
  readonly #io: CommandIo;
  readonly #began = performance.now();
  #written = 0;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  tell(text: string): void {
    if (!this.#io.isTty || performance.now() - this.#began < AFTER_MS) return;
    this.#io.stderr(`\r${text.padEnd(this.#written)}`);
    this.#written = text.length;
  }

  /** Clears the line. */
  end(): void {
    if (this.#written > 0) this.#io.stderr(`\r${' '.repeat(this.#written)}\r`);
  }
}
