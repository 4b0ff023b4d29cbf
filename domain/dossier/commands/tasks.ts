import type { Actor } from '../../../schemas/actor.ts';
import type { DocumentRef } from '../../../schemas/dossier.ts';
import type { EventBody } from '../../../schemas/events.ts';
import { Assurance } from '../../../schemas/procedure/closed-sets.ts';
import { refuse, refuseFor, type Refused, type Winner } from '../../../schemas/refusals.ts';
import { mayPassOn, opensStep } from '../../authority/rules.ts';
import { refusePaperOnly } from '../paper.ts';
import { type Dossier, isAnsweredBySilence, isBeside, type TaskState } from '../state.ts';
import { accept, type Decision, type Skipped } from './decision.ts';
import { skippedEvents } from './stages.ts';

type Secret = Readonly<Record<string, unknown>>;
type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** Who stands before the task: an official in an appointment, or the party that is asked. */
export type Claimant = OfficialActor | Extract<Actor, { kind: 'applicant' }>;

/** Outcomes that say no to the applicant, or not yet: they need a reason in writing (Decree 61/2018 art. 19). */
export const NEEDS_REASON: ReadonlySet<string> = new Set([
  'incomplete',
  'refused',
  'invalid',
  'rejected',
  'returned',
  'declined',
  'failed',
  'opposed',
  'misdirected',
  'drafted',
  'lost',
  'notPosted',
]);

export interface DecideTask {
  task: string;
  outcome: string;
  by: Claimant;
  comment?: string;
  documents: DocumentRef[];
  missing: string[];
  secret?: Secret;
  /** A new form, with the facts computed anew, lies in the secret. */
  revises: boolean;
  /** What the step produced: a signature, a number. */
  with?: readonly EventBody[];
  /** Absent while further steps of the stage remain, or the platform has still to seal the issue. */
  leaves?: {
    next: string;
    skipped: readonly Skipped[];
    with?: readonly EventBody[];
    /** If it is not this decision's. */ outcome?: string;
  };
  /** The next step of the stage. */
  opens?: Extract<EventBody, { type: 'TaskOpened' }>['data']['opening'];
}

/** Decides a task once. Authority over unit and role, assurance, separation of duties and the offered outcomes are judged here, at the moment of acting. */
export function decideTask(d: Dossier, command: DecideTask): Decision {
  const task = d.tasks[command.task];
  if (!task) return refuse('unknown-task', `expected a task of dossier ${d.id}, got ${command.task}`);
  const refused = refuseTask(d, task, command.by, command) ?? refuseOutcome(task, command);
  if (refused) return refused;
  const { stage, visit, step } = task;
  const decided: EventBody = {
    type: 'TaskDecided',
    data: {
      task: task.task,
      step,
      stage,
      visit,
      outcome: command.outcome,
      documents: command.documents,
      missing: command.missing,
      revises: command.revises,
    },
    ...(command.secret && { secret: command.secret }),
  };
  const events = [decided, ...(command.with ?? [])];
  if (command.opens) events.push({ type: 'TaskOpened', data: { run: d.run, stage, visit, opening: command.opens } });
  if (command.leaves)
    events.push(
      ...leaveEvents(d, {
        stage,
        visit,
        by: 'task',
        ...command.leaves,
        outcome: command.leaves.outcome ?? command.outcome,
      }),
    );
  return accept(...events);
}

interface Leaving {
  stage: string;
  visit: number;
  outcome: string;
  by: 'task' | 'timer' | 'payment' | 'platform';
  next: string;
  skipped: readonly Skipped[];
  with?: readonly EventBody[];
}

function leaveEvents(d: Dossier, leaving: Leaving): EventBody[] {
  const { stage, visit, outcome, next, by } = leaving;
  return [
    { type: 'StageLeft', data: { run: d.run, stage, visit, outcome, next, by } },
    ...(leaving.with ?? []),
    ...skippedEvents(d, d.run, leaving.skipped),
    ...(next === 'end' ? [{ type: 'DossierClosed' as const, data: { result: d.result ?? ('stopped' as const) } }] : []),
  ];
}

/** Leaves an open stage without a decision: its time has passed, it was paid, or the platform has sealed what was signed. */
export function leaveStage(d: Dossier, leaving: Leaving): Decision {
  const state = d.stages[leaving.stage];
  if (d.stage !== leaving.stage || state?.left !== null || state.visits !== leaving.visit) return accept();
  return accept(...leaveEvents(d, leaving));
}

