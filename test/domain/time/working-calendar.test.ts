import {
  addCalendarDays,
  addWorkingDays,
  addWorkingTime,
  dayOf,
  endOfWorkingHours,
  instantOf,
  isWorkingDay,
  localTime,
  openCalendar,
  readInstant,
  workingTimeBetween,
} from '../../../domain/time/working-calendar.ts';
import { bucharest, changed, vietnam, vietnamData } from './calendars.ts';

const ms = (instant: string) => Date.parse(instant);
const hour = 3_600_000;
const refused = { ok: false, refusal: { code: 'calendar-out-of-range' } };

it('refuses every question about a date that it does not cover', () => {
  expect(isWorkingDay(vietnam, '2024-12-31')).toMatchObject(refused);
  expect(dayOf(vietnam, '2028-01-01')).toMatchObject(refused);
  expect(endOfWorkingHours(vietnam, '2028-01-01')).toMatchObject(refused);
  expect(addWorkingDays(vietnam, '2027-12-31', 1)).toMatchObject(refused);
  expect(addCalendarDays(vietnam, '2027-12-31', 1)).toMatchObject(refused);
  expect(addWorkingTime(vietnam, ms('2027-12-31T09:00:00Z'), 2 * hour)).toMatchObject(refused);
  expect(workingTimeBetween(vietnam, ms('2027-12-31T09:00:00Z'), ms('2028-01-05T09:00:00Z'))).toMatchObject(refused);
  expect(workingTimeBetween(vietnam, ms('2024-12-31T09:00:00Z'), ms('2025-01-05T09:00:00Z'))).toMatchObject(refused);
});

it('works on weekdays and swapped Saturdays, not on weekends and holidays', () => {
  const worked = (date: string) => isWorkingDay(vietnam, date);
  for (const date of ['2026-11-23', '2026-01-10', '2026-08-22', '2025-04-26'])
    expect([date, worked(date)]).toEqual([date, { ok: true, value: true }]);
  for (const date of ['2026-11-24', '2026-01-02', '2026-08-31', '2025-05-02', '2026-11-22', '2026-04-27'])
    expect([date, worked(date)]).toEqual([date, { ok: true, value: false }]);
});

it('adds working days, and with none moves a day off only', () => {
  expect(addWorkingDays(vietnam, '2026-11-23', 3)).toMatchObject({ value: { date: '2026-11-27' } });
  expect(addWorkingDays(vietnam, '2026-11-23', 0)).toMatchObject({ value: { date: '2026-11-23' } });
  expect(addWorkingDays(vietnam, '2026-11-24', 0)).toMatchObject({ value: { date: '2026-11-25' } });
  expect(addWorkingDays(vietnam, '2026-11-24', 1)).toMatchObject({ value: { date: '2026-11-25' } });
});

it('reads an instant with its offset, or a local time, and nothing else', () => {
  expect(readInstant(vietnam, '2026-11-23T10:00:00+07:00')).toBe('2026-11-23T03:00:00Z');
  expect(readInstant(vietnam, '2026-11-23T10:00')).toBe('2026-11-23T03:00:00Z');
  for (const text of ['2026-11-23', 'yesterday', '2026-13-01T10:00Z', '2026-11-23T25:00', '23/11/2026 10:00'])
    expect([text, readInstant(vietnam, text)]).toEqual([text, undefined]);
});

it('ends work at 17:00 local time, on a day off as on a standard day', () => {
  expect(endOfWorkingHours(vietnam, '2026-11-23')).toEqual({ ok: true, value: ms('2026-11-23T10:00:00Z') });
  expect(endOfWorkingHours(vietnam, '2026-11-24')).toEqual({ ok: true, value: ms('2026-11-24T10:00:00Z') });
});

