import { readFileSync } from 'node:fs';
import type { Calendar } from '../../../schemas/calendar.ts';
import { openCalendar } from '../../../domain/time/working-calendar.ts';
import { readCalendar } from '../../../workflows/calendars/read-calendar.ts';

function read(): Calendar {
  const reading = readCalendar(readFileSync(new URL('../../../workflows/calendars/vn.yaml', import.meta.url), 'utf8'));
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.calendar;
}

/** The published calendar of Vietnam, as data and laid out. */
export const vietnamData = read();
export const vietnam = openCalendar(vietnamData);

/** The same calendar with more days off. A date that has a row already keeps its date and becomes a day off. */
export function withDaysOff(dates: readonly string[]): Calendar {
  const extra = new Set(dates);
  const rows = vietnamData.days.filter((day) => !extra.has(day.date));
  const added = [...extra].map((date) => ({
    date,
    kind: 'off' as const,
    name: { en: 'local day off' },
    legalBasis: { en: 'local decision' },
    source: 'generated',
    verified: 'memory' as const,
  }));
  return { ...vietnamData, days: [...rows, ...added].sort((a, b) => (a.date < b.date ? -1 : 1)) };
}

/** An office in a zone with summer time, open 9 to 17 on weekdays, without holidays. */
export const bucharestData: Calendar = {
  ...vietnamData,
  id: 'bucharest',
  timeZone: 'Europe/Bucharest',
  week: {
    mon: [{ from: '09:00', to: '17:00' }],
    tue: [{ from: '09:00', to: '17:00' }],
    wed: [{ from: '09:00', to: '17:00' }],
    thu: [{ from: '09:00', to: '17:00' }],
    fri: [{ from: '09:00', to: '17:00' }],
    sat: [],
    sun: [],
  },
  standardHours: [{ from: '09:00', to: '17:00' }],
  days: [],
  undecided: [],
};
export const bucharest = openCalendar(bucharestData);

const short = [{ from: '08:00', to: '11:00' }];
const long = [
  { from: '07:00', to: '11:30' },
  { from: '12:30', to: '18:00' },
];
/** Vietnam's, with a short Friday and long other days from 10 March 2026, and its own hours again from 4 January 2027. */
export const changedData: Calendar = {
  ...vietnamData,
  changes: [
    {
      from: '2026-03-10',
      legalBasis: { en: 'a decision on hours' },
      week: { mon: long, tue: long, wed: long, thu: long, fri: short, sat: [], sun: [] },
      standardHours: long,
      hoursSource: 'made up',
    },
    {
      from: '2027-01-04',
      legalBasis: { en: 'a decision on hours' },
      week: vietnamData.week,
      standardHours: vietnamData.standardHours,
      hoursSource: 'made up',
    },
  ],
};
export const changed = openCalendar(changedData);
