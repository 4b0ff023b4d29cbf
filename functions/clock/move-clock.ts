import { following, hasEnded, stageHolding } from '../../domain/dossier/fold-clock.ts';
import type { ClockHappening, Dossier } from '../../domain/dossier/state.ts';
import { limitOf, type Limit } from '../../domain/time/clock-policy.ts';
import type { Deadline } from '../../domain/time/derive-deadline.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import { statutoryDeadline } from '../dossiers/deadline.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Result } from '../../schemas/procedure/closed-sets.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';
import { evaluatorOnLeaving, type Leave } from '../stages/foresight.ts';
import type { Standing } from '../stages/standing.ts';
import { clockDate } from './alarms.ts';
import { clockAtStage } from './during.ts';

type Effect = { kind: 'start' | 'resume' } | { kind: 'restart'; limit: Limit | undefined };

/** What leaving a stage does to the clock: starts it, lets it go on, ends it. */
export async function moveClock(standing: Standing, from: Leave, accepted: boolean): Promise<EventBody[]> {
  const { procedure, loaded, evaluator, now } = standing;
  const { dossier } = loaded;
  const cause = `${from.stage}.${from.outcome}`;
  const ended: EventBody[] =
    isEnd(procedure, cause) && dossier.promise !== null && !hasEnded(dossier)
      ? [{ type: 'ClockEnded', data: { cause } }]
      : [];
  const effect = await effectOf(standing, from, accepted);
  if (!effect) return ended;
  const at = new Date(now).toISOString();
  const startsAt = effect.kind === 'start' && procedure.clock.starts === 'submitted' ? dossier.submitted : at;
  const limit = effect.kind === 'restart' && effect.limit ? { limit: effect.limit } : {};
  const happening = { at: effect.kind === 'start' ? startsAt : at, kind: effect.kind, cause, ...limit };
  const deadline = await statutoryDeadline(standing, following(dossier.clock, happening), evaluator);
  if (deadline.state !== 'due')
    return effect.kind === 'start'
      ? ended
      : [{ type: 'ClockResumed', data: { clock: effect.kind, cause, ...limit } }, ...ended];
  // Whether silence still counts is judged with the outcome: an applicant who let his term pass may have lost it.
  const date = await clockDate(standing, evaluatorOnLeaving(standing, from), deadline);
  const promise: EventBody = {
    type: 'PromiseMade',
    data: { ...date, startsAt: dossier.promise?.startsAt ?? startsAt, clock: effect.kind, cause, ...limit },
  };
  return [promise, ...ended];
}

/** A clock that submission starts runs before anybody has accepted anything. What a calendar cannot say yet is asked again at acceptance. */
export async function startOnSubmission(
  lawful: Pick<Standing, 'procedure' | 'calendar'>,
  evaluator: Evaluator,
  now: number,
): Promise<EventBody[]> {
  if (lawful.procedure.clock.starts !== 'submitted') return [];
  const startsAt = new Date(now).toISOString();
  try {
    const deadline = await statutoryDeadline(lawful, [{ at: startsAt, kind: 'start', cause: 'submitted' }], evaluator);
    if (deadline.state !== 'due') return [];
    const date = await clockDate(lawful, evaluator, deadline);
    return [{ type: 'PromiseMade', data: { ...date, startsAt, clock: 'start', cause: 'submitted' } }];
  } catch (error) {
    if (error instanceof TaskTerminal) return [];
    throw error;
  }
}

/** Results by which a dossier ends without a decision: nobody waits for a date any more. */
const UNDECIDED: ReadonlySet<Result | undefined> = new Set<Result>(['returned', 'stopped', 'withdrawn', 'transferred']);

/** What leaving entails where it leads straight to an end without a decision: a clock that stands does not go on for that, and no date is promised. */
export function leavingClockStanding({ stages }: Procedure, next: string, events: EventBody[]): EventBody[] {
  const stage = stages[next];
  if (stage?.kind !== 'notify' || !UNDECIDED.has(stage.result)) return events;
  return events.filter(
    ({ type, data }) => type !== 'ClockResumed' && !(type === 'PromiseMade' && data.clock !== 'start'),
  );
}

function isEnd({ clock: { ends } }: Standing['procedure'], cause: string): boolean {
  return Array.isArray(ends) ? ends.includes(cause) : ends === cause;
}

async function effectOf(
  { procedure, loaded, evaluator }: Standing,
  from: Leave,
  accepted: boolean,
): Promise<Effect | undefined> {
  const { dossier } = loaded;
  const { starts } = procedure.clock;
  const begins = starts === undefined || starts === 'submitted' ? accepted : starts === `${from.stage}.${from.outcome}`;
  if (begins && dossier.promise === null) return { kind: 'start' };
  if (dossier.promise === null || hasEnded(dossier) || stageHolding(dossier) !== from.stage) return undefined;
  const { effect, term } = clockAtStage(procedure, from.stage) ?? {};
  if (effect !== 'restarts') return { kind: 'resume' };
  if (term === undefined) return { kind: 'restart', limit: undefined };
  return { kind: 'restart', limit: await evaluatedLimit(evaluator, term, `clock.during.${from.stage}`) };
}

async function evaluatedLimit(evaluator: Evaluator, term: unknown, where: string): Promise<Limit> {
  const limit = limitOf((await evaluator.value(term)) as Parameters<typeof limitOf>[0]);
  if (!limit) throw new TaskTerminal(`${where}: expected one unit with an amount`);
  return limit;
}

/** What the clock does when a stage opens; nothing if it runs on, has not begun, or has ended. */
export async function holdClock(standing: Standing, stage: string): Promise<EventData<'ClockStopped'> | undefined> {
  const { procedure, loaded } = standing;
  const { dossier } = loaded;
  const during = clockAtStage(procedure, stage);
  if (during === undefined || during.effect === 'runs' || dossier.promise === null) return undefined;
  if (dossier.settled !== null || hasEnded(dossier) || stageHolding(dossier) !== undefined) return undefined;
  const { effect, term, counting = 'excess' } = during;
  if (effect !== 'stopsIfOver') return { stage, effect };
  const ifOver = { limit: await evaluatedLimit(standing.evaluator, term, `clock.during.${stage}`), counting };
  return { stage, effect: 'stopsIfOver', ifOver, ...(await stillDue(standing, stage, ifOver)) };
}

/** A stage that stops the clock only if it lasts lets a date before the end of that term stand. */
async function stillDue(
  standing: Standing,
  stage: string,
  ifOver: NonNullable<EventData<'ClockStopped'>['ifOver']>,
): Promise<Pick<EventData<'ClockStopped'>, 'alarms'>> {
  const { loaded, now, evaluator } = standing;
  const stop: ClockHappening = { at: new Date(now).toISOString(), kind: 'stop', cause: stage, ifOver };
  const deadline = await statutoryDeadline(standing, following(loaded.dossier.clock, stop), evaluator);
  if (deadline.state !== 'due') return {};
  const { alarms } = await clockDate(standing, evaluator, deadline);
  return alarms ? { alarms } : {};
}

/** The date of a clock as these happenings leave it, for an event that tells it; none while it stands still. */
export async function dateAfter(
  standing: Standing,
  happenings: Dossier['clock'],
): Promise<{ date?: Awaited<ReturnType<typeof clockDate>>; deadline: Extract<Deadline, { ok: true }> }> {
  const deadline = await statutoryDeadline(standing, happenings, standing.evaluator);
  if (deadline.state !== 'due') return { deadline };
  return { date: await clockDate(standing, standing.evaluator, deadline), deadline };
}
