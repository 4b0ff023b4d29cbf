import { readCalendar } from '../../../workflows/calendars/read-calendar.ts';
import { vietnam, vietnamData } from '../../domain/time/calendars.ts';

/** Days on which work stops although the week says otherwise, less the days off that are worked. */
function daysGiven(year: string): number {
  const rows = vietnamData.days.filter((day) => day.date.startsWith(year));
  const weekday = (date: string) => vietnam.byDate.get(date)?.weeklyDayOff === false;
  return (
    rows.filter((day) => day.kind === 'off' && weekday(day.date)).length -
    rows.filter((day) => day.kind === 'workday' && !weekday(day.date)).length
  );
}

it('refuses a text that is not a calendar, naming what is wrong', () => {
  expect(readCalendar('id: [')).toMatchObject({ ok: false, problems: [{ path: '' }] });
  const reading = readCalendar('id: Vietnam');
  expect(reading.ok ? [] : reading.problems.map((problem) => problem.path)).toEqual(
    expect.arrayContaining(['id', 'version', 'week', 'days']),
  );
});

it('gives the eleven days of the Labour Code in 2025, and twelve since Vietnam Culture Day, swaps balanced', () => {
  expect(daysGiven('2025')).toBe(11);
  expect(daysGiven('2026')).toBe(12);
});

it('is three days short in 2027, two of Tet and one of National Day, and says so', () => {
  expect(daysGiven('2027')).toBe(12 - 3);
  const undecided = vietnamData.undecided.map(({ from, to }) => ({ from, to }));
  for (const open of ['2027-02-03', '2027-02-04', '2027-02-10', '2027-02-11', '2027-09-01', '2027-09-03'])
    expect(undecided.filter(({ from, to }) => from <= open && open <= to).length).toBeGreaterThanOrEqual(2);
});

it('pairs each swapped day off with the Saturday worked for it', () => {
  const swapped = vietnamData.days.filter((day) => day.name.en?.includes('swapped'));
  expect(swapped.map((day) => [day.date, day.kind])).toEqual([
    ['2025-04-26', 'workday'],
    ['2025-05-02', 'off'],
    ['2026-01-02', 'off'],
    ['2026-01-10', 'workday'],
    ['2026-08-22', 'workday'],
    ['2026-08-31', 'off'],
  ]);
});

it('says of nothing decided before 2027 that it is from memory', () => {
  const remembered = vietnamData.days.filter((day) => day.verified === 'memory');
  expect(remembered.every((day) => day.date.startsWith('2027'))).toBe(true);
});