/** Takes a task. `abandoned`: who has it holds no office any more in which he could do it. */
export function claimTask(d: Dossier, command: { task: string; by: OfficialActor; abandoned?: boolean }): Decision {
  const task = d.tasks[command.task];
  if (!task) return refuse('unknown-task', `expected a task of dossier ${d.id}, got ${command.task}`);
  const refused = refuseTask(d, command.abandoned ? { ...task, claimedBy: null } : task, command.by, 'claim');
  if (refused) return refused;
  return task.claimedBy === command.by.id ? accept() : accept({ type: 'TaskClaimed', data: { task: task.task } });
}

export function releaseTask(d: Dossier, command: { task: string; by: OfficialActor }): Decision {
  const task = d.tasks[command.task];
  if (!task) return refuse('unknown-task', `expected a task of dossier ${d.id}, got ${command.task}`);
  const closed = refuseClosed(task);
  if (closed) return closed;
  if (task.claimedBy === null) return accept();
  if (!handsOf(command.by).includes(task.claimedBy)) return refuseClaimed(task.claimedBy);
  return accept({ type: 'TaskReleased', data: { task: task.task } });
}

/** Whether this claimant may act on this task now, and by this outcome; the first reason why not. */
export function refuseTask(
  d: Dossier,
  task: TaskState,
  by: Claimant,
  what: { outcome: string; documents?: readonly DocumentRef[] } | 'claim' | 'late',
): Refused | undefined {
  if (what === 'late') return refuseLate(task) ?? refuseAuthority(d, task, by, 'system');
  const closed = refuseClosed(task);
  if (closed) return closed;
  // An apology is owed all the more for one that stands still, and so are originals.
  if (d.parked && !isBeside(task.kind))
    return refuse('wrong-status', 'expected a dossier in process; it is parked until somebody resumes it');
  const mayNot = refuseAuthority(d, task, by, what === 'claim' ? 'system' : leastAssurance(task, what.outcome));
  return mayNot ?? (what === 'claim' ? undefined : refusePaperOnly(d, task, what));
}

/** Whether what was announced has come: a visit is not made before the time that the applicant was told. */
export function refuseTooEarly({ notBefore }: TaskState, now: number): Refused | undefined {
  if (notBefore === undefined || Date.parse(notBefore) <= now) return undefined;
  return refuse('too-early', `expected a visit from ${notBefore} on, as it was announced`);
}

/** What silence has answered can still be said once, without effect. */
function refuseLate(task: TaskState): Refused | undefined {
  if (isAnsweredBySilence(task) && !task.cancelled && task.late === undefined) return undefined;
  return refuse('task-closed', 'expected an opinion that is late and has not come yet');
}

function refuseAuthority(d: Dossier, task: TaskState, by: Claimant, least: Assurance): Refused | undefined {
  if (by.kind === 'applicant')
    return task.party === null ? refuse('not-entitled', 'this task is for an official') : undefined;
  if (task.party !== null) return refuse('not-entitled', `this task is for the party ${task.party}`);
  const foreign = refuseOffice(task, by);
  if (foreign) return foreign;
  if (task.people && !task.people.includes(by.id))
    return refuse('not-entitled', `expected one of ${task.people.join(', ')}, acted as ${by.id}`);
  if (task.claimedBy !== null && !handsOf(by).includes(task.claimedBy)) return refuseClaimed(task.claimedBy);
  if (Assurance.options.indexOf(by.assurance) < Assurance.options.indexOf(least))
    return refuse('assurance-too-low', `expected assurance ${least}, came with ${by.assurance}`);
  return refuseSameHands(d, task, by);
}

/** Who comes too late is told who has it. */
function refuseClaimed(claimedBy: string): Refused {
  const detail = `official ${claimedBy} has taken this task; it can be released, handed over or reassigned`;
  return { ok: false, refusal: { code: 'claimed-by-another', detail, claimedBy } };
}

/** What stands of a task that is over: who came too late is told what was decided, by whom and when. */
export function refuseClosed(task: TaskState): Refused | undefined {
  const { decided, cancelled } = task;
  if (decided) {
    const { outcome, by, at } = decided;
    const office = by.kind === 'official' ? by.onBehalfOf : undefined;
    const winner: Winner = {
      outcome,
      by: by.kind === 'official' ? by.id : by.kind,
      ...(office && { onBehalfOf: `${office.unit}/${office.role}` }),
      at,
    };
    const detail = `expected an open task, got one that is decided (${outcome}, by ${winner.by}, ${at})`;
    return { ok: false, refusal: { code: 'task-closed', detail, decided: winner } };
  }
  const lapsed = isAnsweredBySilence(task) ? 'answered by silence' : cancelled ? 'cancelled' : undefined;
  return lapsed === undefined ? undefined : refuse('task-closed', `expected an open task, got one that is ${lapsed}`);
}