it('measures working time: eight hours a day, none at noon, none backwards', () => {
  const between = (from: string, to: string) => workingTimeBetween(vietnam, ms(from), ms(to));
  expect(between('2026-11-23T00:00:00+07:00', '2026-11-23T23:59:00+07:00')).toEqual({ ok: true, value: 8 * hour });
  expect(between('2026-11-23T11:00:00+07:00', '2026-11-25T07:30:00+07:00')).toEqual({ ok: true, value: 4.5 * hour });
  expect(between('2026-11-23T11:30:00+07:00', '2026-11-23T13:30:00+07:00')).toEqual({ ok: true, value: 0 });
  expect(between('2026-11-25T10:00:00+07:00', '2026-11-23T10:00:00+07:00')).toEqual({ ok: true, value: 0 });
});

it('adds working time up to the last minute of a stretch', () => {
  expect(addWorkingTime(vietnam, ms('2026-11-23T07:00:00+07:00'), 4.5 * hour)).toEqual({
    ok: true,
    value: ms('2026-11-23T11:30:00+07:00'),
  });
});

it('measures eight hours on the day before and after the clocks change', () => {
  const day = (date: string) => workingTimeBetween(bucharest, ms(`${date}T00:00:00Z`), ms(`${date}T20:00:00Z`));
  expect(day('2026-03-27')).toEqual({ ok: true, value: 8 * hour });
  expect(day('2026-03-30')).toEqual({ ok: true, value: 8 * hour });
});

describe('days with hours of their own', () => {
  const row = (kind: 'half' | 'workday', date: string, hours: { from: string; to: string }[]) => ({
    date,
    kind,
    hours,
    name: { en: 'short day' },
    legalBasis: { en: 'local decision' },
    source: 'generated',
    verified: 'memory' as const,
  });
  const calendar = openCalendar({
    ...vietnamData,
    days: [
      row('half', '2026-12-24', [{ from: '07:00', to: '11:00' }]),
      row('workday', '2026-12-26', [{ from: '08:00', to: '12:00' }]),
    ],
  });

  it('counts a half day as a working day that ends early', () => {
    expect(isWorkingDay(calendar, '2026-12-24')).toEqual({ ok: true, value: true });
    expect(endOfWorkingHours(calendar, '2026-12-24')).toEqual({ ok: true, value: ms('2026-12-24T11:00:00+07:00') });
  });

  it('opens on a Saturday with the hours that the row gives', () => {
    expect(endOfWorkingHours(calendar, '2026-12-26')).toEqual({ ok: true, value: ms('2026-12-26T12:00:00+07:00') });
  });
});

it.each([
  // Clocks of Casey went on at 00:01, those of Newfoundland by law until 2011; before 1972 zones were ahead by odd seconds.
  ['Antarctica/Casey', '2022-10-01T16:02:00Z', '03:02:00'],
  ['America/St_Johns', '2010-03-14T03:32:00Z', '01:02:00'],
  ['Africa/Monrovia', '1972-01-07T00:44:31Z', '00:44:31'],
])('reads the clock of %s right after it was changed within a quarter of an hour', (timeZone, at, time) => {
  // What the beginning of the quarter said must not be kept for its end.
  localTime({ timeZone }, Math.floor(ms(at) / 900_000) * 900_000);
  const local = localTime({ timeZone }, ms(at));
  expect(local.time).toBe(time);
  expect(instantOf({ timeZone }, local.date, local.time)).toBe(ms(at));
});

it('works other hours from the day on which they change, and closes by them, on a day off too', () => {
  const hours = (date: string) => {
    const day = dayOf(changed, date);
    return day.ok ? [day.value.hours.map(({ from, to }) => `${from}-${to}`).join(' '), day.value.closing] : [];
  };
  expect(hours('2026-03-06')).toEqual(hours('2027-01-08'));
  expect(hours('2026-03-09')[1]).toBe('17:00');
  expect(hours('2026-03-10')).toEqual(['07:00-11:30 12:30-18:00', '18:00']);
  expect(hours('2026-03-13')).toEqual(['08:00-11:00', '11:00']);
  expect(hours('2026-03-14')).toEqual(['', '18:00']);
  // A Saturday that is worked for another day has the standard hours of its time.
  expect(hours('2026-08-22')).toEqual(['07:00-11:30 12:30-18:00', '18:00']);
  expect(hours('2027-01-04')[1]).toBe('17:00');
});
