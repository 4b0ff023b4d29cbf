import { Temporal } from 'temporal-polyfill';
import type { Limit } from './clock-policy.ts';
import { instantOf, localDate, type WorkingCalendar } from './working-calendar.ts';

/** The last second of the day. */
const END_OF_DAY = '23:59:59';
/** When people read what they are sent. */
const MORNING = '09:00';

/** A length of the civil calendar: validity runs over days off, and over years that no working calendar covers yet. */
type CivilTerm = Extract<Limit, { calendarDays: number } | { months: number }>;

export function isCivil(term: Limit): term is CivilTerm {
  return 'calendarDays' in term || 'months' in term;
}

/**
 * The last instant, in milliseconds since the epoch, at which a paper of that instant holds: the end of the day with the same number so many months later
 * (of a shorter month: its last), or so many days later. A day off moves it not: nothing has to be done on it.
 */
export function endOfValidity(calendar: WorkingCalendar, from: number, term: CivilTerm): number {
  const last = Temporal.PlainDate.from(localDate(calendar, from)).add(durationOf(term));
  return instantOf(calendar, last.toString(), END_OF_DAY);
}

/** The morning, in milliseconds since the epoch, so long before the day on which it ends. */
export function reminderBefore(calendar: WorkingCalendar, end: number, term: CivilTerm): number {
  const day = Temporal.PlainDate.from(localDate(calendar, end)).subtract(durationOf(term));
  return instantOf(calendar, day.toString(), MORNING);
}

function durationOf(term: CivilTerm): Temporal.DurationLike {
  return 'months' in term ? { months: term.months } : { days: term.calendarDays };
}
