import { Temporal } from 'temporal-polyfill';

/** The Monday of a day's week, or of so many weeks before it, `YYYY-MM-DD`. */
export function mondayOf(day: string, weeksBefore = 0): string {
  const date = Temporal.PlainDate.from(day);
  return date.subtract({ days: date.dayOfWeek - 1 + 7 * weeksBefore }).toString();
}
