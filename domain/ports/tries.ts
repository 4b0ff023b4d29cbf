/** So many tries of one kind, or so much of something, until an instant. */
export interface Allowance {
  /** What is tried, and by whom: tries of other names are counted apart. Nothing that tells of a person. */
  of: string;
  /** Milliseconds since the epoch; from then on it is forgotten. */
  until: number;
  most: number;
  /** For how many this try counts; one, unless it is said. */
  amount?: number;
}

/** Counts tries, so that what is short is not found by trying. Shared by all processes, and kept over restarts. */
export interface Tries {
  /** Takes a try before it is made. `false`: not enough is left, and nothing is counted. */
  take(allowance: Allowance, now: number): Promise<boolean>;
  /** A try that was taken did not fail: it does not count. */
  giveBack(allowance: Allowance): Promise<void>;
}
