import { Temporal } from 'temporal-polyfill';
import type { ClockPolicy, Happening, LegalBasis, Limit } from './clock-policy.ts';
import type { Amount, Placement } from './derivation-facts.ts';
import type { TimeAnswer } from './time-refusals.ts';
import {
  addCalendarDays,
  addWorkingDays,
  addWorkingTime,
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
  /** What is counted when nothing is left, one after another. */
  readonly then: readonly Following[];
  readonly limit: Limit;
  /** The law of that limit. */
  readonly legalBasis: LegalBasis | undefined;
  /** What lengthened the limit, where `left` is of that and the limit itself is used up. */
  readonly by?: Happening;
}

/** What lengthens a run: an extension, or the days of a stage that moves the date. Counted from the end of what comes before it. */
export interface Following {
  readonly unit: Amount['unit'] | 'months';
  readonly amount: number;
  readonly by: Happening;
}

/** Where a term ends before a day off moves it, and what follows it begins. */
export interface End {
  readonly day: DayFacts;
  readonly at: number;
}

/** Where a run ends if nothing stops it. `nominal` is the last day of the term before a day off moves it; `ends` are those of its parts. */
export interface Due {
  readonly ends: readonly End[];
  readonly day: DayFacts;
  readonly nominal: DayFacts;
  readonly at: number;
}

/** What the day of an arrival is to the limit: not a day of it, one of its days, or its end, as nothing is left. */
export type DayRole = 'free' | 'counted' | 'last';

/**
 * Places an arrival: on a day off it counts from the opening of the next working day, and so it does after the cut-off. Where
 * the day of arrival is itself counted, the end of working hours is a cut-off too: the day is over. Where it is the last, its end is that of the day after:
 * who had a day left would be due then.
 */
export function place(calendar: WorkingCalendar, policy: ClockPolicy, at: number, role: DayRole): TimeAnswer<Placed> {
  const { date, time } = localTime(calendar, at);
  const day = dayOf(calendar, date);
  if (!day.ok) return day;
  if (day.value.hours.length === 0) return nextOpening(calendar, date, 'day-off');
  if (policy.cutOff !== undefined && isAfter(time, policy.cutOff)) return nextOpening(calendar, date, 'after-cut-off');
  if (role === 'counted' && isAfter(time, day.value.closing)) return nextOpening(calendar, date, 'after-hours');
  if (role === 'last' && isAfter(time, day.value.closing)) {
    const next = addCalendarDays(calendar, date, 1);
    return next.ok ? { ok: true, value: { day: next.value, at, placement: 'after-hours' } } : next;
  }
  return { ok: true, value: { day: day.value, at, placement: 'in-time' } };
}

