/** Values of one file: dictionaries, arrays and what is in them, and entries of its tables. */
const MOST_VALUES = 500_000;
/** How often the bytes of a file may be read, however its objects overlap. */
const MOST_PASSES = 4;

/**
 * How much may be read of one file. It is taken while it is read, not afterwards: objects that lie within each other, or lead to each other while they
 * are read, cost no more than others.
 */
export class ReadingBudget {
  readonly #refusal: (expected: string) => Error;
  #values = MOST_VALUES;
  #bytes = 0;

  /** `length`: of the file. `refusal`: what is thrown once there is no more. */
  constructor(length: number, refusal = (expected: string) => new Error(`expected ${expected}`)) {
    this.#refusal = refusal;
    this.allowBytes(length);
  }

  /** What was unpacked of the file may be read too. */
  allowBytes(length: number): void {
    this.#bytes += MOST_PASSES * length;
  }

  takeValues(count: number): void {
    this.#values -= count;
    if (this.#values < 0) throw this.#refusal(`a PDF of at most ${MOST_VALUES} values`);
  }

  takeBytes(count: number): void {
    this.#bytes -= count;
    if (this.#bytes < 0) throw this.#refusal('a PDF whose objects do not overlap');
  }
}
