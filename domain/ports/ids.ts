/** Sources of what must not repeat. Handed in, so that a run can be repeated. */
export interface Ids {
  /** 26 characters of Crockford base 32, ordered by time (ULID). */
  next(now: number): string;
  random(bytes: number): Uint8Array;
}
