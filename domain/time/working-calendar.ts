import { Temporal } from 'temporal-polyfill';
import type { Calendar, CalendarDay, UndecidedPeriod, WorkingHours } from '../../schemas/calendar.ts';
import type { CalendarOutOfRange, TimeAnswer } from './time-refusals.ts';

/** One date of a calendar, with everything the calendar knows about it. */
export interface DayFacts {
  /** Position among the covered days; the day after has the next one. */
  readonly index: number;
  /** `YYYY-MM-DD`, in the zone of the calendar. */
  readonly date: string;
  /** 1 is Monday, 7 is Sunday (ISO 8601). */
  readonly weekday: number;
  /** The hours worked, in order; none on a day off. */
  readonly hours: WorkingHours;
  /** Whether the ordinary week gives this weekday no hours. */
  readonly weeklyDayOff: boolean;
  /** How many working days the calendar has up to and including this day. */
  readonly workingDaysUpTo: number;
  /** The row of the calendar, where the date differs from its weekday. */
  /** When work ends, on a day off when it would end on a standard day, `HH:MM`. */
  readonly closing: string;
  readonly row: CalendarDay | undefined;
}

/**
 * A calendar laid out day by day, so that each question is a lookup. Built from one version of the data and never changed;
 * a date outside the covered range is an answer of its own, never a guess.
 */
export interface WorkingCalendar {
  readonly id: string;
  readonly version: string;
  readonly timeZone: string;
  readonly covers: { readonly from: string; readonly to: string };
  readonly days: readonly DayFacts[];
  readonly workingDays: readonly DayFacts[];
  readonly undecided: readonly UndecidedPeriod[];
  readonly byDate: ReadonlyMap<string, DayFacts>;
}

/** What a date at an instant needs of a calendar. */
type Zoned = Pick<WorkingCalendar, 'timeZone'>;

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Days of the civil calendar in UTC, where none is longer than another. */
const DAY_MS = 86_400_000;

/** Lays a calendar out day by day. */
export function openCalendar(calendar: Calendar): WorkingCalendar {
  const rows = new Map(calendar.days.map((row) => [row.date, row]));
  const last = Date.parse(calendar.covers.to);
  const days: DayFacts[] = [];
  let worked = 0;
  for (let at = Date.parse(calendar.covers.from); at <= last; at += DAY_MS) {
    const day = new Date(at);
    const date = day.toISOString().slice(0, 10);
    const weekday = day.getUTCDay() || 7;
    const row = rows.get(date);
    const { week, standardHours } = inForceOn(calendar, date);
    const ordinary = week[weekdays[weekday - 1] ?? 'sun'];
    const hours = row === undefined ? ordinary : hoursOf(row, ordinary, standardHours);
    if (hours.length > 0) worked += 1;
    days.push({
      index: days.length,
      date,
      weekday,
      hours,
      weeklyDayOff: ordinary.length === 0,
      workingDaysUpTo: worked,
      closing: closingOf(hours, standardHours),
      row,
    });
  }
  return {
    id: calendar.id,
    version: calendar.version,
    timeZone: calendar.timeZone,
    covers: calendar.covers,
    days,
    workingDays: days.filter((day) => day.hours.length > 0),
    undecided: calendar.undecided,
    byDate: new Map(days.map((day) => [day.date, day])),
  };
}

/** The hours that the calendar begins with, or those of the last change by then. */
function inForceOn(calendar: Calendar, date: string): Pick<Calendar, 'week' | 'standardHours'> {
  return calendar.changes?.findLast(({ from }) => from <= date) ?? calendar;
}

function hoursOf(row: CalendarDay, ordinary: WorkingHours, standard: WorkingHours): WorkingHours {
  switch (row.kind) {
    case 'off':
      return [];
    case 'half':
      return row.hours;
    case 'workday':
      return row.hours ?? (ordinary.length > 0 ? ordinary : standard);
  }
}

function closingOf(hours: WorkingHours, standard: WorkingHours): string {
  const last = hours.at(-1) ?? standard.at(-1);
  if (last === undefined) throw new Error('expected standard hours, found none');
  return last.to;
}

/** The name under which a derivation cites the calendar it was made with. */
export function citeCalendar(calendar: WorkingCalendar): string {
  return `${calendar.id}@${calendar.version}`;
}

/** The day, or that the calendar does not know it. */
export function dayOf(calendar: WorkingCalendar, date: string): TimeAnswer<DayFacts> {
  const day = calendar.byDate.get(date);
  return day === undefined ? outOfRange(calendar, date) : { ok: true, value: day };
}

/** That a calendar has no answer for a date, because this version does not cover it. */
export function outOfRange(calendar: WorkingCalendar, date: string): { ok: false; refusal: CalendarOutOfRange } {
  const { from, to } = calendar.covers;
  return {
    ok: false,
    refusal: {
      code: 'calendar-out-of-range',
      date,
      calendar: citeCalendar(calendar),
      covers: { from, to },
      detail: `expected a date from ${from} to ${to}, which calendar ${citeCalendar(calendar)} covers; found ${date}`,
    },
  };
}

/** Whether anything is worked on the date. A half day is a working day, with hours of its own. */
export function isWorkingDay(calendar: WorkingCalendar, date: string): TimeAnswer<boolean> {
  const day = dayOf(calendar, date);
  return day.ok ? { ok: true, value: day.value.hours.length > 0 } : day;
}

/** The `count`-th working day after the date. With 0 the date itself if it is worked, else the next working day. */
export function addWorkingDays(calendar: WorkingCalendar, date: string, count: number): TimeAnswer<DayFacts> {
  const start = dayOf(calendar, date);
  if (!start.ok) return start;
  if (count === 0 && start.value.hours.length > 0) return start;
  const found = calendar.workingDays[start.value.workingDaysUpTo + Math.max(count, 1) - 1];
  return found === undefined ? beyond(calendar) : { ok: true, value: found };
}

