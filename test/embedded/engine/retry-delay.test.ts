import fc from 'fast-check';
import type { Retrier } from '../../../embedded/engine/definition.ts';
import { retryDelay } from '../../../embedded/engine/retry-delay.ts';

const retrier = (fields: Partial<Retrier>): Retrier => ({
  errorEquals: ['A'],
  intervalSeconds: 1,
  maxAttempts: 3,
  backoffRate: 2,
  maxDelaySeconds: undefined,
  fullJitter: false,
  ...fields,
});

describe('retryDelay', () => {
  it('grows from the interval by the rate', () => {
    const growing = retrier({ intervalSeconds: 3, backoffRate: 1.5 });
    expect([0, 1, 2].map((earlier) => retryDelay(growing, earlier, () => 1))).toEqual([3000, 4500, 6750]);
  });

  it('never exceeds the maximum delay, nor a year', () => {
    expect(retryDelay(retrier({ maxDelaySeconds: 5 }), 10, () => 1)).toBe(5000);
    expect(retryDelay(retrier({}), 5000, () => 1)).toBe(31_622_400_000);
  });

  it('lies, with full jitter, between nothing and the delay without', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (earlier, random) => {
          const jittered = retryDelay(retrier({ fullJitter: true, maxDelaySeconds: 60 }), earlier, () => random);
          expect(jittered).toBeGreaterThanOrEqual(0);
          expect(jittered).toBeLessThanOrEqual(retryDelay(retrier({ maxDelaySeconds: 60 }), earlier, () => random));
        },
      ),
    );
  });
});
