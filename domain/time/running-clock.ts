import { Temporal } from 'temporal-polyfill';
import type { ClockPolicy, Limit } from './clock-policy.ts';
import type { Amount, Placement } from './derivation-facts.ts';
import type { TimeAnswer } from './time-refusals.ts';
import {
  addCalendarDays,
  addWorkingDays,
  addWorkingTime,
  closingTime,
  dayOf,
  instantOf,
  localTime,
  workingTimeBetween,
  type DayFacts,
  type WorkingCalendar,
} from './working-calendar.ts';

const millisecondsPerHour = 3_600_000;

/** An arrival, placed on the working day from which it counts. */
export interface Placed {
  readonly day: DayFacts;
  /** The instant from which hours count. */
  readonly at: number;
  readonly placement: Placement;
}

/**
 * One unbroken run of the clock. `left` is counted from the day after `base`; with `baseCounted` the base day is the first one
 * of them.
 */
export interface Run {
  readonly base: DayFacts;
  readonly baseAt: number;
  readonly baseCounted: boolean;
  readonly left: Amount;
  readonly limit: Limit;
}

/** Where a run ends if nothing stops it. `nominal` is the last day of the term before a day off moves it. */
export interface Due {
  readonly day: DayFacts;
  readonly nominal: DayFacts;
  readonly at: number;
}

/**
 * Places an arrival: on a day off it counts from the opening of the next working day, and so it does after the cut-off. Where
 * the day of arrival is itself counted (`dayCounted`), the end of working hours is a cut-off too: the day is over.
 */
export function place(
  calendar: WorkingCalendar,
  policy: ClockPolicy,
  at: number,
  dayCounted: boolean,
): TimeAnswer<Placed> {
  const { date, time } = localTime(calendar, at);
  const day = dayOf(calendar, date);
  if (!day.ok) return day;
  if (day.value.hours.length === 0) return nextOpening(calendar, date, 'day-off');
  if (policy.cutOff !== undefined && isAfter(time, policy.cutOff)) return nextOpening(calendar, date, 'after-cut-off');
  if (dayCounted && isAfter(time, closingTime(calendar, day.value))) return nextOpening(calendar, date, 'after-hours');
  return { ok: true, value: { day: day.value, at, placement: 'in-time' } };
}

function isAfter(time: Temporal.PlainTime, limit: string): boolean {
  return Temporal.PlainTime.compare(time, Temporal.PlainTime.from(limit)) > 0;
}

function nextOpening(calendar: WorkingCalendar, date: string, placement: Placement): TimeAnswer<Placed> {
  const next = addWorkingDays(calendar, date, 1);
  if (!next.ok) return next;
  const opening = next.value.hours[0]?.from ?? '00:00';
  return { ok: true, value: { day: next.value, at: instantOf(calendar, next.value.date, opening), placement } };
}

/** Whether the day of a start is itself counted under this limit. */
export function countsFirstDay(policy: ClockPolicy, limit: Limit): boolean {
  return 'sameDay' in limit || (policy.firstDay === 'same' && !('workingHours' in limit));
}

/** Begins a limit from zero on the day on which its start was placed. */
export function beginRun(policy: ClockPolicy, limit: Limit, placed: Placed): Run {
  return {
    base: placed.day,
    baseAt: placed.at,
    baseCounted: countsFirstDay(policy, limit),
    left: amountOf(limit, placed.day),
    limit,
  };
}

function amountOf(limit: Limit, start: DayFacts): Amount {
  if ('sameDay' in limit) return { unit: 'workingDays', amount: 1 };
  if ('workingDays' in limit) return { unit: 'workingDays', amount: limit.workingDays };
  if ('calendarDays' in limit) return { unit: 'calendarDays', amount: limit.calendarDays };
  if ('workingHours' in limit) return { unit: 'workingTime', amount: limit.workingHours * millisecondsPerHour };
  const first = Temporal.PlainDate.from(start.date);
  return { unit: 'calendarDays', amount: first.until(first.add({ months: limit.months })).days };
}

/**
 * Goes on with what a stop had left, from the day on which the resumption was placed; that day does not count. Where the day of
 * the start counts and the stop came before it, the resumption is the start.
 */
export function resumeRun(run: Run, placed: Placed): Run {
  const later = placed.day.index > run.base.index;
  return { ...run, base: later ? placed.day : run.base, baseAt: Math.max(placed.at, run.baseAt) };
}

/** The date and instant on which a run ends if nothing stops it. */
export function dueOf(calendar: WorkingCalendar, policy: ClockPolicy, run: Run): TimeAnswer<Due> {
  if (run.left.unit === 'workingTime') return dueByHours(calendar, run);
  const ahead = Math.max(0, run.left.amount - (run.baseCounted ? 1 : 0));
  const nominal =
    run.left.unit === 'workingDays'
      ? addWorkingDays(calendar, run.base.date, ahead)
      : addCalendarDays(calendar, run.base.date, ahead);
  if (!nominal.ok) return nominal;
  const day = policy.onDayOff === 'next' ? addWorkingDays(calendar, nominal.value.date, 0) : nominal;
  if (!day.ok) return day;
  const at = instantOf(calendar, day.value.date, closingTime(calendar, day.value));
  return { ok: true, value: { day: day.value, nominal: nominal.value, at } };
}

function dueByHours(calendar: WorkingCalendar, run: Run): TimeAnswer<Due> {
  const at =
    run.left.amount === 0
      ? { ok: true as const, value: run.baseAt }
      : addWorkingTime(calendar, run.baseAt, run.left.amount);
  if (!at.ok) return at;
  const day = dayOf(calendar, localTime(calendar, at.value).date);
  if (!day.ok) return day;
  return { ok: true, value: { day: day.value, nominal: day.value, at: at.value } };
}

/** What a run has used when it is stopped at an instant, and the last day counted. The day on which a stop begins counts. */
export function usedUntil(
  calendar: WorkingCalendar,
  run: Run,
  at: number,
): TimeAnswer<{ used: Amount; last: DayFacts }> {
  const last = dayOf(calendar, localTime(calendar, at).date);
  if (!last.ok) return last;
  const { unit } = run.left;
  if (unit === 'workingTime') {
    const used = workingTimeBetween(calendar, run.baseAt, at);
    return used.ok ? { ok: true, value: { used: { unit, amount: used.value }, last: last.value } } : used;
  }
  const passed = last.value.index - run.base.index;
  if (passed < 0) return { ok: true, value: { used: { unit, amount: 0 }, last: run.base } };
  const days = unit === 'calendarDays' ? passed : last.value.workingDaysUpTo - run.base.workingDaysUpTo;
  const amount = Math.min(run.left.amount, days + (run.baseCounted ? 1 : 0));
  return { ok: true, value: { used: { unit, amount }, last: last.value } };
}