/** The day so many calendar days after the date. */
export function addCalendarDays(calendar: WorkingCalendar, date: string, count: number): TimeAnswer<DayFacts> {
  const start = dayOf(calendar, date);
  if (!start.ok) return start;
  const found = calendar.days[start.value.index + count];
  return found === undefined ? beyond(calendar) : { ok: true, value: found };
}

function beyond(calendar: WorkingCalendar): { ok: false; refusal: CalendarOutOfRange } {
  return outOfRange(calendar, Temporal.PlainDate.from(calendar.covers.to).add({ days: 1 }).toString());
}

/** The civil date and wall-clock time (`HH:MM:SS`, with a fraction where there is one) of an instant, in milliseconds since the epoch, in the zone of the calendar. */
export function localTime(calendar: Zoned, at: number): { date: string; time: string } {
  const local = new Date(at + aheadOfUtc(calendar.timeZone, at)).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 23).replace(/\.?0+$/, '') };
}

/** A UTC instant (milliseconds since the epoch) as it is written in records, its fraction of a second only where there is one. */
export function instantText(at: number): string {
  return new Date(at).toISOString().replace(/\.?0+Z$/, 'Z');
}

/** The civil date of an instant (milliseconds since the epoch) in the zone of the calendar. */
export function localDate(calendar: Zoned, at: number): string {
  return localTime(calendar, at).date;
}

/** Clocks change at whole quarters of an hour UTC, nearly always: not at 00:01 local time (Newfoundland until 2011, Casey until 2022), nor before 1972. */
const QUARTER_MS = 900_000;
/** What is kept of a quarter within which clocks change. */
const CHANGES = Number.NaN;
const MOST_KEPT = 20_000;
/** What the zone's rules said already, by zone: an instant is asked for again and again, and Temporal takes its time. */
const offsets = new Map<string, Map<number, number>>();
const instants = new Map<string, Map<string, number>>();

function aheadOfUtc(timeZone: string, at: number): number {
  const ahead = kept(offsets, timeZone, Math.floor(at / QUARTER_MS), (quarter) => {
    const first = offsetAt(timeZone, quarter * QUARTER_MS);
    return first === offsetAt(timeZone, (quarter + 1) * QUARTER_MS - 1) ? first : CHANGES;
  });
  return Number.isNaN(ahead) ? offsetAt(timeZone, at) : ahead;
}

function offsetAt(timeZone: string, at: number): number {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1_000_000;
}

/** The instant of a wall-clock time on a date, in milliseconds since the epoch. A time that a change of clocks skips is the one after it. */
export function instantOf({ timeZone }: Zoned, date: string, time: string): number {
  return kept(
    instants,
    timeZone,
    `${date} ${time}`,
    () => Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds,
  );
}

function kept<K>(of: Map<string, Map<K, number>>, timeZone: string, key: K, ask: (key: K) => number): number {
  let known = of.get(timeZone);
  if (!known || known.size >= MOST_KEPT) of.set(timeZone, (known = new Map<K, number>()));
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = ask(key)));
  return value;
}

/** When work ends on the date, in milliseconds since the epoch; on a day off, when it would end on a standard day. */
export function endOfWorkingHours(calendar: WorkingCalendar, date: string): TimeAnswer<number> {
  const day = dayOf(calendar, date);
  if (!day.ok) return day;
  return { ok: true, value: instantOf(calendar, date, day.value.closing) };
}

/** The stretches worked on a day, as instants in milliseconds. */
function stretches(calendar: WorkingCalendar, day: DayFacts): { from: number; to: number }[] {
  return day.hours.map((span) => ({
    from: instantOf(calendar, day.date, span.from),
    to: instantOf(calendar, day.date, span.to),
  }));
}

/** The working time between two instants, in milliseconds; 0 if the second is not after the first. */
export function workingTimeBetween(calendar: WorkingCalendar, from: number, to: number): TimeAnswer<number> {
  const first = dayOf(calendar, localTime(calendar, from).date);
  if (!first.ok) return first;
  const last = dayOf(calendar, localTime(calendar, to).date);
  if (!last.ok) return last;
  let sum = 0;
  for (const day of calendar.days.slice(first.value.index, last.value.index + 1))
    for (const stretch of stretches(calendar, day))
      sum += Math.max(0, Math.min(stretch.to, to) - Math.max(stretch.from, from));
  return { ok: true, value: sum };
}

/** The instant at which so much working time (milliseconds, more than 0) has passed since the instant. */
export function addWorkingTime(calendar: WorkingCalendar, from: number, amount: number): TimeAnswer<number> {
  const first = dayOf(calendar, localTime(calendar, from).date);
  if (!first.ok) return first;
  let left = amount;
  for (let i = first.value.index; i < calendar.days.length; i += 1) {
    const day = calendar.days[i];
    if (day === undefined) break;
    for (const stretch of stretches(calendar, day)) {
      const start = Math.max(stretch.from, from);
      if (start >= stretch.to) continue;
      if (left <= stretch.to - start) return { ok: true, value: start + left };
      left -= stretch.to - start;
    }
  }
  return beyond(calendar);
}

/** Reads an RFC 3339 instant, or a local date and time in the zone of the calendar. Answers the UTC instant; nothing if it is neither. */
export function readInstant(calendar: WorkingCalendar, text: string): string | undefined {
  const zoned = /(Z|[+-]\d{2}:\d{2})$/i.test(text);
  try {
    if (zoned) return Temporal.Instant.from(text).toString();
    if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return undefined;
    return Temporal.PlainDateTime.from(text).toZonedDateTime(calendar.timeZone).toInstant().toString();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
