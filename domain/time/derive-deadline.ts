import type { ClockPolicy, Happening, Limit } from './clock-policy.ts';
import { countedFacts, daysOffBetween, followingFacts, provisionalFacts } from './counted-facts.ts';
import type { Amount, DerivationFact } from './derivation-facts.ts';
import {
  beginRun,
  countsFirstDay,
  dueOf,
  followingOf,
  lengthen,
  nextOf,
  place,
  resumeRun,
  shiftedDays,
  usedUntil,
  type DayRole,
  type Due,
  type Placed,
  type Run,
  type Used,
} from './running-clock.ts';
import { settleHappenings } from './settle-happenings.ts';
import type { TimeRefusal } from './time-refusals.ts';
import {
  citeCalendar,
  dayOf,
  instantText,
  localTime,
  type DayFacts,
  type WorkingCalendar,
} from './working-calendar.ts';

/** What a deadline is derived from, and nothing else. */
export interface DeadlineQuestion {
  readonly calendar: WorkingCalendar;
  readonly policy: ClockPolicy;
  /** In order of time. Without a start the clock has not begun. */
  readonly happenings: readonly Happening[];
}

interface Derived {
  readonly ok: true;
  /** The calendar cited, `id@version`. */
  readonly calendar: string;
  /** Why, in the order in which the date comes about: `explain` tells them. */
  readonly facts: readonly DerivationFact[];
  /** When the clock ended; whether in time, where the clock was running then. */
  readonly ended?: { readonly at: string; readonly inTime?: boolean };
}

/** A running clock: the last day and the instant at which the limit passes. `provisional`: a yearly decision may still move it. */
export interface DueDeadline extends Derived {
  readonly state: 'due';
  /** `YYYY-MM-DD`, in the zone of the calendar. */
  readonly due: string;
  /** UTC instant. */
  readonly dueAt: string;
  readonly provisional: boolean;
}

/** A stopped clock has no date, only what is left of the limit. One that `ended` while it stood never comes to one. */
export interface StoppedDeadline extends Derived {
  readonly state: 'stopped';
  readonly since: string;
  readonly left: Amount;
}

/** Nothing has started the clock. */
export interface UnstartedDeadline extends Derived {
  readonly state: 'not-started';
}

export type Deadline =
  DueDeadline | StoppedDeadline | UnstartedDeadline | { readonly ok: false; readonly refusal: TimeRefusal };

type State =
  | { readonly at: 'idle' }
  | { readonly at: 'running'; readonly run: Run; readonly startedAt: number }
  | Stopped
  /** The limit passed before a stop: stops and resumptions no longer move the date. */
  | { readonly at: 'passed'; readonly run: Run; readonly due: Due; readonly startedAt: number };

/** `run` is what goes on at a resumption; `shifts`: the days until then are added to it. `left` is what was left when it stopped. */
interface Stopped {
  readonly at: 'stopped';
  readonly run: Run;
  readonly shifts: boolean;
  readonly left: Amount;
  readonly since: string;
  readonly stoppedOn: DayFacts;
  readonly startedAt: number;
}

type Next = { ok: true; state: State; facts: readonly DerivationFact[] } | { ok: false; refusal: TimeRefusal };

/**
 * The statutory deadline, as a pure function of calendar version, clock policy and happenings, with its derivation. The day of
 * a start does not count (`firstDay: next`); the day a stop begins counts, the day it ends does not; due at the end of working
 * hours of the last day, unless the limit is in hours. Resuming with nothing left is due on the day of the resumption, after hours on the day after.
 */
export function deriveDeadline({ calendar, policy, happenings }: DeadlineQuestion): Deadline {
  const wrong = faultOf(policy, happenings);
  if (wrong !== undefined) return { ok: false, refusal: wrong };
  const settling = settleHappenings(calendar, happenings);
  if (!settling.ok) return settling;
  let state: State = { at: 'idle' };
  const facts: DerivationFact[] = [];
  let end: Happening | undefined;
  for (const { happening, index, idle } of settling.settled) {
    if (happening.kind === 'end') {
      end = happening;
      break;
    }
    if (idle) {
      if (state.at !== 'idle') facts.push({ rule: 'standing', happening, ...momentOf(calendar, happening) });
      continue;
    }
    const next = advance({ calendar, policy, state, happening, index });
    if (!next.ok) return next;
    state = next.state;
    facts.push(...next.facts);
  }
  return conclude({ calendar, policy, state, facts, end });
}

