import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';
import type { Calendar, WorkingHours } from '../../../schemas/calendar.ts';

/**
 * A second, deliberately slow implementation for zones without summer time: it walks day by day and minute by minute and
 * shares no code with the domain. Happenings lie on full minutes. Answers the due instant, `stopped`, or `unstarted`.
 */
export function slowDueAt(calendar: Calendar, policy: ClockPolicy, happenings: readonly Happening[]): string {
  let term: Term | undefined;
  let stoppedAt: number | undefined;
  for (const { kind, at, limit } of happenings) {
    const minute = toLocalMinute(at);
    if (kind === 'end') break;
    if (kind === 'start' || (kind === 'restart' && term !== undefined)) {
      term = beginTerm(calendar, policy, limit ?? policy.limit, minute);
      stoppedAt = undefined;
    } else if (term === undefined || term.over) continue;
    else if (kind === 'stop') {
      if (minute > dueMinute(calendar, policy, term)) term = { ...term, over: true };
      else {
        term = consume(calendar, term, minute);
        stoppedAt = minute;
      }
    } else if (kind === 'resume') {
      term = goOn(calendar, policy, term, minute);
      stoppedAt = undefined;
    }
  }
  if (term === undefined) return 'unstarted';
  if (stoppedAt !== undefined) return 'stopped';
  return toInstant(dueMinute(calendar, policy, term));
}

interface Term {
  unit: 'worked' | 'any' | 'minutes';
  left: number;
  /** The minute from which it counts; days are counted from the day after, unless `first`. */
  from: number;
  first: boolean;
  over: boolean;
}

const day = 24 * 60;
const offset = 7 * 60;

function toLocalMinute(instant: string): number {
  return Date.parse(instant) / 60_000 + offset;
}

function toInstant(minute: number): string {
  return new Date((minute - offset) * 60_000).toISOString().replace('.000Z', 'Z');
}

function dateOf(minute: number): string {
  return new Date(minute * 60_000).toISOString().slice(0, 10);
}

function startOf(minute: number): number {
  return Math.floor(minute / day) * day;
}

function hoursOf(calendar: Calendar, minute: number): WorkingHours {
  const row = calendar.days.find((candidate) => candidate.date === dateOf(minute));
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
  const ordinary = calendar.week[names[new Date(minute * 60_000).getUTCDay()] ?? 'sun'];
  if (row === undefined) return ordinary;
  if (row.kind === 'off') return [];
  if (row.kind === 'half') return row.hours;
  return row.hours ?? (ordinary.length > 0 ? ordinary : calendar.standardHours);
}

function isWorked(calendar: Calendar, minute: number): boolean {
  return hoursOf(calendar, minute).length > 0;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function closing(calendar: Calendar, minute: number): number {
  const hours = hoursOf(calendar, minute);
  const last = hours[hours.length - 1] ?? calendar.standardHours[calendar.standardHours.length - 1];
  return startOf(minute) + minutesOf(last?.to ?? '24:00');
}

/** Each minute of a day, worked or not; kept by calendar and day, as the walk passes the same days again and again. */
const minutesWorked = new WeakMap<Calendar, Map<number, boolean[]>>();

function isWorkedMinute(calendar: Calendar, minute: number): boolean {
  const days = minutesWorked.get(calendar) ?? new Map<number, boolean[]>();
  minutesWorked.set(calendar, days);
  const midnight = startOf(minute);
  let worked = days.get(midnight);
  if (worked === undefined) {
    const hours = hoursOf(calendar, midnight);
    worked = Array.from({ length: day }, (_, at) =>
      hours.some((span) => minutesOf(span.from) <= at && at < minutesOf(span.to)),
    );
    days.set(midnight, worked);
  }
  return worked[minute - midnight] ?? false;
}

function arrival(calendar: Calendar, policy: ClockPolicy, minute: number, dayCounts: boolean): number {
  const late =
    (policy.cutOff !== undefined && minute - startOf(minute) > minutesOf(policy.cutOff)) ||
    (dayCounts && minute > closing(calendar, minute));
  if (isWorked(calendar, minute) && !late) return minute;
  let next = startOf(minute) + day;
  while (!isWorked(calendar, next)) next += day;
  while (!isWorkedMinute(calendar, next)) next += 1;
  return next;
}

function beginTerm(calendar: Calendar, policy: ClockPolicy, limit: Limit, minute: number): Term {
  const first = 'sameDay' in limit || (policy.firstDay === 'same' && !('workingHours' in limit));
  const from = arrival(calendar, policy, minute, first);
  const base = { from, first, over: false };
  if ('sameDay' in limit) return { ...base, unit: 'worked', left: 1 };
  if ('workingDays' in limit) return { ...base, unit: 'worked', left: limit.workingDays };
  if ('calendarDays' in limit) return { ...base, unit: 'any', left: limit.calendarDays };
  if ('workingHours' in limit) return { ...base, unit: 'minutes', left: limit.workingHours * 60 };
  return { ...base, unit: 'any', left: daysOfMonths(from, limit.months) };
}

function daysOfMonths(from: number, months: number): number {
  const [year = 0, month = 0, number = 0] = dateOf(from).split('-').map(Number);
  const lastOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  const end = Date.UTC(year, month - 1 + months, Math.min(number, lastOfMonth)) / 60_000;
  return (end - startOf(from)) / day;
}

/** What is left when a stop begins: its own day is counted whole. */
function consume(calendar: Calendar, term: Term, stop: number): Term {
  let { left, first } = term;
  if (term.unit === 'minutes') {
    for (let minute = term.from; minute < stop; minute += 1) if (isWorkedMinute(calendar, minute)) left -= 1;
    return { ...term, left };
  }
  for (let date = startOf(term.from); date <= startOf(stop); date += day) {
    const isBase = date === startOf(term.from);
    if (isBase ? !first : term.unit === 'worked' && !isWorked(calendar, date)) continue;
    if (left > 0) left -= 1;
    first = false;
  }
  return { ...term, left, first };
}

function goOn(calendar: Calendar, policy: ClockPolicy, term: Term, minute: number): Term {
  const dayCounts = term.unit !== 'minutes' && (term.left === 0 || term.first);
  return { ...term, from: Math.max(term.from, arrival(calendar, policy, minute, dayCounts)) };
}

function dueMinute(calendar: Calendar, policy: ClockPolicy, term: Term): number {
  if (term.unit === 'minutes') return minuteAfter(calendar, term);
  let { left } = term;
  let date = startOf(term.from);
  if (term.first) left -= 1;
  while (left > 0) {
    date += day;
    if (term.unit === 'any' || isWorked(calendar, date)) left -= 1;
  }
  if (policy.onDayOff === 'next') while (!isWorked(calendar, date)) date += day;
  return closing(calendar, date);
}

function minuteAfter(calendar: Calendar, term: Term): number {
  let { left, from } = term;
  while (left > 0) {
    if (isWorkedMinute(calendar, from)) left -= 1;
    from += 1;
  }
  return from;
}
