import type { Happening } from './clock-policy.ts';
import type { Amount, DerivationFact } from './derivation-facts.ts';
import type { End, Run } from './running-clock.ts';
import { addWorkingTime, localTime, type DayFacts, type WorkingCalendar } from './working-calendar.ts';

/** A stretch of a run: what was counted, up to and including which day. */
interface Counting {
  readonly run: Run;
  readonly counted: Amount;
  readonly last: DayFacts;
}

/** What a run counted, with the calendar's rows that it met on the way. Nothing if nothing was counted. */
export function countedFacts(calendar: WorkingCalendar, { run, counted, last }: Counting): readonly DerivationFact[] {
  if (counted.amount === 0) return [];
  const first = run.baseCounted ? run.base.index : run.base.index + 1;
  const passed = calendar.days.slice(first, last.index + 1);
  const days = counted.unit === 'workingDays' ? passed.filter((day) => day.hours.length > 0) : [];
  const rows = counted.unit === 'calendarDays' ? [] : daysOffBetween(calendar, run.base.date, last.date);
  const from = (days[0] ?? passed[0] ?? last).date;
  if (run.by) return [...rows, { rule: 'added', counted, from, to: last.date, happening: run.by }];
  return [
    ...rows,
    {
      rule: 'counted',
      counted,
      days: days.map((day) => day.date),
      from,
      to: last.date,
      weekends: counted.unit !== 'calendarDays' && passed.some((day) => day.weeklyDayOff && day.hours.length === 0),
      limit: run.limit,
      legalBasis: run.legalBasis,
    },
  ];
}

/** What extensions and shifts of a run counted, each from where the part before it ended. */
export function followingFacts(
  calendar: WorkingCalendar,
  parts: readonly { readonly used: Amount; readonly from: End; readonly by: Happening }[],
): readonly DerivationFact[] {
  return parts.flatMap(({ used, from, by }) => {
    const first = dayOfCount(calendar, from, { unit: used.unit, amount: 1 });
    const to = dayOfCount(calendar, from, used);
    const rows = used.unit === 'calendarDays' ? [] : daysOffBetween(calendar, from.day.date, to.date);
    return [...rows, { rule: 'added', counted: used, from: first.date, to: to.date, happening: by }];
  });
}

/** The day on which so much has been counted from an end. */
function dayOfCount(calendar: WorkingCalendar, { day, at }: End, { unit, amount }: Amount): DayFacts {
  if (unit === 'calendarDays') return calendar.days[day.index + amount] ?? day;
  if (unit === 'workingDays') return calendar.workingDays[day.workingDaysUpTo + amount - 1] ?? day;
  const counted = addWorkingTime(calendar, at, amount);
  return (counted.ok ? calendar.byDate.get(localTime(calendar, counted.value).date) : undefined) ?? day;
}

/** The calendar's own days off and worked days after one date, up to and including another; days off that follow each other as one. */
export function daysOffBetween(calendar: WorkingCalendar, after: string, until: string): readonly DerivationFact[] {
  const from = calendar.byDate.get(after)?.index;
  const to = calendar.byDate.get(until)?.index;
  if (from === undefined || to === undefined) return [];
  const facts: DerivationFact[] = [];
  let open: { last: number; from: DayFacts } | undefined;
  for (const day of calendar.days.slice(from + 1, to + 1)) {
    const { row } = day;
    if (row === undefined) continue;
    const { name, legalBasis } = row;
    if (row.kind === 'workday' && day.weeklyDayOff)
      facts.push({ rule: 'worked-day', date: day.date, name, legalBasis });
    if (row.kind !== 'off' || day.weeklyDayOff) continue;
    if (open !== undefined && open.last === day.index - 1 && open.from.row?.name.en === name.en) facts.pop();
    else open = { last: day.index, from: day };
    open.last = day.index;
    facts.push({ rule: 'day-off', from: open.from.date, to: day.date, name, legalBasis });
  }
  return facts;
}

/** The decisions still to come that may move a date reckoned over a period. */
export function provisionalFacts(
  calendar: WorkingCalendar,
  from: string,
  to: string,
): readonly (DerivationFact & { rule: 'provisional' })[] {
  return calendar.undecided
    .filter((entry) => entry.from <= to && entry.to >= from)
    .map((entry) => ({
      rule: 'provisional',
      from: entry.from,
      to: entry.to,
      what: entry.what,
      legalBasis: entry.legalBasis,
    }));
}