function millisecondsOf(happening: Happening): number {
  return Date.parse(happening.at);
}

/** Local date and time of a happening. */
function momentOf(calendar: WorkingCalendar, happening: Happening): { date: string; time: string } {
  const { date, time } = localTime(calendar, millisecondsOf(happening));
  return { date, time };
}

function faultOf(policy: ClockPolicy, happenings: readonly Happening[]): TimeRefusal | undefined {
  const limits: Limit[] = [
    policy.limit,
    ...happenings.flatMap(({ limit, ifOver }) => [limit ?? [], ifOver?.limit ?? []].flat()),
  ];
  for (const limit of limits) {
    for (const [unit, amount] of Object.entries(limit)) {
      if (amount === true || (Number.isInteger(amount) && amount >= 1)) continue;
      return {
        code: 'limit-invalid',
        detail: `${unit}: expected a whole number of at least 1, found ${String(amount)}`,
      };
    }
  }
  for (const [index, happening] of happenings.entries()) {
    const before = happenings[index - 1];
    if (before !== undefined && millisecondsOf(before) > millisecondsOf(happening))
      return outOfOrder(index, `expected an instant not before ${before.at}, found ${happening.at}`);
  }
  return undefined;
}

function outOfOrder(index: number, detail: string): TimeRefusal {
  return { code: 'clock-out-of-order', index, detail };
}

interface Move {
  readonly calendar: WorkingCalendar;
  readonly policy: ClockPolicy;
  readonly state: State;
  readonly happening: Happening;
  readonly index: number;
}

function advance(move: Move): Next {
  const { state, happening, index } = move;
  switch (happening.kind) {
    case 'start':
      return state.at === 'idle'
        ? begin(move, 'started')
        : refused(index, 'expected one start, found a second; a new term is a restart');
    case 'restart':
      return state.at === 'idle' ? { ok: true, state, facts: [] } : begin(move, 'restarted');
    case 'stop':
    case 'shift':
      return state.at === 'stopped'
        ? refused(index, 'expected a running clock to stop, found a stopped one')
        : stop(move);
    case 'extend':
      return extend(move);
    case 'resume':
      return state.at === 'running'
        ? refused(index, 'expected a stopped clock to resume, found a running one')
        : resume(move);
    case 'end':
      return { ok: true, state, facts: [] };
  }
}

function refused(index: number, detail: string): Next {
  return { ok: false, refusal: outOfOrder(index, detail) };
}

function begin(move: Move, rule: 'started' | 'restarted'): Next {
  const { calendar, policy, state, happening } = move;
  const limit = happening.limit ?? policy.limit;
  const at = millisecondsOf(happening);
  const placed = place(calendar, policy, at, countsFirstDay(policy, limit) ? 'counted' : 'free');
  if (!placed.ok) return placed;
  const run = beginRun(policy, happening, placed.value);
  const counting = state.at === 'running' ? countedBefore(move, state.run, at) : [];
  const startedAt = state.at === 'idle' ? at : state.startedAt;
  return {
    ok: true,
    state: { at: 'running', run, startedAt },
    facts: [...counting, ...arrival(move, rule, placed.value, run)],
  };
}

/** What a run had counted when a restart discarded it. */
function countedBefore({ calendar, policy }: Move, run: Run, at: number): readonly DerivationFact[] {
  const used = usedUntil(calendar, policy, run, at);
  return used.ok ? usedFacts(calendar, run, used.value) : [];
}

function usedFacts(calendar: WorkingCalendar, run: Run, { used, last, begun }: Used) {
  const counted = countedFacts(calendar, { run, counted: used, last });
  return [...counted, ...followingFacts(calendar, begun)];
}

function arrival(
  { calendar, policy, happening }: Move,
  rule: 'started' | 'resumed' | 'restarted',
  placed: Placed,
  run: Run,
): readonly DerivationFact[] {
  const { date, time } = localTime(calendar, millisecondsOf(happening));
  const next = nextOf(run, run.base);
  const between = placed.placement === 'in-time' ? [] : daysOffBetween(calendar, date, placed.day.date);
  return [
    {
      rule,
      happening,
      date,
      time,
      placement: placed.placement,
      dayOff: calendar.byDate.get(date)?.row?.name,
      counts: placed.day.date,
      cutOff: policy.cutOff,
      dayCounted: next.unit === 'workingTime' || next.amount === 0 ? undefined : run.baseCounted,
      limit: rule === 'resumed' ? undefined : run.limit,
      left: rule === 'resumed' ? next : undefined,
    },
    ...between,
  ];
}

