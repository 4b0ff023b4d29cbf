import type { Head, Task } from '../../schemas/dossier.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { BookedMoney, OutboxRow, Timer } from '../ports/dossier-store.ts';
import { LEAVES_STANDING } from './fold-issues.ts';
import { moneyEntries } from './money-entries.ts';
import { outboxRows } from './outbox-rows.ts';
import { paperDebt } from './paper.ts';
import {
  type ChildState,
  type Dossier,
  isAnsweredBySilence,
  LATENESS,
  type StageState,
  type TaskState,
} from './state.ts';

/** What a store keeps beside the events, all computed from them. */
export interface Projection {
  head: Head;
  tasks: Task[];
  timers: { set: Timer[]; clear: string[] };
  outbox: OutboxRow[];
  money: BookedMoney[];
}

/** The rows that change when `events` lead from one state to the next. */
export function project(before: Dossier | undefined, after: Dossier, events: readonly DossierEvent[]): Projection {
  return {
    head: headOf(after),
    tasks: Object.entries(after.tasks)
      .filter(([id, task]) => before?.tasks[id] !== task || (isOpen(task) && isRelabelled(before, after)))
      .map(([, task]) => taskOf(after, task)),
    timers: timersOf(before, after),
    outbox: outboxRows(before, after, events),
    money: moneyEntries(before, after, events),
  };
}

/** Queues show a task with the dossier's code, its promised date and its label, which lies with the facts. */
function isRelabelled(before: Dossier, after: Dossier): boolean {
  return (
    before.code !== after.code ||
    before.promise?.due !== after.promise?.due ||
    before.secrets.facts !== after.secrets.facts
  );
}

export function isOpen(task: TaskState): boolean {
  return task.decided === null && !task.cancelled && !isAnsweredBySilence(task);
}

export function headOf(d: Dossier): Head {
  return {
    id: d.id,
    version: d.version,
    hash: d.hash,
    run: d.run,
    stage: d.stage,
    reference: d.reference,
    code: d.code,
    procedure: d.procedure,
    procedureVersion: d.procedureVersion,
    applicantKey: d.applicantKey,
    receivingUnit: d.receivingUnit,
    unit: d.unit,
    status: d.status,
    portal: d.portal,
    financial: d.financial,
    delivery: d.delivery,
    result: d.result,
    due: d.promise?.due ?? null,
    ...affectedOf(d),
    ...validOf(d),
    ...debtOf(d),
    submitted: d.submitted,
    ...(d.settled !== null && { settled: d.settled }),
    ...(d.rated !== null && { rated: d.rated }),
    updated: d.updated,
    ...(d.closed !== undefined && { closed: d.closed }),
    ...(Object.keys(d.holds ?? {}).length > 0 && { held: true as const }),
    ...(d.disposed && { disposed: d.disposed }),
  };
}

/** What anybody who holds such a paper must be told. */
function affectedOf(d: Dossier): Pick<Head, 'affected'> {
  const affected = Object.entries(d.issues).flatMap(([issue, { copy, affected: each = [] }]) =>
    each.map(({ effect, code, number, at }) => ({ issue, copy, effect, by: number, code, at })),
  );
  return affected.length > 0 ? { affected } : {};
}

/** What a print's reader must be told: whether the time of the paper is over. Of one that a later result ended or extended, that result tells. */
function validOf(d: Dossier): Pick<Head, 'valid'> {
  if (d.settled === null) return {};
  const valid = Object.entries(d.issues).flatMap(([issue, { copy, sealed, affected = [] }]) =>
    sealed?.valid && affected.every(({ effect }) => LEAVES_STANDING.has(effect))
      ? [{ issue, copy, until: sealed.valid.until }]
      : [],
  );
  return valid.length > 0 ? { valid } : {};
}

function debtOf(d: Dossier): Pick<Head, 'paper' | 'gaps'> {
  const paper = paperDebt(d);
  return { ...(paper && { paper }), ...(d.gaps && { gaps: d.gaps }) };
}

function taskOf(d: Dossier, task: TaskState): Task {
  return {
    id: task.task,
    dossier: d.id,
    reference: d.reference,
    code: d.code,
    procedure: d.procedure,
    stage: task.stage,
    kind: task.kind,
    visit: task.visit,
    step: task.step,
    unit: task.unit,
    role: task.role,
    party: task.party,
    outcomes: [...task.outcomes],
    assurance: task.assurance,
    status: statusOf(task),
    claimedBy: task.claimedBy,
    ...(task.people && { people: [...task.people] }),
    opened: task.opened,
    due: lastDayOf(d, task),
    ...(task.decided?.by.kind === 'official' && { decided: { by: task.decided.by.id, at: task.decided.at } }),
  };
}

/** What an official of a unit has done, as units count it; notes are no work. */
export function workDone(task: Task): { unit: string; official: string; at: string } | undefined {
  const { unit, decided } = task;
  if (unit === null || !decided || isNote(task)) return undefined;
  return { unit, official: decided.by, at: decided.at };
}