/** Whether a link is still one of its task's: it is not once the task was handed on. */
export function isHeld({ links = [] }: TaskState, link: string): boolean {
  return links.some((each) => each.link === link);
}

/** Why a link decides nothing any more: its time is over, or its task was handed on. No link is no hindrance. */
export function refuseEnded(
  task: TaskState,
  by: { link: string; until: number } | undefined,
  now: number,
): Refused | undefined {
  if (!by) return undefined;
  const { link, until } = by;
  if (now >= until) return refuse('link-expired', `link ${link}: it held until ${new Date(until).toISOString()}`);
  return isHeld(task, link) ? undefined : refuse('link-expired', `link ${link}: its task was handed on`);
}

/** Whether it is the work of the office in which somebody acts: his own, or that for which he acts. */
function refuseOffice(task: TaskState, by: OfficialActor): Refused | undefined {
  const { unit, role } = by.onBehalfOf ?? by;
  if (task.unit !== unit) return refuse('wrong-unit', `expected unit ${task.unit ?? 'none'}, acted in ${unit}`);
  if (task.role !== role) return refuse('wrong-role', `expected role ${task.role ?? 'none'}, acted as ${role}`);
  const kinds = (by.onBehalfOf?.instruments ?? []).map(({ kind }) => kind);
  const shut = kinds.find((kind) => !opensStep(kind, task.step));
  if (shut !== undefined)
    return refuse('no-authority', `step ${task.step} is not done by an instrument of kind ${shut}`);
  const [given, passed] = kinds;
  if (given !== undefined && passed !== undefined && !mayPassOn(given, passed))
    return refuse(
      'no-authority',
      `what an instrument of kind ${given} gives cannot be passed on by one of kind ${passed}`,
    );
  return undefined;
}

/** Everybody by whose hand this is done: the one who acts, and those for whom he does. */
export function handsOf(by: OfficialActor): string[] {
  return [by.id, ...(by.onBehalfOf?.officials ?? [])];
}

/** Who declines to sign leaves no signature: there is nothing that it could be on. */
function leastAssurance(task: TaskState, outcome: string): Assurance {
  if (!task.step.startsWith('personal')) return task.assurance;
  // Whatever the task was opened with: a person's signature is proved by nothing less.
  if (outcome === 'signed') return 'signature';
  return task.assurance === 'signature' ? 'login' : task.assurance;
}

function refuseSameHands(d: Dossier, task: TaskState, by: OfficialActor): Refused | undefined {
  const hands = handsOf(by);
  for (const other of Object.values(d.tasks)) {
    if (!task.separateFrom.includes(other.stage) || other.decided?.by.kind !== 'official') continue;
    // Steps of one stage are separate within a visit.
    if (other.stage === task.stage && other.visit !== task.visit) continue;
    const shared = handsOf(other.decided.by).find((id) => hands.includes(id));
    if (shared === undefined) continue;
    return refuseFor(
      'duties-not-separate',
      `stage ${task.stage} must be decided by somebody else than stage ${other.stage}, which ${shared} decided, himself or by another`,
      { rule: 'same-hands', official: shared },
    );
  }
  return undefined;
}

/** Whether this outcome is offered, and has the reason that it needs. */
export function refuseOutcome(
  task: TaskState,
  command: Pick<DecideTask, 'outcome' | 'by'> & { comment?: string | undefined },
): Refused | undefined {
  if (!task.outcomes.includes(command.outcome)) {
    return refuse('outcome-not-offered', `expected one of ${task.outcomes.join(', ')}; got ${command.outcome}`, [
      { at: '/outcome', expected: task.outcomes.join(' | '), found: command.outcome },
    ]);
  }
  if (command.by.kind === 'official' && NEEDS_REASON.has(command.outcome) && !command.comment?.trim()) {
    return refuse('reason-missing', `outcome ${command.outcome} needs a written reason`, [
      { at: '/comment', expected: 'a written reason' },
    ]);
  }
  return undefined;
}