function stop(move: Move): Next {
  const { calendar, policy, state, happening } = move;
  if (state.at !== 'running') return state.at === 'passed' ? tooLate(move, state) : { ok: true, state, facts: [] };
  const at = millisecondsOf(happening);
  const due = dueOf(calendar, policy, state.run);
  // A date that the calendar does not reach has not passed; the stop itself still has to lie inside of it.
  if (due.ok && due.value.at < at) {
    const counted = countedRest(calendar, state.run, due.value);
    const passed = tooLate(move, { at: 'passed', run: state.run, due: due.value, startedAt: state.startedAt });
    return { ...passed, facts: [...counted, ...passed.facts] };
  }
  const until = usedUntil(calendar, policy, state.run, at);
  if (!until.ok) return until;
  const stoppedOn = dayOf(calendar, localTime(calendar, at).date);
  if (!stoppedOn.ok) return stoppedOn;
  const { used, rest } = until.value;
  const { left } = rest;
  const shifts = happening.kind === 'shift';
  const run = shifts
    ? state.run
    : { ...state.run, ...rest, baseCounted: state.run.baseCounted && used.amount === 0 && state.run.left.amount > 0 };
  const stopped = { rule: 'stopped' as const, happening, ...momentOf(calendar, happening), shifts, left };
  return {
    ok: true,
    state: {
      at: 'stopped',
      run,
      shifts,
      left,
      since: happening.at,
      stoppedOn: stoppedOn.value,
      startedAt: state.startedAt,
    },
    facts: shifts ? [stopped] : [...usedFacts(calendar, state.run, until.value), stopped],
  };
}

function tooLate({ calendar, happening }: Move, state: State & { at: 'passed' }): Next & { ok: true } {
  const due = state.due.day.date;
  return { ok: true, state, facts: [{ rule: 'passed', happening, ...momentOf(calendar, happening), due }] };
}

function resume(move: Move): Next {
  const { calendar, policy, state, happening } = move;
  if (state.at === 'passed') return tooLate(move, state);
  if (state.at !== 'stopped') return { ok: true, state, facts: [] };
  if (state.shifts) return shiftOn(move, state);
  const placed = place(calendar, policy, millisecondsOf(happening), resumptionOf(policy, state));
  if (!placed.ok) return placed;
  const run = resumeRun(policy, state.run, placed.value, state.stoppedOn);
  return {
    ok: true,
    state: { at: 'running', run, startedAt: state.startedAt },
    facts: arrival(move, 'resumed', placed.value, run),
  };
}

function resumptionOf({ dayRule }: ClockPolicy, { run: { left, baseCounted } }: Stopped): DayRole {
  if (left.unit === 'workingTime') return 'free';
  if (left.amount === 0) return 'last';
  return baseCounted || dayRule?.resume === 'counts' ? 'counted' : 'free';
}

/** The run goes on as it was, and ends later by the days that the stage took. */
function shiftOn(move: Move, state: Stopped): Next {
  const { calendar, policy, happening } = move;
  const placed = place(
    calendar,
    policy,
    millisecondsOf(happening),
    policy.dayRule?.resume === 'counts' ? 'counted' : 'free',
  );
  if (!placed.ok) return placed;
  const { base } = state.run;
  const from = base.index > state.stoppedOn.index ? base : state.stoppedOn;
  const amount = shiftedDays(policy, from, placed.value.day);
  const run = amount === 0 ? state.run : lengthen(state.run, { unit: 'calendarDays', amount, by: happening });
  const counted = { unit: 'calendarDays' as const, amount };
  return {
    ok: true,
    state: { at: 'running', run, startedAt: state.startedAt },
    facts: [{ rule: 'shifted', happening, ...momentOf(calendar, happening), from: state.since, counted }],
  };
}

