import { calendarSchema } from '../../schemas/calendar.ts';
import { changedData, vietnamData } from '../domain/time/calendars.ts';

const day = {
  date: '2026-03-02',
  kind: 'off',
  name: { en: 'local day' },
  legalBasis: { en: 'local decision' },
  source: 'gazette',
  verified: 'text',
};
const issues = (change: object) => {
  const result = calendarSchema.safeParse({ ...vietnamData, ...change });
  return result.success ? [] : result.error.issues.map((issue) => issue.path.join('.'));
};

it.each([
  ['a day listed twice', { days: [day, day] }, 'days.1.date'],
  ['days out of order', { days: [day, { ...day, date: '2026-03-01' }] }, 'days.1.date'],
  ['a day outside the covered range', { days: [{ ...day, date: '2028-03-02' }] }, 'days.0.date'],
  ['a date that does not exist', { days: [{ ...day, date: '2026-02-30' }] }, 'days.0.date'],
  ['a half day without hours', { days: [{ ...day, kind: 'half' }] }, 'days.0.hours'],
  ['a day without a source', { days: [{ ...day, source: '' }] }, 'days.0.source'],
  ['a name without English', { days: [{ ...day, name: { vi: 'ngày nghỉ' } }] }, 'days.0.name'],
  [
    'hours that overlap',
    {
      standardHours: [
        { from: '07:00', to: '12:00' },
        { from: '11:00', to: '17:00' },
      ],
    },
    'standardHours',
  ],
  ['hours that end before they begin', { standardHours: [{ from: '12:00', to: '07:00' }] }, 'standardHours.0'],
  ['no standard hours', { standardHours: [] }, 'standardHours'],
  ['a zone that no one knows', { timeZone: 'Asia/Nowhere' }, 'timeZone'],
  ['a range that ends before it begins', { days: [], covers: { from: '2027-01-01', to: '2026-01-01' } }, 'covers'],
  ['hours that change out of order', { changes: changedData.changes?.toReversed() }, 'changes.1.from'],
  [
    'hours that change on the first day, which has its own',
    { changes: changedData.changes?.map((change) => ({ ...change, from: vietnamData.covers.from })) },
    'changes.0.from',
  ],
  ['more days than anybody lays out', { days: [], covers: { from: '2026-01-01', to: '9999-12-31' } }, 'covers'],
  [
    'more changes of hours than a century sees',
    { changes: Array.from({ length: 101 }, () => changedData.changes?.[0]) },
    'changes',
  ],
  ['no change of hours', { changes: [] }, 'changes'],
  ['a field that it does not know', { holidays: [] }, ''],
])('refuses %s', (_, change, path) => {
  expect(issues(change)).toContain(path);
});

it('takes the calendar of Vietnam', () => {
  expect(issues({})).toEqual([]);
  expect(issues(changedData)).toEqual([]);
});
