import { endOfWorkingHours, isWorkingDay, type WorkingCalendar } from './working-calendar.ts';

/** The instant of a date that is to be promised in place of another, or what was expected of it instead. */
export function newPromise(
  calendar: WorkingCalendar,
  due: string,
  promisedAt: number,
): { ok: true; dueAt: number } | { ok: false; expected: string } {
  const worked = isWorkingDay(calendar, due);
  if (!worked.ok) return { ok: false, expected: worked.refusal.detail };
  if (!worked.value) return { ok: false, expected: 'a working day' };
  const end = endOfWorkingHours(calendar, due);
  if (!end.ok) return { ok: false, expected: end.refusal.detail };
  if (end.value > promisedAt) return { ok: true, dueAt: end.value };
  return { ok: false, expected: `a day that ends after ${new Date(promisedAt).toISOString()}, which is promised` };
}
