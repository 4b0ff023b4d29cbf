import type { TaskOpening } from '../../../schemas/dossier.ts';
import type { EventBody, EventData } from '../../../schemas/events.ts';
import type { AskPurpose, Result, StageKind } from '../../../schemas/procedure/closed-sets.ts';
import { refuse, type Refused } from '../../../schemas/refusals.ts';
import type { Dossier } from '../state.ts';
import { accept, type Decision, type Skipped } from './decision.ts';
import { recallChildren } from '../children.ts';
import { voidUnissued } from './papers.ts';

type Secret = Readonly<Record<string, unknown>>;

export interface EnterStage {
  run: number;
  stage: string;
  kind: StageKind;
  asks?: AskPurpose;
  /** What of it needs paper. */
  paper?: EventData<'StageEntered'>['paper'];
  tasks: TaskOpening[];
  until?: string;
  onTime?: string;
  /** What the clock does when the stage opens. */
  stopsClock?: EventData<'ClockStopped'> | undefined;
  secret?: Secret;
}

/** Opens a stage that waits for somebody. Opening it again changes nothing: a task's id is dossier, stage and visit. */
export function enterStage(d: Dossier, command: EnterStage): Decision {
  const stale = refuseStale(d, command.run, command.stage);
  if (stale) return stale;
  if (d.stages[command.stage]?.left === null) return accept();
  const { run, stage, kind, asks, paper, tasks, until, onTime, secret } = command;
  const visit = visitOf(d, stage);
  const entered: EventBody = {
    type: 'StageEntered',
    data: {
      run,
      stage,
      visit,
      kind,
      tasks,
      ...(asks && { asks }),
      ...(paper && { paper }),
      ...(until && { until }),
      ...(onTime && { onTime }),
    },
    ...(secret && { secret }),
  };
  return command.stopsClock ? accept(entered, { type: 'ClockStopped', data: command.stopsClock }) : accept(entered);
}

export interface PassStage {
  run: number;
  stage: string;
  kind: StageKind;
  outcome: string;
  next: string;
  why: 'system' | 'call' | 'notify';
  skipped: readonly Skipped[];
  /** Events that belong to it: a code, a number, a notice. */
  with?: readonly EventBody[];
  result?: { result: Result; issues: string[] };
  secret?: Secret;
}

/** Does a stage that the platform does itself. Doing it again changes nothing. */
export function passStage(d: Dossier, command: PassStage): Decision {
  const stale = refuseStale(d, command.run, command.stage);
  if (stale) return stale;
  const { run, stage, kind, outcome, next, why, secret, result } = command;
  const passed: EventBody = {
    type: 'StagePassed',
    data: { run, stage, visit: visitOf(d, stage), kind, outcome, next, why },
    ...(secret && { secret }),
  };
  const settled: EventBody[] =
    result && d.settled === null
      ? [{ type: 'DossierSettled', data: { result: result.result, stage, issues: result.issues } }]
      : [];
  const end: EventBody[] =
    next === 'end' ? [{ type: 'DossierClosed', data: { result: d.result ?? result?.result ?? 'stopped' } }] : [];
  return accept(passed, ...(command.with ?? []), ...settled, ...skippedEvents(d, run, command.skipped), ...end);
}

/** The stages skipped on the way to the next one. */
export function skippedEvents(d: Dossier, run: number, skipped: readonly Skipped[]): EventBody[] {
  return skipped.map(({ stage, kind, outcome, next }) => ({
    type: 'StagePassed',
    data: { run, stage, visit: visitOf(d, stage), kind, outcome, next, why: 'when' },
  }));
}

/** Number of the visit that begins, or is open. */
export function visitOf(d: Dossier, stage: string): number {
  const state = d.stages[stage];
  return (state?.visits ?? 0) + (state?.left === null ? 0 : 1);
}

/** A call by an older run, for a parked dossier, or for a stage where the dossier does not stand. */
export function refuseStale(d: Dossier, run: number, stage: string): Refused | undefined {
  if (run !== d.run) return refuse('stale-run', `expected run ${d.run}, got a call of run ${run}`);
  if (d.parked) return refuse('wrong-status', 'expected a dossier in process; it is parked until somebody resumes it');
  if (d.stage !== stage)
    return refuse(
      'wrong-status',
      `expected a call for stage ${d.stage ?? 'none: the dossier is closed'}, got ${stage}`,
    );
  return undefined;
}

/** Parks the dossier where it stands: a person sees the cause and resumes it. */
export function park(d: Dossier, command: { run: number; error: string; cause: string }): Decision {
  if (command.run !== d.run) return refuse('stale-run', `expected run ${d.run}, got a call of run ${command.run}`);
  if (d.parked || d.stage === null) return accept();
  return accept({
    type: 'DossierParked',
    data: { run: command.run, stage: d.stage, error: command.error, cause: command.cause.slice(0, 500) },
  });
}

type RunReason = Extract<EventBody, { type: 'RunRequested' }>['data']['reason'];

/** Starts the machine again at a stage. The older run's handlers and tokens are refused from now on. */
export function requestRun(d: Dossier, command: { stage: string; reason: RunReason }): Decision {
  if (d.stage === null) return refuse('wrong-status', 'expected an open dossier; it is closed');
  const why = command.reason === 'withdrawal' ? 'withdrawal' : 'broken-off';
  const elsewhere = command.stage === d.stage ? [] : [...voidUnissued(d), ...recallChildren(d, why)];
  return accept(...elsewhere, {
    type: 'RunRequested',
    data: { run: d.run + 1, stage: command.stage, reason: command.reason },
  });
}

/** A person resumes a parked dossier. */
export function resume(d: Dossier): Decision {
  if (!d.parked || d.stage === null) return refuse('wrong-status', `expected a parked dossier, got ${d.status}`);
  return requestRun(d, { stage: d.stage, reason: 'resumption' });
}
