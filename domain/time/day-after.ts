import { Temporal } from 'temporal-polyfill';

/** The next day, `YYYY-MM-DD`. */
export function dayAfter(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toString();
}
