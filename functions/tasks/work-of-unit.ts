import type { DoneGlance, TaskGlance } from '../../domain/ports/dossier-store.ts';
import { mondayOf } from '../../domain/time/monday-of.ts';
import { localDate, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { Head } from '../../schemas/dossier.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { OfficialsDecisions, RatedProcedure, StageWork, WeekOfResults, Work } from '../../schemas/work.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { MOST_COUNTED, soonUntilOf } from './count-work.ts';
import { type Looker, sightOf } from './inbox.ts';

/** Closed dossiers looked at: each is read, unlike open work, which its index tells. */
export const RESULTS_COUNTED = 200;
const WEEKS = 12;
const DAY_MS = 86_400_000;

/** Where the work of a unit stands: what waits at each stage, and what became of the dossiers that it closed last. */
export async function workOfUnit(
  { store, clock }: Pick<Platform, 'store' | 'clock'>,
  catalogue: Catalogue,
  looker: Looker,
  { unit = looker.appointment.unit }: { unit?: string | undefined },
): Promise<{ ok: true; work: Work } | Refused> {
  const now = clock.now();
  const organisation = await catalogue.directory.at(catalogue, now);
  const today = organisation.today(unit);
  if (today === undefined || !sightOf(organisation, looker).units.includes(unit))
    return refuse('wrong-unit', `expected a unit in which you hold an appointment, got ${unit}`);
  const calendar = await catalogue.calendarOf(unit);
  const soonUntil = soonUntilOf(calendar, today);
  const [since = today] = weeksUntil(today);
  const [open, closed, done] = await Promise.all([
    // One more than is counted shows whether there are more.
    store.glanceAtTasks({ unit }, MOST_COUNTED + 1),
    store.byUnit({ unit, status: 'closed', order: 'updated' }, { limit: RESULTS_COUNTED }),
    // A day on earth begins fourteen hours before it does in Greenwich, at most.
    store.workDoneIn({ unit, since: new Date(Date.parse(since) - DAY_MS).toISOString() }, MOST_COUNTED + 1),
  ]);
  const stages = stagesOf(open.slice(0, MOST_COUNTED), { now, today, soonUntil });
  const results = resultsOf(closed.items, { complete: closed.next === undefined, calendar, today });
  const stagesComplete = open.length <= MOST_COUNTED;
  return {
    ok: true,
    work: {
      unit,
      today,
      soonUntil,
      stages,
      stagesComplete,
      results,
      decisions: decisionsOf(done, { calendar, today }),
      ratings: ratingsOf(closed.items),
    },
  };
}

function stagesOf(
  open: readonly TaskGlance[],
  { now, today, soonUntil }: { now: number; today: string; soonUntil: string },
): StageWork[] {
  const groups = Map.groupBy(open, ({ procedure, stage }) => `${procedure}#${stage}`);
  return [...groups.values()]
    .map((tasks) => {
      const [{ procedure, stage } = { procedure: '', stage: '' }] = tasks;
      return {
        procedure,
        stage,
        open: tasks.length,
        late: tasks.filter(({ due }) => due !== null && due < today).length,
        soon: tasks.filter(({ due }) => due !== null && due >= today && due <= soonUntil).length,
        taken: tasks.filter(({ taken }) => taken).length,
        waitedDays: median(tasks.map(({ opened }) => days(Date.parse(opened), now))) ?? 0,
      };
    })
    .toSorted(
      (a, b) => b.late - a.late || compare(a.procedure, b.procedure) || b.open - a.open || compare(a.stage, b.stage),
    );
}

interface Ended {
  on: string;
  days: number;
  late: boolean;
}

function resultsOf(
  heads: readonly Head[],
  { complete, calendar, today }: { complete: boolean; calendar: WorkingCalendar; today: string },
): Work['results'] {
  const ended = heads.flatMap(({ submitted, settled, due }): Ended[] => {
    if (settled === undefined) return [];
    const on = localDate(calendar, Date.parse(settled));
    return [{ on, days: days(Date.parse(submitted), Date.parse(settled)), late: due !== null && on > due }];
  });
  // What was not counted changed before the last of these did, so it had its result before as well: later weeks are whole.
  const last = heads.at(-1);
  const since = complete || last === undefined ? '' : localDate(calendar, Date.parse(last.updated));
  const weeks = weeksUntil(today).filter((from) => from > since);
  const first = ended.map(({ on }) => on).toSorted()[0];
  return {
    ...tally(ended),
    complete,
    weeks: weeks
      .filter((from) => first !== undefined && from >= mondayOf(first))
      .map((from, index, all): WeekOfResults => {
        const next = all[index + 1];
        return { from, ...tally(ended.filter(({ on }) => on >= from && (next === undefined || on < next))) };
      }),
  };
}

interface Decided {
  official: string;
  on: string;
  days: number;
}

function decisionsOf(
  done: readonly DoneGlance[],
  { calendar, today }: { calendar: WorkingCalendar; today: string },
): Work['decisions'] {
  const complete = done.length <= MOST_COUNTED;
  const counted = done.slice(0, MOST_COUNTED).map(({ official, opened, decided }): Decided => ({
    official,
    on: localDate(calendar, Date.parse(decided)),
    days: days(Date.parse(opened), Date.parse(decided)),
  }));
  const [first = today] = weeksUntil(today);
  const whole = weeksUntil(today).filter((from) => complete || from > (counted.at(-1)?.on ?? ''));
  const byOfficial = Map.groupBy(
    counted.filter(({ on }) => on >= first),
    ({ official }) => official,
  );
  const officials = [...byOfficial].map(([official, own]): OfficialsDecisions => ({
    official,
    decided: own.length,
    medianDays: median(own.map((each) => each.days)) ?? 0,
    weeks: whole.map((from, index) => {
      const next = whole[index + 1];
      const those = own.filter(({ on }) => on >= from && (next === undefined || on < next));
      return { from, decided: those.length, medianDays: median(those.map((each) => each.days)) ?? null };
    }),
  }));
  return { officials: officials.toSorted((a, b) => compare(a.official, b.official)), complete };
}

/** At most this many points are a complaint. */
const LOW = 2;

function ratingsOf(heads: readonly Head[]): RatedProcedure[] {
  const ratings = [...Map.groupBy(heads, ({ procedure }) => procedure)].map(([procedure, own]) => {
    const scores = own.flatMap(({ rated }) => rated ?? []);
    const sum = scores.reduce((all, score) => all + score, 0);
    return {
      procedure,
      dossiers: own.length,
      rated: scores.length,
      mean: scores.length === 0 ? null : Math.round((sum / scores.length) * 10) / 10,
      low: scores.filter((score) => score <= LOW).length,
    };
  });
  return ratings.toSorted((a, b) => b.rated - a.rated || compare(a.procedure, b.procedure));
}

function tally(ended: readonly Ended[]): Pick<WeekOfResults, 'dossiers' | 'late' | 'medianDays'> {
  return {
    dossiers: ended.length,
    late: ended.filter(({ late }) => late).length,
    medianDays: median(ended.map((each) => each.days)) ?? null,
  };
}

/** Mondays of the last weeks, this one included, the oldest first. */
function weeksUntil(today: string): string[] {
  const mondays = [mondayOf(today)];
  while (mondays.length < WEEKS) mondays.push(mondayOf(mondays.at(-1) ?? today, 1));
  return mondays.toReversed();
}

/** Rounded to a tenth. */
function days(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) / (DAY_MS / 10)) / 10);
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : Math.round((upper + lower) * 5) / 10;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
