import type { Amount } from '../../schemas/events/money.ts';

/** Digits behind the point of a currency (ISO 4217): none of the đồng, two of the leu. */
export function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 0;
}

/** An amount, which is in the smallest unit, as people say it: 1,050 bani are 10.5 lei. */
export function inWholeUnits({ value, currency }: Amount): number {
  return value / 10 ** digitsOf(currency);
}
