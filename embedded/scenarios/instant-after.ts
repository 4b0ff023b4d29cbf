import { Temporal } from 'temporal-polyfill';
import { addWorkingDays, localTime, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';

type Pass = Extract<ScenarioStep, { kind: 'pass' }>['step']['pass'];

/** The instant at which the time that a story lets pass has passed. */
export function instantAfter(
  { minutes, hours, calendarDays, workingDays, until }: Pass,
  now: number,
  calendar: WorkingCalendar,
): number {
  if (until !== undefined) return Date.parse(until);
  if (minutes !== undefined) return now + minutes * 60_000;
  if (hours !== undefined) return now + hours * 3_600_000;
  if (calendarDays !== undefined) return now + calendarDays * 86_400_000;
  const { date, time } = localTime(calendar, now);
  const day = addWorkingDays(calendar, date, workingDays ?? 1);
  if (!day.ok) throw new Error(day.refusal.detail);
  const local = Temporal.PlainDate.from(day.value.date).toPlainDateTime(time);
  return local.toZonedDateTime(calendar.timeZone).epochMilliseconds;
}
