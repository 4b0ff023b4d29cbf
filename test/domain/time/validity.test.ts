import { endOfValidity, reminderBefore } from '../../../domain/time/validity.ts';
import { vietnam } from './calendars.ts';

const at = (text: string): number => Date.parse(text);
const told = (instant: number): string => new Date(instant).toISOString();

it.each([
  ['a year later, to the end of the day', '2026-11-16T10:00+07:00', { months: 12 }, '2027-11-16T16:59:59.000Z'],
  ['on a day off, which moves it not', '2026-11-16T10:00+07:00', { months: 3 }, '2027-02-16T16:59:59.000Z'],
  ['on the last day of a shorter month', '2026-12-31T10:00+07:00', { months: 2 }, '2027-02-28T16:59:59.000Z'],
  ['so many days later', '2026-11-16T10:00+07:00', { calendarDays: 30 }, '2026-12-16T16:59:59.000Z'],
  ['of the day there, not in London', '2026-11-16T01:00+07:00', { calendarDays: 1 }, '2026-11-17T16:59:59.000Z'],
  ['beyond what any calendar covers', '2026-11-16T10:00+07:00', { months: 120 }, '2036-11-16T16:59:59.000Z'],
])('ends %s', (_, from, term, expected) => {
  expect(told(endOfValidity(vietnam, at(from), term))).toBe(expected);
});

it.each([
  [{ months: 1 }, '2027-01-28T02:00:00.000Z'],
  [{ calendarDays: 10 }, '2027-02-18T02:00:00.000Z'],
])('reminds in the morning, %j before', (term, expected) => {
  expect(told(reminderBefore(vietnam, at('2027-02-28T23:59:59+07:00'), term))).toBe(expected);
});