/** The last day of the work where it has a term of its own, else the promised date. */
export function lastDayOf({ promise }: Pick<Dossier, 'promise'>, { due, part }: TaskState): string | null {
  return due ?? part?.due ?? promise?.due ?? null;
}

/** Whether it says only that a promised date has passed: beside the work on the dossier, which is open as well and late. */
export function isNote({ kind, outcomes }: Pick<Task, 'kind' | 'outcomes'>): boolean {
  return kind === LATENESS && outcomes.includes('noted');
}

/** In whose own queue a task is: who has taken it, or is alone to do it. */
export function personOf({ claimedBy, people }: Pick<Task, 'claimedBy' | 'people'>): string | null {
  const [only = null, ...others] = people ?? [];
  return claimedBy ?? (others.length === 0 ? only : null);
}

function statusOf(task: TaskState): Task['status'] {
  if (task.decided) return 'done';
  if (task.cancelled) return 'cancelled';
  return isAnsweredBySilence(task) ? 'lapsed' : 'open';
}

function timersOf(before: Dossier | undefined, after: Dossier): Projection['timers'] {
  const running = (d: Dossier | undefined): Map<string, Timer> =>
    new Map([
      ...Object.entries(d?.stages ?? {}).flatMap(([stage, state]) =>
        d && isTimed(d, stage, state) ? [timerOf(d, stage, state)] : [],
      ),
      ...(d ? clockTimers(d) : []),
      ...(d ? reminders(d) : []),
      ...Object.values(d?.tasks ?? {}).flatMap((task) => (d ? opinionTimers(d, task) : [])),
      ...Object.values(d?.children ?? {}).flatMap((child) => (d ? childTimers(d, child) : [])),
    ]);
  const was = running(before);
  const is = running(after);
  return {
    set: [...is].filter(([id, timer]) => was.get(id)?.at !== timer.at).map(([, timer]) => timer),
    clear: [...was.keys()].filter((id) => !is.has(id)),
  };
}

/** A stage's time runs while the dossier stands at it; while it is parked nothing happens by itself, and what fell due meanwhile is done when it goes on. */
function isTimed(d: Dossier, stage: string, state: StageState): state is StageState & { until: string } {
  return d.stage === stage && d.parked === null && state.left === null && state.until !== null;
}

/** The term of a consulted body. What falls due while the dossier is parked is found when it goes on. */
function opinionTimers(d: Dossier, task: TaskState): [string, Timer][] {
  const { part, stage, visit } = task;
  if (part?.until === undefined || task.lapsed !== undefined || !isOpen(task)) return [];
  if (d.stage !== stage || d.parked !== null) return [];
  const id = `${stage}.${visit}.part.${part.id}`;
  return [[id, { id, dossier: d.id, at: Date.parse(part.until), kind: 'silence', stage, visit, outcome: part.id }]];
}

/** The term within which a child should have answered. It decides nothing: whoever waits is warned. */
function childTimers(d: Dossier, { child, stage, visit, part, ...state }: ChildState): [string, Timer][] {
  if (state.until === undefined || state.answer !== null || state.recalled !== null || state.late) return [];
  if (d.stage !== stage) return [];
  const id = `${stage}.${visit}.child.${part}`;
  return [[id, { id, dossier: d.id, at: Date.parse(state.until), kind: 'warn', stage, visit, outcome: child }]];
}

/** The law's time goes on while a dossier is parked. */
function clockTimers(d: Dossier): [string, Timer][] {
  return (['warn', 'silence', 'apology', 'late'] as const).flatMap((kind): [string, Timer][] => {
    const at = d.alarms[kind];
    if (at === undefined || d.stage === null) return [];
    const id = `clock.${kind}`;
    return [[id, { id, dossier: d.id, at: Date.parse(at), kind, stage: 'clock', visit: 0, outcome: kind }]];
  });
}

/** They outlive the dossier's end, not its record's. */
function reminders(d: Dossier): [string, Timer][] {
  if (d.disposed) return [];
  return Object.entries(d.issues).flatMap(([issue, { copy, sealed }]): [string, Timer][] => {
    if (sealed?.valid?.remind === undefined) return [];
    const id = `issue.${issue}.${copy}`;
    const at = Date.parse(sealed.valid.remind);
    return [[id, { id, dossier: d.id, at, kind: 'remind', stage: issue, visit: copy, outcome: 'remind' }]];
  });
}

function timerOf(d: Dossier, stage: string, state: StageState & { until: string }): [string, Timer] {
  const id = `${stage}.${state.visits}`;
  const { until, visits: visit, onTime } = state;
  return [id, { id, dossier: d.id, at: Date.parse(until), kind: 'stage', stage, visit, outcome: onTime ?? 'expired' }];
}
