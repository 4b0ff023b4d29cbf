import { readFileSync } from 'node:fs';
import { isWorkingDay, openCalendar } from '../../../domain/time/working-calendar.ts';
import { readCalendar } from '../../../workflows/calendars/read-calendar.ts';

const calendar = (id: string) => {
  const path = new URL(`../../../workflows/calendars/${id}.yaml`, import.meta.url);
  const read = readCalendar(readFileSync(path, 'utf8'));
  if (!read.ok) throw new Error(`${id}: ${JSON.stringify(read.problems)}`);
  return read.calendar;
};

/** What the acts of each country say of days on which the compilation might err: moving feasts by both reckonings, young holidays, days that are none. */
const FACTS: Record<string, { off: string[]; worked: string[] }> = {
  // Orthodox Easter is on 12 April 2026, 2 May 2027, 16 April 2028; the second day of January is free; 6 and 7 January are since 2024.
  ro: {
    off: [
      '2026-01-02',
      '2026-01-06',
      '2026-01-07',
      '2026-04-10',
      '2026-04-13',
      '2026-06-01',
      '2026-12-01',
      '2027-04-30',
      '2027-05-03',
      '2027-06-21',
      '2028-04-14',
      '2028-04-17',
      '2028-06-05',
    ],
    worked: ['2026-04-03', '2026-04-06', '2027-03-29', '2028-05-02'],
  },
  // Corpus Christi is one; Shrove Tuesday is not, if nothing is decided.
  pt: {
    off: ['2026-04-03', '2026-06-04', '2026-06-10', '2026-10-05', '2026-12-01', '2026-12-08'],
    worked: ['2026-02-17'],
  },
  // 20 November since Law 14.759/2023; Carnival and Corpus Christi are optional days.
  br: { off: ['2026-04-03', '2026-04-21', '2026-11-20', '2026-10-12'], worked: ['2026-02-17', '2026-06-04'] },
  ee: { off: ['2026-02-24', '2026-06-23', '2026-06-24', '2026-08-20', '2026-12-24'], worked: ['2026-12-23'] },
};

const dayAfter = (date: string): string => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);

describe.each(Object.keys(FACTS))('the calendar of %s', (id) => {
  it('is off and worked as the acts say, and says of each row where it comes from', () => {
    const data = calendar(id);
    const opened = openCalendar(data);
    const { off, worked } = FACTS[id] ?? { off: [], worked: [] };
    const isWorked = (date: string) => isWorkingDay(opened, date);
    expect(off.map(isWorked)).toEqual(off.map(() => ({ ok: true, value: false })));
    expect(worked.map(isWorked)).toEqual(worked.map(() => ({ ok: true, value: true })));
    expect(data.days.every(({ verified }) => verified !== 'text')).toBe(true);
    expect(isWorked(dayAfter(data.covers.to))).toMatchObject({ ok: false });
  });
});

it('Estonia shortens the day before four of its feasts by three hours, where it is worked', () => {
  const halves = calendar('ee').days.filter(({ kind }) => kind === 'half');
  expect(halves.map(({ date }) => date)).toEqual(
    [
      '2025-06-22',
      '2025-12-23',
      '2025-12-31',
      '2026-02-23',
      '2026-06-22',
      '2026-12-23',
      '2026-12-31',
      '2027-02-23',
      '2027-06-22',
      '2027-12-23',
      '2027-12-31',
    ].filter((date) => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())),
  );
});

it('what is decided each year is marked as undecided', () => {
  expect(['ro', 'pt', 'br'].map((id) => calendar(id).undecided.length)).toEqual([4, 3, 3]);
});
