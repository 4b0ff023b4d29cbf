import type { Calendar } from '../../schemas/calendar.ts';
import type { CalendarAmendment } from '../../schemas/scenario.ts';

/** The next version of a calendar, with days off and worked days laid over those that it has. The days are as the story says: nobody has read an act. */
export function amendCalendar(
  base: Calendar,
  { daysOff = [], workedDays = [], promises, reason, legalBasis = reason }: CalendarAmendment,
): Calendar {
  const inWords = (text: string) => ({ vi: text, en: text });
  const said = {
    name: inWords(reason),
    legalBasis: inWords(legalBasis),
    source: 'scenario',
    verified: 'memory',
  } as const;
  const days = new Map(base.days.map((day) => [day.date, day]));
  for (const date of daysOff) days.set(date, { ...said, date, kind: 'off' });
  for (const date of workedDays) days.set(date, { ...said, date, kind: 'workday' });
  const [major, minor, patch] = base.version.split('.');
  return {
    ...base,
    version: `${major}.${minor}.${Number(patch) + 1}`,
    days: [...days.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    amends: { reason: inWords(reason), promises },
  };
}
