import type { Clock } from '../../domain/ports/clock.ts';
import type { Cursors } from '../../domain/ports/cursors.ts';

export interface FunctionClock extends Clock {
  /** Called at the beginning of each invocation. */
  set(): Promise<void>;
}

/** The machine's clock. In a deployment for tests (`settable`) it is so many milliseconds ahead as the cursor `clock` says. */
export function functionClock(settable: Cursors | undefined): FunctionClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    async set() {
      const told = Number((await settable?.get('clock')) ?? 0);
      if (!Number.isSafeInteger(told)) throw new Error(`the cursor clock: expected whole milliseconds, got ${told}`);
      ahead = told;
    },
  };
}
