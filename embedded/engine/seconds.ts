import { MAX_SECONDS } from './compile-state.ts';
import { ERROR, StateFailed } from './failure.ts';

/** A whole number of seconds that an expression gave, at least `least`. Throws `StateFailed` for anything else. */
export function secondsOf(value: unknown, location: string, least: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_SECONDS) return value;
  throw new StateFailed(
    ERROR.query,
    `Expected a whole number of seconds from ${String(least)} at ${location}.`,
    location,
  );
}