/** A lawful extension is counted from the end of what it extends; one that comes when the limit has passed moves nothing. */
function extend(move: Move): Next {
  const { calendar, policy, state, happening, index } = move;
  if (happening.limit === undefined) return refused(index, 'expected an extension to say by how much');
  if (state.at === 'idle') return { ok: true, state, facts: [] };
  if (state.at === 'passed') return tooLate(move, state);
  if (state.at === 'running') {
    const due = dueOf(calendar, policy, state.run);
    if (due.ok && due.value.at < millisecondsOf(happening)) {
      const passed = tooLate(move, { at: 'passed', run: state.run, due: due.value, startedAt: state.startedAt });
      return { ...passed, facts: [...countedRest(calendar, state.run, due.value), ...passed.facts] };
    }
  }
  const run = lengthen(state.run, followingOf(happening.limit, happening));
  const facts = [{ rule: 'extended' as const, happening, ...momentOf(calendar, happening), by: happening.limit }];
  if (state.at === 'stopped' && !state.shifts)
    return { ok: true, state: { ...state, run, left: nextOf(run, state.stoppedOn) }, facts };
  return { ok: true, state: { ...state, run }, facts };
}

/** What a run counts if nothing stops it any more. */
function countedRest(calendar: WorkingCalendar, run: Run, due: Due): readonly DerivationFact[] {
  const [first] = due.ends;
  const counted = countedFacts(calendar, { run, counted: run.left, last: first?.day ?? due.nominal });
  const following = run.then.map(({ unit, amount, by }, index) => {
    const from = due.ends[index] ?? { day: run.base, at: run.baseAt };
    const to = due.ends[index + 1]?.day ?? due.nominal;
    return { used: unit === 'months' ? monthsAsDays(from.day, to) : { unit, amount }, from, by };
  });
  return [...counted, ...followingFacts(calendar, following)];
}

function monthsAsDays(from: DayFacts, to: DayFacts): Amount {
  return { unit: 'calendarDays', amount: to.index - from.index };
}

interface Conclusion {
  readonly calendar: WorkingCalendar;
  readonly policy: ClockPolicy;
  readonly state: State;
  readonly facts: DerivationFact[];
  readonly end: Happening | undefined;
}

function conclude({ calendar, policy, state, facts, end }: Conclusion): Deadline {
  const cited = citeCalendar(calendar);
  if (state.at === 'idle')
    return { ok: true, state: 'not-started', calendar: cited, facts, ...(end ? { ended: { at: end.at } } : {}) };
  if (state.at === 'stopped') {
    const { since, left } = state;
    if (end !== undefined) facts.push(endedFact(calendar, end, { left }));
    const ended = end ? { ended: { at: end.at } } : {};
    return {
      ok: true,
      state: 'stopped',
      since,
      left,
      calendar: cited,
      facts,
      ...ended,
    };
  }
  const due = dueOf(calendar, policy, state.run);
  if (!due.ok) return due;
  const undecided = provisionalFacts(calendar, localTime(calendar, state.startedAt).date, due.value.day.date);
  const inTime = end === undefined ? undefined : millisecondsOf(end) <= due.value.at;
  facts.push(
    ...(state.at === 'passed' ? [] : countedRest(calendar, state.run, due.value)),
    ...movedFacts(due.value),
    dueFact(calendar, state.run, due.value),
    ...undecided,
    ...(end === undefined ? [] : [endedFact(calendar, end, { inTime })]),
  );
  return {
    ok: true,
    state: 'due',
    due: due.value.day.date,
    dueAt: instantText(due.value.at),
    provisional: undecided.length > 0,
    calendar: cited,
    facts,
    ...(end === undefined || inTime === undefined ? {} : { ended: { at: end.at, inTime } }),
  };
}

function movedFacts({ day, nominal }: Due): readonly DerivationFact[] {
  if (nominal.hours.length > 0) return [];
  const rule = day.date === nominal.date ? 'stayed' : 'moved';
  return [{ rule, from: nominal.date, to: day.date, name: nominal.row?.name }];
}

function dueFact(calendar: WorkingCalendar, run: Run, due: Due): DerivationFact {
  const { date, time } = localTime(calendar, due.at);
  return { rule: 'due', date, time, endOfDay: (run.then.at(-1) ?? run.left).unit !== 'workingTime' };
}

function endedFact(
  calendar: WorkingCalendar,
  end: Happening,
  { inTime, left }: { inTime?: boolean | undefined; left?: Amount },
): DerivationFact {
  return { rule: 'ended', happening: end, ...momentOf(calendar, end), inTime, left };
}
