/** What was made last, by a text that stands for what it is made of: what recurs is made once. */
export class Kept<T> {
  readonly #made = new Map<string, T>();
  readonly #most: number;

  /** `most`: how many are kept; with one more all are given up. */
  constructor(most: number) {
    this.#most = most;
  }

  of(text: string, make: () => T): T {
    const known = this.#made.get(text);
    if (known !== undefined) return known;
    const made = make();
    if (this.#made.size >= this.#most) this.#made.clear();
    this.#made.set(text, made);
    return made;
  }

  /** What came to nothing is made again. */
  forget(text: string): void {
    this.#made.delete(text);
  }
}
