import { setTimeout as pause } from 'node:timers/promises';

export interface Paced {
  called: number;
  /** Milliseconds from the first call to the end of the load. */
  ms: number;
  /** Calls that failed, once all have ended. */
  failed: () => Promise<number>;
}

/** Calls `one` so many times a second for so long, each at its own time, whether earlier calls have ended or not. */
export async function atPace(
  { perSecond, forMs }: { perSecond: number; forMs: number },
  one: (index: number) => Promise<void>,
): Promise<Paced> {
  const open = new Set<Promise<void>>();
  let [called, failed] = [0, 0];
  const began = performance.now();
  for (let due = began; due < began + forMs; due += 1000 / perSecond) {
    const wait = due - performance.now();
    if (wait > 1) await pause(wait);
    const call = one(called)
      .catch(() => void (failed += 1))
      .finally(() => open.delete(call));
    called += 1;
    open.add(call);
  }
  const ms = performance.now() - began;
  return { called, ms, failed: () => Promise.all(open).then(() => failed) };
}
