/** The instant now, in milliseconds since the epoch. Handed in everywhere; only the edge reads the machine's clock. */
export interface Clock {
  now(): number;
}