/** `limit` is `HH:MM`. */
function isAfter(time: string, limit: string): boolean {
  return time > `${limit}:00`;
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

/** Begins a limit from zero on the day on which its start was placed. A limit of its own comes with its own law. */
export function beginRun(
  policy: ClockPolicy,
  { limit = policy.limit, legalBasis }: Pick<Happening, 'limit' | 'legalBasis'>,
  placed: Placed,
): Run {
  return {
    base: placed.day,
    baseAt: placed.at,
    baseCounted: countsFirstDay(policy, limit),
    left: amountOf(limit, placed.day),
    then: [],
    limit,
    legalBasis: limit === policy.limit ? policy.legalBasis : legalBasis,
  };
}

function amountOf(limit: Limit, start: DayFacts): Amount {
  if ('sameDay' in limit) return { unit: 'workingDays', amount: 1 };
  if ('workingDays' in limit) return { unit: 'workingDays', amount: limit.workingDays };
  if ('calendarDays' in limit) return { unit: 'calendarDays', amount: limit.calendarDays };
  if ('workingHours' in limit) return { unit: 'workingTime', amount: limit.workingHours * millisecondsPerHour };
  return daysOfMonths(start, limit.months);
}

/**
 * Goes on with what a stop had left, from the day on which the resumption was placed; that day does not count, unless the policy
 * says so and it has not counted as the day of the stop. Where the day of the start counts and the stop came before it, the
 * resumption is the start.
 */
export function resumeRun(policy: ClockPolicy, run: Run, placed: Placed, stoppedOn: DayFacts): Run {
  const later = placed.day.index > run.base.index;
  const counts =
    policy.dayRule?.resume === 'counts' &&
    run.left.unit !== 'workingTime' &&
    later &&
    (placed.day.index > stoppedOn.index || policy.dayRule.stop === 'free');
  return {
    ...run,
    base: later ? placed.day : run.base,
    baseAt: Math.max(placed.at, run.baseAt),
    baseCounted: run.baseCounted || counts,
  };
}

/** An extension as it is counted. A same-day limit lengthens by one working day. */
export function followingOf(limit: Limit, by: Happening): Following {
  if ('months' in limit) return { unit: 'months', amount: limit.months, by };
  if ('calendarDays' in limit) return { unit: 'calendarDays', amount: limit.calendarDays, by };
  if ('workingHours' in limit) return { unit: 'workingTime', amount: limit.workingHours * millisecondsPerHour, by };
  return { unit: 'workingDays', amount: 'workingDays' in limit ? limit.workingDays : 1, by };
}

/** A run with one more term after its end. */
export function lengthen(run: Run, term: Following): Run {
  return { ...run, then: [...run.then, term] };
}

/** What a run counts first when it goes on: what is left of it, else what lengthens it, months being counted from a day. */
export function nextOf({ left, then: [first] }: Run, from: DayFacts): Amount {
  if (left.amount > 0 || first === undefined) return left;
  const { unit, amount } = first;
  return unit === 'months' ? daysOfMonths(from, amount) : { unit, amount };
}

/** The calendar days by which a stage from one day to another moves the date, under the rule of which of its ends count. */
export function shiftedDays(policy: ClockPolicy, from: DayFacts, to: DayFacts): number {
  const rule = policy.dayRule;
  return Math.max(0, to.index - from.index + (rule?.stop === 'free' ? 1 : 0) - (rule?.resume === 'counts' ? 1 : 0));
}

/** The date and instant on which a run ends if nothing stops it. */
export function dueOf(calendar: WorkingCalendar, policy: ClockPolicy, run: Run): TimeAnswer<Due> {
  const first = endOfLeft(calendar, run);
  if (!first.ok) return first;
  const ends = [first.value];
  let end = first.value;
  for (const term of run.then) {
    const next = endAfter(calendar, end, term);
    if (!next.ok) return next;
    ends.push((end = next.value));
  }
  const nominal = end.day;
  if ((run.then.at(-1) ?? run.left).unit === 'workingTime')
    return { ok: true, value: { day: nominal, nominal, at: end.at, ends } };
  const day =
    policy.onDayOff === 'next' ? addWorkingDays(calendar, nominal.date, 0) : { ok: true as const, value: nominal };
  if (!day.ok) return day;
  const at = instantOf(calendar, day.value.date, day.value.closing);
  return { ok: true, value: { day: day.value, nominal, at, ends } };
}

function endOfLeft(calendar: WorkingCalendar, { base, baseAt, baseCounted, left }: Run): TimeAnswer<End> {
  if (left.unit === 'workingTime')
    return left.amount === 0 ? endAt(calendar, baseAt) : endOfHours(calendar, baseAt, left.amount);
  // What follows a term of which nothing was left begins when the clock goes on.
  if (left.amount === 0) return { ok: true, value: { day: base, at: baseAt } };
  return endOfDays(calendar, base, { unit: left.unit, amount: Math.max(0, left.amount - (baseCounted ? 1 : 0)) });
}

/** Where a following term ends if it begins where another one ended. */
function endAfter(calendar: WorkingCalendar, { day, at }: End, { unit, amount }: Following): TimeAnswer<End> {
  if (unit === 'workingTime') return endOfHours(calendar, at, amount);
  return endOfDays(calendar, day, unit === 'months' ? daysOfMonths(day, amount) : { unit, amount });
}

/** Months as days: to the day of the same number, or the last of a shorter month. */
function daysOfMonths({ date }: DayFacts, months: number): Amount {
  const first = Temporal.PlainDate.from(date);
  return { unit: 'calendarDays', amount: first.until(first.add({ months })).days };
}

function endOfDays(calendar: WorkingCalendar, from: DayFacts, { unit, amount }: Amount): TimeAnswer<End> {
  const day =
    unit === 'workingDays' ? addWorkingDays(calendar, from.date, amount) : addCalendarDays(calendar, from.date, amount);
  if (!day.ok) return day;
  return {
    ok: true,
    value: { day: day.value, at: instantOf(calendar, day.value.date, day.value.closing) },
  };
}

function endOfHours(calendar: WorkingCalendar, from: number, amount: number): TimeAnswer<End> {
  const at = addWorkingTime(calendar, from, amount);
  return at.ok ? endAt(calendar, at.value) : at;
}

function endAt(calendar: WorkingCalendar, at: number): TimeAnswer<End> {
  const day = dayOf(calendar, localTime(calendar, at).date);
  return day.ok ? { ok: true, value: { day: day.value, at } } : day;
}

/** What a run used up to an instant and what is left of it; `last` is the last day counted, `begun` how many of the following terms have ended or begun. */
export interface Used {
  readonly used: Amount;
  readonly last: DayFacts;
  readonly rest: Pick<Run, 'left' | 'then'> & Partial<Pick<Run, 'baseAt' | 'by'>>;
  readonly begun: readonly { readonly used: Amount; readonly from: End; readonly by: Happening }[];
}

/** What a run has used when it is stopped at an instant. The day on which a stop begins counts, unless the policy says otherwise. */
export function usedUntil(calendar: WorkingCalendar, policy: ClockPolicy, run: Run, at: number): TimeAnswer<Used> {
  const today = dayOf(calendar, localTime(calendar, at).date);
  if (!today.ok) return today;
  const last = policy.dayRule?.stop === 'free' ? (calendar.days[today.value.index - 1] ?? today.value) : today.value;
  const until = { day: last, at };
  const first = usedOfLeft(calendar, run, { day: run.left.unit === 'workingTime' ? today.value : last, at });
  if (!first.ok) return first;
  const { unit } = run.left;
  const left = { unit, amount: run.left.amount - first.value };
  const used = { used: { unit, amount: first.value }, last: first.value === 0 ? run.base : last };
  if (left.amount > 0) return { ok: true, value: { ...used, rest: { left, then: run.then }, begun: [] } };
  if (run.then.length === 0)
    return { ok: true, value: { ...used, rest: usedUp(calendar, run, unit, last), begun: [] } };
  const end = endOfLeft(calendar, run);
  if (!end.ok) return end;
  const following = usedOfFollowing(calendar, end.value, run, until);
  return following.ok ? { ok: true, value: { ...used, last: end.value.day, ...following.value } } : following;
}

function usedOfLeft(calendar: WorkingCalendar, run: Run, until: End): TimeAnswer<number> {
  const { left, base, baseAt, baseCounted } = run;
  const used = usedSince(calendar, { day: base, at: baseAt }, left, until);
  if (!used.ok || left.unit === 'workingTime') return used;
  return {
    ok: true,
    value: Math.min(left.amount, used.value + (baseCounted && until.day.index >= base.index ? 1 : 0)),
  };
}

/** How much of an amount that begins to count after a point has been used up to another. */
function usedSince(calendar: WorkingCalendar, from: End, { unit, amount }: Amount, until: End): TimeAnswer<number> {
  if (unit === 'workingTime') {
    const time = workingTimeBetween(calendar, from.at, until.at);
    return time.ok ? { ok: true, value: Math.min(amount, time.value) } : time;
  }
  const days =
    unit === 'calendarDays' ? until.day.index - from.day.index : until.day.workingDaysUpTo - from.day.workingDaysUpTo;
  return { ok: true, value: Math.max(0, Math.min(amount, days)) };
}

function usedOfFollowing(
  calendar: WorkingCalendar,
  from: End,
  run: Run,
  until: End,
): TimeAnswer<Pick<Used, 'rest' | 'begun'>> {
  const begun: { used: Amount; from: End; by: Happening }[] = [];
  let end = from;
  let unit: Amount['unit'] = 'calendarDays';
  for (const [index, term] of run.then.entries()) {
    const whole =
      term.unit === 'months' ? daysOfMonths(end.day, term.amount) : { unit: term.unit, amount: term.amount };
    const used = usedSince(calendar, end, whole, until);
    if (!used.ok) return used;
    ({ unit } = whole);
    if (used.value > 0) begun.push({ used: { unit, amount: used.value }, from: end, by: term.by });
    if (used.value < whole.amount) {
      const left = { unit, amount: whole.amount - used.value };
      const then = run.then.slice(index + 1);
      return { ok: true, value: { rest: { left, then, baseAt: end.at, by: term.by }, begun } };
    }
    const next = endAfter(calendar, end, term);
    if (!next.ok) return next;
    end = next.value;
  }
  return { ok: true, value: { rest: usedUp(calendar, run, unit, until.day), begun } };
}

/** Nothing is left. A day counts whole on which the clock is stopped: hours granted later begin when it is over, however early the clock goes on. */
function usedUp(calendar: WorkingCalendar, run: Run, unit: Amount['unit'], last: DayFacts): Used['rest'] {
  const over = unit === 'workingTime' ? run.baseAt : instantOf(calendar, last.date, last.closing);
  return { left: { unit, amount: 0 }, then: [], baseAt: Math.max(run.baseAt, over) };
}
