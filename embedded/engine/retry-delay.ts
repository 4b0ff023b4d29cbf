import type { Retrier } from './definition.ts';

/**
 * Milliseconds before the attempt after `earlier` retries by this retrier: interval times rate to the power of the retries made, at most the
 * maximum delay; full jitter takes a random part of that (developer guide, "Retrying after an error"). `random` is of [0, 1).
 */
export function retryDelay(retrier: Retrier, earlier: number, random: () => number): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** earlier;
  const seconds = Math.min(grown, retrier.maxDelaySeconds ?? LONGEST_SECONDS);
  return Math.round(1000 * seconds * (retrier.fullJitter ? random() : 1));
}

/** An execution lives for a year at most: nothing waits longer. */
const LONGEST_SECONDS = 31_622_400;
