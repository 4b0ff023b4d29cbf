import { Temporal } from 'temporal-polyfill';
import type { ClockPolicy, Happening, Limit } from './clock-policy.ts';
import { deriveDeadline } from './derive-deadline.ts';
import type { CalendarOutOfRange, TimeAnswer, TimeRefusal } from './time-refusals.ts';
import { dayOf, instantOf, localTime, outOfRange, type WorkingCalendar } from './working-calendar.ts';

const millisecondsPerHour = 3_600_000;

/**
 * The instant at which what has to happen so long before a deadline begins: the opening of that day, or of the working day before
 * where it is off (Decree 61/2018 art. 19(9): the apology is due at latest one day before expiry). Hours are hours of work before
 * the instant itself.
 */
export function instantBefore(calendar: WorkingCalendar, dueAt: string, term: Limit): TimeAnswer<number> {
  const due = Temporal.Instant.from(dueAt).epochMilliseconds;
  if ('workingHours' in term) return workedBefore(calendar, due, term.workingHours * millisecondsPerHour);
  const last = dayOf(calendar, localTime(calendar, due).date);
  if (!last.ok) return last;
  const date = Temporal.PlainDate.from(last.value.date);
  // Working days up to and including the day itself: it is the first of those counted back where it is worked.
  const worked = last.value.workingDaysUpTo - (last.value.hours.length > 0 ? 1 : 0);
  if ('workingDays' in term) return openingOf(calendar, worked - term.workingDays, date.toString());
  const wanted =
    'calendarDays' in term
      ? date.subtract({ days: term.calendarDays })
      : 'months' in term
        ? date.subtract({ months: term.months })
        : date;
  const day = dayOf(calendar, wanted.toString());
  return day.ok ? openingOf(calendar, day.value.workingDaysUpTo - 1, wanted.toString()) : day;
}

/** When work opens on the so-manieth working day of the calendar, counted from 0. */
function openingOf(calendar: WorkingCalendar, index: number, wanted: string): TimeAnswer<number> {
  const day = calendar.workingDays[index];
  const [first] = day?.hours ?? [];
  if (!day || !first) return outOfRange(calendar, wanted);
  return { ok: true, value: instantOf(calendar, day.date, first.from) };
}

function workedBefore(calendar: WorkingCalendar, until: number, amount: number): TimeAnswer<number> {
  const last = dayOf(calendar, localTime(calendar, until).date);
  if (!last.ok) return last;
  let left = amount;
  for (let index = last.value.index; index >= 0; index -= 1) {
    const day = calendar.days[index];
    for (const span of day?.hours.toReversed() ?? []) {
      const from = instantOf(calendar, day?.date ?? '', span.from);
      const to = Math.min(until, instantOf(calendar, day?.date ?? '', span.to));
      if (to - from >= left) return { ok: true, value: to - left };
      left -= Math.max(0, to - from);
    }
  }
  return outOfRange(calendar, calendar.covers.from);
}

/** Whether more of the clock has run at an instant than a term allows: interruptions do not count, extensions lengthen nothing. */
export function hasRunBeyond(
  { calendar, policy, happenings }: Parameters<typeof deriveDeadline>[0],
  term: Limit,
  at: number,
): { ok: true; value: boolean } | { ok: false; refusal: TimeRefusal } {
  const own = happenings.filter(({ kind }) => kind !== 'extend').map(withoutLimit);
  const deadline = deriveDeadline({ calendar, policy: { ...policy, limit: term }, happenings: own });
  // What ends beyond the calendar has not run out inside of it.
  if (!deadline.ok) return isBeyond(deadline.refusal) ? { ok: true, value: false } : deadline;
  return {
    ok: true,
    value: deadline.state === 'due' && Temporal.Instant.from(deadline.dueAt).epochMilliseconds < at,
  };
}

function isBeyond(refusal: TimeRefusal): refusal is CalendarOutOfRange {
  return refusal.code === 'calendar-out-of-range';
}

function withoutLimit({ limit: _, ...happening }: Happening): Happening {
  return happening;
}

/**
 * The happenings as Decision 766/QĐ-TTg counts them, whatever the law of the procedure says: the time of a supplement is taken
 * out of the term and what is left remains, also where the law lets the term begin anew or moves the date.
 */
export function asMeasured(happenings: readonly Happening[]): readonly Happening[] {
  return happenings.map((happening) => {
    if (happening.kind === 'restart') return { ...withoutLimit(happening), kind: 'resume' };
    return happening.kind === 'shift' ? { ...happening, kind: 'stop' } : happening;
  });
}

/** The deadline as the law counts it and as the indicator counts it. They differ where the law restarts or shifts. */
export function deriveBoth(question: {
  calendar: WorkingCalendar;
  policy: ClockPolicy;
  happenings: readonly Happening[];
}) {
  const measured = { ...question, happenings: asMeasured(question.happenings) };
  return { law: deriveDeadline(question), measured: deriveDeadline(measured) };
}
