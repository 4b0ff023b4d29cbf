import type { ClockPolicy, Happening, Limit } from '../../../domain/time/clock-policy.ts';
import type { Calendar, WorkingHours } from '../../../schemas/calendar.ts';

/**
 * A second, deliberately slow implementation for zones without summer time: it walks day by day and minute by minute and
 * shares no code with the domain. Happenings lie on full minutes. Answers the due instant, `stopped`, or `unstarted`.
 */
export function slowDueAt(calendar: Calendar, policy: ClockPolicy, happenings: readonly Happening[]): string {
  const clock = new SlowClock(calendar, policy);
  for (const happening of withoutShortStops(calendar, happenings)) {
    if (happening.kind === 'end') break;
    clock.hear(happening);
  }
  return clock.answer();
}

/** One part of a term: its days or minutes are counted when those of the parts before it are used up. */
interface Part {
  unit: 'worked' | 'any' | 'minutes' | 'months';
  left: number;
}

class SlowClock {
  readonly #calendar: Calendar;
  readonly #policy: ClockPolicy;
  #parts: Part[] | undefined;
  /** The minute from which it counts; days are counted from the day after, unless `#first`. */
  #from = 0;
  #first = false;
  #over = false;
  #wait: { kind: 'stop' | 'shift'; since: number } | undefined;
  #open: { name: string; kind: 'stop' | 'shift' }[] = [];

  constructor(calendar: Calendar, policy: ClockPolicy) {
    this.#calendar = calendar;
    this.#policy = policy;
  }

