/** The next instant at which each execution wants to be looked at. A heap whose outdated entries are passed over, and thrown out when they prevail. */
export class Schedule {
  readonly #due = new Map<number, number>();
  #heap: { due: number; execution: number }[] = [];

  /** Says when the execution is due next, in milliseconds since the epoch; nothing when it waits for no time. */
  set(execution: number, due: number | undefined): void {
    if (this.#due.get(execution) === due) return;
    if (due === undefined) {
      this.#due.delete(execution);
      return;
    }
    this.#due.set(execution, due);
    this.#push({ due, execution });
    if (this.#heap.length > 2 * this.#due.size + 1024) this.#rebuild();
  }

  next(): number | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined) return undefined;
      if (this.#due.get(top.execution) === top.due) return top.due;
      this.#pop();
    }
  }

  /** Takes the execution that is due first, if it is due by now. It is due again only when `set` says so. */
  take(now: number): number | undefined {
    const next = this.next();
    const top = this.#heap[0];
    if (next === undefined || next > now || top === undefined) return undefined;
    this.#pop();
    this.#due.delete(top.execution);
    return top.execution;
  }

  #rebuild(): void {
    this.#heap = [...this.#due].map(([execution, due]) => ({ due, execution })).sort(inOrder);
  }

  #push(entry: { due: number; execution: number }): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || inOrder(parent, entry) <= 0) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const entry = heap.pop();
    if (entry === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      let child = heap[down];
      const right = heap[down + 1];
      if (child !== undefined && right !== undefined && inOrder(right, child) < 0) {
        down += 1;
        child = right;
      }
      if (child === undefined || inOrder(entry, child) <= 0) break;
      heap[i] = child;
      i = down;
    }
    heap[i] = entry;
  }
}

/** By instant, then by age: a run in virtual time is the same each time. */
function inOrder(a: { due: number; execution: number }, b: { due: number; execution: number }): number {
  return a.due - b.due || a.execution - b.execution;
}