  hear({ kind, at, limit, ground }: Happening): void {
    const minute = toLocalMinute(at);
    const name = ground ?? 'the stage';
    if (kind === 'start' || kind === 'restart') {
      if (kind === 'restart' && !this.#parts) return;
      this.#open = this.#open.filter((each) => each.name !== 'the stage');
      this.#begin(limit ?? this.#policy.limit, minute);
    } else if (kind === 'stop' || kind === 'shift') this.#open.push({ name, kind });
    else if (kind === 'resume') this.#open = this.#open.filter((each) => each.name !== name);
    else if (kind === 'extend' && limit) this.#extend(limit, minute);
    if (this.#parts) this.#attend(minute);
  }

  answer(): string {
    if (!this.#parts) return 'unstarted';
    if (this.#wait && !this.#over) return 'stopped';
    return toInstant(this.#due());
  }

  /** Lets go what nothing holds any more, then holds what something holds now. */
  #attend(minute: number): void {
    const held = this.#open.filter(({ kind }) => kind === 'stop').length > 0;
    const shifting = this.#open.some(({ kind }) => kind === 'shift');
    if (this.#wait?.kind === 'stop' && !held) this.#letGo(minute);
    if (this.#wait?.kind === 'shift' && !shifting) this.#letGo(minute);
    if (this.#wait || !(held || shifting)) return;
    this.#wait = { kind: held ? 'stop' : 'shift', since: minute };
    if (!this.#over && minute > this.#due()) this.#over = true;
    if (!this.#over && held) this.#consume(minute);
  }

  #begin(limit: Limit, minute: number): void {
    const { firstDay } = this.#policy;
    this.#first = 'sameDay' in limit || (firstDay === 'same' && !('workingHours' in limit));
    this.#from = this.#arrival(minute, this.#first);
    const part = partOf(limit);
    this.#parts = [part.unit === 'months' ? { unit: 'any', left: daysOfMonths(this.#from, part.left) } : part];
    this.#over = false;
    this.#wait = undefined;
  }

  #extend(limit: Limit, minute: number): void {
    if (!this.#parts || this.#over) return;
    const running = this.#wait?.kind !== 'stop';
    if (running && this.#wait === undefined && minute > this.#due()) {
      this.#over = true;
      return;
    }
    this.#parts.push(partOf(limit));
  }

  #letGo(minute: number): void {
    const { dayRule } = this.#policy;
    const wait = this.#wait;
    this.#wait = undefined;
    if (!wait || !this.#parts || this.#over) return;
    if (wait.kind === 'shift') {
      const back = this.#arrival(minute, dayRule?.resume === 'counts');
      const since = startOf(Math.max(wait.since, this.#from));
      let days = 0;
      for (let date = since; date <= startOf(back); date += day) {
        const begins = date === since ? dayRule?.stop === 'free' : true;
        const ends = date === startOf(back) ? dayRule?.resume !== 'counts' : true;
        if (begins && ends) days += 1;
      }
      if (days > 0) this.#parts.push({ unit: 'any', left: days });
      return;
    }
    const [part] = this.#parts;
    const inDays = part?.unit !== 'minutes';
    const counts = dayRule?.resume === 'counts' && inDays;
    const arrives = this.#arrival(minute, part?.left !== 0 && ((inDays && this.#first) || counts));
    // With nothing left a day that is over ends on the one after, worked or not.
    const isOver = inDays && part?.left === 0 && arrives === minute && minute > closing(this.#calendar, minute);
    const back = isOver ? startOf(minute) + day : arrives;
    const counted = dayRule?.stop !== 'free' && startOf(back) === startOf(wait.since);
    if (startOf(back) > startOf(this.#from)) {
      if (counts && !counted) this.#first = true;
      this.#from = back;
    } else this.#from = Math.max(this.#from, back);
  }

  /** Counts what was used when a stop begins: its own day whole, unless the policy says that it is free. */
  #consume(stop: number): void {
    const parts = this.#parts ?? [];
    const lastDay = this.#policy.dayRule?.stop === 'free' ? startOf(stop) - day : startOf(stop);
    let { minute, date, first } = { minute: this.#from, date: startOf(this.#from), first: this.#first };
    for (;;) {
      const [part] = parts;
      if (!part) break;
      if (part.unit === 'months') Object.assign(part, { unit: 'any', left: daysOfMonths(date, part.left) });
      if (part.unit === 'minutes') {
        while (part.left > 0 && minute < stop) {
          if (isWorkedMinute(this.#calendar, minute)) part.left -= 1;
          minute += 1;
        }
        date = startOf(minute - 1);
      } else {
        const counting = part.left > 0;
        if (first && part.left > 0 && date <= lastDay) {
          part.left -= 1;
          first = false;
        }
        while (part.left > 0 && date < lastDay) {
          date += day;
          if (part.unit === 'any' || isWorked(this.#calendar, date)) part.left -= 1;
        }
        if (counting) minute = closing(this.#calendar, date);
      }
      // A day on which the clock stops is used up whole: hours granted later begin when it is over.
      if (parts.length === 1 && part.unit !== 'minutes' && part.left === 0 && this.#policy.dayRule?.stop !== 'free')
        this.#from = Math.max(this.#from, closing(this.#calendar, stop));
      if (part.left > 0 || parts.length === 1) break;
      parts.shift();
      first = false;
      // A day that is used up is over before hours begin.
      if (part.unit !== 'minutes' && parts[0]?.unit === 'minutes') this.#from = Math.max(this.#from, minute);
    }
    this.#first = first && (parts[0]?.left ?? 0) > 0;
  }

  #due(): number {
    let { minute, date, first } = { minute: this.#from, date: startOf(this.#from), first: this.#first };
    let inMinutes = false;
    for (const part of this.#parts ?? []) {
      inMinutes = part.unit === 'minutes';
      let left = part.unit === 'months' ? daysOfMonths(date, part.left) : part.left;
      if (inMinutes) {
        while (left > 0) {
          if (isWorkedMinute(this.#calendar, minute)) left -= 1;
          minute += 1;
        }
        date = startOf(minute);
        continue;
      }
      const counting = left > 0;
      if (first) left -= 1;
      first = false;
      while (left > 0) {
        date += day;
        if (part.unit !== 'worked' || isWorked(this.#calendar, date)) left -= 1;
      }
      if (counting) minute = closing(this.#calendar, date);
    }
    if (inMinutes) return minute;
    if (this.#policy.onDayOff === 'next') while (!isWorked(this.#calendar, date)) date += day;
    return closing(this.#calendar, date);
  }

  #arrival(minute: number, dayCounts: boolean): number {
    const { cutOff } = this.#policy;
    const late =
      (cutOff !== undefined && minute - startOf(minute) > minutesOf(cutOff)) ||
      (dayCounts && minute > closing(this.#calendar, minute));
    if (isWorked(this.#calendar, minute) && !late) return minute;
    let next = startOf(minute) + day;
    while (!isWorked(this.#calendar, next)) next += day;
    while (!isWorkedMinute(this.#calendar, next)) next += 1;
    return next;
  }
}

function partOf(limit: Limit): Part {
  if ('sameDay' in limit) return { unit: 'worked', left: 1 };
  if ('workingDays' in limit) return { unit: 'worked', left: limit.workingDays };
  if ('calendarDays' in limit) return { unit: 'any', left: limit.calendarDays };
  if ('workingHours' in limit) return { unit: 'minutes', left: limit.workingHours * 60 };
  return { unit: 'months', left: limit.months };
}

/** The happenings without the stops that did not last long enough, the others beginning where they begin to count. */
function withoutShortStops(calendar: Calendar, happenings: readonly Happening[]): Happening[] {
  const kept: Happening[] = [];
  const dropped = new Set<Happening>();
  happenings.forEach((happening, index) => {
    const { ifOver, ...plain } = happening;
    if (dropped.has(happening)) return;
    if (happening.kind !== 'stop' || !ifOver) {
      kept.push(happening);
      return;
    }
    const threshold = new SlowClock(calendar, { limit: ifOver.limit, firstDay: 'next', onDayOff: 'next' });
    threshold.hear({ at: happening.at, kind: 'start', cause: 'test' });
    const over = threshold.answer();
    const back = happenings
      .slice(index)
      .find(({ kind, ground }) => kind === 'end' || (kind === 'resume' && ground === undefined));
    if (back && Date.parse(back.at) <= Date.parse(over)) {
      if (back.kind === 'resume') dropped.add(back);
    } else kept.push({ ...plain, at: ifOver.counting === 'all' ? happening.at : over });
  });
  return kept
    .map((happening, index) => ({ happening, index }))
    .sort((a, b) => Date.parse(a.happening.at) - Date.parse(b.happening.at) || a.index - b.index)
    .map(({ happening }) => happening);
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

/** The hours of a day; kept by calendar and day, as the walk passes the same days again and again. */
const hoursKnown = new WeakMap<Calendar, Map<number, WorkingHours>>();

function hoursOf(calendar: Calendar, minute: number): WorkingHours {
  const known = hoursKnown.get(calendar) ?? new Map<number, WorkingHours>();
  hoursKnown.set(calendar, known);
  const date = startOf(minute);
  let hours = known.get(date);
  if (hours === undefined) known.set(date, (hours = lookUpHours(calendar, date)));
  return hours;
}

function lookUpHours(calendar: Calendar, minute: number): WorkingHours {
  const row = calendar.days.find((candidate) => candidate.date === dateOf(minute));
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
  const { week, standardHours } = calendar.changes?.filter(({ from }) => from <= dateOf(minute)).at(-1) ?? calendar;
  const ordinary = week[names[new Date(minute * 60_000).getUTCDay()] ?? 'sun'];
  if (row === undefined) return ordinary;
  if (row.kind === 'off') return [];
  if (row.kind === 'half') return row.hours;
  return row.hours ?? (ordinary.length > 0 ? ordinary : standardHours);
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
  const { standardHours } = calendar.changes?.filter(({ from }) => from <= dateOf(minute)).at(-1) ?? calendar;
  const last = hours[hours.length - 1] ?? standardHours[standardHours.length - 1];
  return startOf(minute) + minutesOf(last?.to ?? '24:00');
}

/** Each minute of a day, worked or not; kept by calendar and day. */
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

function daysOfMonths(from: number, months: number): number {
  const [year = 0, month = 0, number = 0] = dateOf(from).split('-').map(Number);
  const lastOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  const end = Date.UTC(year, month - 1 + months, Math.min(number, lastOfMonth)) / 60_000;
  return (end - startOf(from)) / day;
}
