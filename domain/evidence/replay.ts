import {
  type ChainedEvent,
  type DossierEvent,
  type EventData,
  eventData,
  type EventType,
} from '../../schemas/events.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { HELPER_ROLE } from '../authority/rules.ts';
import { refuseHandOver, refuseHead } from '../dossier/commands/handing-over.ts';
import { refuseTask, refuseTooEarly } from '../dossier/commands/tasks.ts';
import { refuseTransfer, workToTransfer } from '../dossier/commands/transfer.ts';
import { fold } from '../dossier/fold.ts';
import { outcomeOfChildren } from '../dossier/children.ts';
import { type ConsultedTask, COUNTS_OF_SILENCE, isOver, outcomeOfParts, partsOf } from '../dossier/opinions.ts';
import { isOpen } from '../dossier/project.ts';
import { CLOCK_TOLERANCE } from './clock-tolerance.ts';
import { ruleAgainstArchive } from './replay-archive.ts';
import { ruleAgainstCall } from './replay-calls.ts';
import { ruleAgainstChild } from './replay-children.ts';
import { ruleAgainstDate } from './replay-clock.ts';
import { ruleAgainstIntake } from './replay-intake.ts';
import { ruleAgainstLateness } from './replay-lateness.ts';
import { ruleAgainstDispatch, ruleAgainstGiving, ruleAgainstTellingUnit } from './replay-outgoing.ts';
import { ruleAgainstNumber, ruleAgainstTelling } from './replay-numbers.ts';
import { ruleAgainstRating } from './replay-rating.ts';
import { ruleAgainstContradiction, ruleAgainstSource } from './replay-sources.ts';
import { ruleAgainstTerm } from './replay-terms.ts';
import { type Dossier, outlivesStages, taskId, type TaskState } from '../dossier/state.ts';
import { ruleAgainstMoney } from './replay-money.ts';

export interface HistoryFault {
  seq: number;
  fault: 'illegal-event' | 'time-runs-back';
  expected: string;
  found: string;
}

/**
 * Whether these events could have happened: each is of the vocabulary, each decision was of one who might decide then, runs follow one another, and
 * every status moves as the transition tables allow. Answers the dossier that they make.
 */
export function replayEvents(
  events: readonly ChainedEvent[],
): { ok: true; dossier: Dossier } | { ok: false; fault: HistoryFault } {
  let dossier: Dossier | undefined;
  for (const [index, { event, hash }] of events.entries()) {
    const seq = index + 1;
    const refuse = (fault: HistoryFault['fault'], expected: string, found: string) =>
      ({ ok: false, fault: { seq, fault, expected, found } }) as const;
    const known = readEvent(event);
    if (typeof known === 'string') return refuse('illegal-event', 'an event of the vocabulary', known);
    if (dossier && Date.parse(known.at) < Date.parse(dossier.updated) - CLOCK_TOLERANCE)
      return refuse('time-runs-back', `an instant from ${dossier.updated}`, known.at);
    const against = dossier ? ruleAgainst(dossier, known) : ruleAgainstBeginning(known);
    if (against !== undefined) return refuse('illegal-event', against, `${known.type} at ${known.at}`);
    try {
      dossier = fold(dossier, known, hash);
    } catch (error) {
      return refuse('illegal-event', 'a legal transition', error instanceof Error ? error.message : String(error));
    }
  }
  return dossier
    ? { ok: true, dossier }
    : { ok: false, fault: { seq: 1, fault: 'illegal-event', expected: 'at least one event', found: 'none' } };
}

/** The event in today's vocabulary, or why it is none. */
function readEvent(stored: ChainedEvent['event']): DossierEvent | string {
  try {
    const event = upcastEvent(stored);
    if (!isEventType(event.type)) return `type ${String(event.type)}`;
    const parsed = eventData[event.type].safeParse(event.data);
    const [issue] = parsed.error?.issues ?? [];
    return issue ? `${event.type}: ${issue.path.join('.')}: ${issue.message}` : event;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventData, type);
}

/** What an older run or a closed dossier can no longer do. */
const ON_THE_WAY: ReadonlySet<EventType> = new Set([
  'RunRequested',
  'DossierMoved',
  'StageEntered',
  'StageLeft',
  'StagePassed',
  'TaskOpened',
  'TaskClaimed',
  'TaskReleased',
  'TaskHandedOver',
  'TaskDecided',
  'OpinionLapsed',
  'TermRecomputed',
  'ChildOrdered',
  'ChildNotOpened',
  'CodeAssigned',
  'LimitOverridden',
  'CallBegun',
  'UndoAnswered',
  'IntakeSigned',
  'SourceAsked',
  'PaperDemanded',
  'ApologyAsked',
  'ApologyDrafted',
  'Reappointed',
  'DeadlineMissed',
  'DossierTransferred',
  'DossierParked',
  'DossierResumed',
  'DossierSettled',
  'DossierClosed',
]);

/** Originals that are kept, money that has to go back and prints that are to be sent are taken care of after the close, too. */
function outlivesClose({ tasks, unit, receivingUnit }: Dossier, { type, data }: DossierEvent): boolean {
  const outlives = (id: string): boolean => outlivesStages(tasks[id]?.kind ?? '');
  if (type === 'DossierMoved')
    return data.unit === unit && data.receivingUnit === receivingUnit && data.tasks.every(({ task }) => outlives(task));
  if (type !== 'TaskClaimed' && type !== 'TaskReleased' && type !== 'TaskHandedOver') return false;
  return outlives(data.task);
}

/** The rule that an event breaks, said as what was expected. */
function ruleAgainst(d: Dossier, event: DossierEvent): string | undefined {
  if (d.disposed) return 'nothing more of a dossier that was disposed of';
  if (d.status === 'closed' && ON_THE_WAY.has(event.type) && !outlivesClose(d, event))
    return 'nothing more on the way of a closed dossier';
  switch (event.type) {
    case 'RunRequested':
      return event.data.run === d.run + 1 ? undefined : `run ${d.run + 1}`;
    case 'DossierTransferred':
      return ruleAgainstTransfer(d, event);
    case 'OpinionLapsed':
    case 'LateOpinionKept':
      return ruleAgainstOpinion(d, event);
    case 'TermRecomputed':
      return ruleAgainstTerm(d, event);
    case 'StageLeft':
      return event.data.run === d.run ? ruleAgainstLeaving(d, event.data) : `run ${d.run}`;
    case 'StageEntered':
      return event.data.run === d.run ? ruleAgainstTasks(d, event.data.tasks) : `run ${d.run}`;
    case 'StagePassed':
    case 'DossierParked':
      return event.data.run === d.run ? undefined : `run ${d.run}`;
    case 'TaskOpened':
      return event.data.run === d.run ? ruleAgainstOpening(d, event) : `run ${d.run}`;
    case 'DossierMoved':
      return event.actor.kind === 'platform' ? undefined : 'the platform';
    case 'PromiseMade':
    case 'ClockResumed':
      return ruleAgainstDate(d, event);
    case 'ApologyAsked':
    case 'ApologyDrafted':
    case 'Reappointed':
    case 'DeadlineMissed':
      return ruleAgainstLateness(d, event);
    case 'HoldSet':
    case 'HoldLifted':
    case 'DossierDisposed':
      return ruleAgainstArchive(d, event);
    case 'ResultAffected':
      return ruleAgainstEffect(d, event);
    case 'LimitOverridden':
      return ruleAgainstOverride(d, event);
    case 'ChildOrdered':
    case 'ChildNotOpened':
    case 'ChildFailed':
    case 'ChildAnswered':
    case 'ChildClosed':
    case 'ChildRecalled':
    case 'ChildAsked':
    case 'ChildHeard':
    case 'ChildDeadlineNeared':
    case 'ChildTermPassed':
      return event.actor.kind === 'platform' || event.type === 'ChildRecalled'
        ? ruleAgainstChild(d, event)
        : 'the platform';
    case 'SourceAsked':
    case 'SourceAnswered':
    case 'SourceFailed':
    case 'PaperDemanded':
      return ruleAgainstSource(d, event);
    case 'CallBegun':
    case 'CallAnswered':
    case 'UndoAnswered':
      return ruleAgainstCall(d, event);
    case 'NumberAsked':
    case 'NumberNotGiven':
    case 'NumberTaken':
      return ruleAgainstNumber(d, event);
    case 'KeeperTold':
    case 'KeeperNotTold':
      return ruleAgainstTelling(d, event);
    case 'IntakeSigned':
    case 'OriginalsReturned':
    case 'OriginalsLost':
      return ruleAgainstIntake(d, event);
    case 'PaymentRecorded':
    case 'RefundMade':
      return ruleAgainstMoney(d, event);
    case 'DispatchOpened':
    case 'PaperPosted':
    case 'PaperNotPosted':
      return ruleAgainstDispatch(d, event);
    case 'PaperGiven':
    case 'PaperAcknowledged':
      return ruleAgainstGiving(d, event);
    case 'PaperEffectTold':
      return ruleAgainstTellingUnit(d, event);
    case 'PaperContradicted':
    case 'ContradictionExamined':
      return ruleAgainstContradiction(d, event);
    case 'CodeAssigned':
      return d.code === null ? undefined : 'one code';
    case 'TaskDecided':
      return ruleAgainstDecision(d, event);
    case 'TaskHandedOver':
      return ruleAgainstHandOver(d, event);
    case 'IssueSealed':
      return ruleAgainstSeal(d, event.data);
    case 'RatingGiven':
      return ruleAgainstRating(d, event);
    case 'ValidityNeared':
      return ruleAgainstReminder(d, event);
    default:
      return undefined;
  }
}

/** Who helps identifies nobody. */
function ruleAgainstBeginning(event: DossierEvent): string | undefined {
  const isHelper = event.type === 'DossierSubmitted' && event.data.identifiedBy?.role === HELPER_ROLE;
  return isHelper ? 'an official in his office, who identified the applicant' : undefined;
}

/** Who heads a unit is not in the record: that the order came from there is. */
function ruleAgainstHandOver(
  d: Dossier,
  { actor, data }: Extract<DossierEvent, { type: 'TaskHandedOver' }>,
): string | undefined {
  const task = d.tasks[data.task];
  if (!task || !isOpen(task)) return 'an open task';
  if (actor.kind !== 'official') return 'an official';
  if (task.claimedBy !== data.from) return `a task that ${task.claimedBy ?? 'nobody'} has taken`;
  if (data.how === 'reassigned') return refuseHead(task, actor, (actor.onBehalfOf ?? actor).role)?.refusal.detail;
  return refuseHandOver(d, task, actor)?.refusal.detail;
}

/** Silence speaks when the term has passed and as the law says; what comes after it is of whom was asked, once. */
function ruleAgainstOpinion(
  d: Dossier,
  { type, actor, data, at }: Extract<DossierEvent, { type: 'OpinionLapsed' | 'LateOpinionKept' }>,
): string | undefined {
  const task = consulted(d.tasks[data.task]);
  if (task?.stage !== data.stage || task.visit !== data.visit) return 'an opinion that was asked for';
  if (type === 'LateOpinionKept')
    return actor.kind === 'official' ? refuseTask(d, task, actor, 'late')?.refusal.detail : 'an official of the body';
  if (!isOpen(task) || task.lapsed !== undefined) return 'an opinion that is still missing';
  if (!isOver(task, Date.parse(at)) || data.until !== task.part.until) return `a term until ${String(task.part.until)}`;
  const counts = COUNTS_OF_SILENCE[task.part.silence];
  return data.counts === counts ? undefined : `silence that counts as ${counts}`;
}

/** A consultation is left by what its parts say together, a stage that opens dossiers by what these come to, an inspection by what its record says. */
function ruleAgainstLeaving(d: Dossier, { stage, visit, outcome }: EventData<'StageLeft'>): string | undefined {
  const record = d.tasks[taskId(d.id, stage, visit, 'decision')]?.decided;
  if (d.stages[stage]?.kind === 'inspect' && record && record.outcome !== outcome) return `outcome ${record.outcome}`;
  if (d.stages[stage]?.kind === 'open') {
    const comes = outcomeOfChildren(d, stage);
    return comes === outcome ? undefined : `outcome ${comes ?? 'none while a result is missing'}`;
  }
  if (d.stages[stage]?.kind !== 'consult') return undefined;
  const said = outcomeOfParts(partsOf(d, stage));
  return said === outcome ? undefined : `outcome ${said ?? 'none while an answer is missing'}`;
}

/** Only what went out can be corrected or revoked, and the platform alone brings word of it from the later dossier. */
function ruleAgainstEffect(
  d: Dossier,
  { actor, data }: Extract<DossierEvent, { type: 'ResultAffected' }>,
): string | undefined {
  if (actor.kind !== 'platform') return 'the platform';
  const issue = d.issues[data.issue];
  const isOut = d.settled !== null && issue?.sealed != null && issue.copy === data.copy;
  return isOut ? undefined : `a paper ${data.issue}, copy ${data.copy}, that went out`;
}

/** An official lets a stage be entered once more: the entry that comes next, and each once. */
function ruleAgainstOverride(
  d: Dossier,
  { actor, data }: Extract<DossierEvent, { type: 'LimitOverridden' }>,
): string | undefined {
  if (actor.kind !== 'official') return 'an official who overrides';
  const next = (d.stages[data.stage]?.visits ?? 0) + 1;
  return data.visit === next ? undefined : `entry ${next} of stage ${data.stage}`;
}

/** Who passes a dossier on has work open in it, and takes along what is the former unit's. */
function ruleAgainstTransfer(
  d: Dossier,
  { actor, data }: Extract<DossierEvent, { type: 'DossierTransferred' }>,
): string | undefined {
  if (actor.kind !== 'official') return 'an official';
  if (data.from !== d.unit) return `the former unit ${d.unit ?? 'none'}`;
  const goes = workToTransfer(d).map(({ task }) => task);
  if (data.tasks.map(({ task }) => task).join() !== goes.join()) return `the open work ${goes.join(', ') || 'none'}`;
  return refuseTransfer(d, actor, data.unit)?.refusal.detail;
}

/** Only a body may be added by hand, by the unit that decides, and without meaning to its silence. */
function ruleAgainstOpening(
  d: Dossier,
  { actor, data }: Extract<DossierEvent, { type: 'TaskOpened' }>,
): string | undefined {
  const { part } = data.opening;
  const taken = ruleAgainstTasks(d, [data.opening]);
  if (taken !== undefined || part?.of !== null) return taken;
  if (actor.kind !== 'official' || actor.unit !== d.unit) return 'an official of the unit that decides';
  return part.silence === 'ignored' || part.silence === 'waits' ? undefined : 'silence without an effect';
}

/** Opened once: opened again, a task would no longer say who decided it. */
function ruleAgainstTasks({ tasks }: Dossier, openings: readonly { task: string }[]): string | undefined {
  const again = openings.find(({ task }) => Object.hasOwn(tasks, task));
  return again && `a new task, not ${again.task}`;
}

function consulted(task: TaskState | undefined): ConsultedTask | undefined {
  return task?.part === undefined ? undefined : (task as ConsultedTask);
}

/** Number and seal are of one unit. */
function ruleAgainstSeal(d: Dossier, { issue, unit }: EventData<'IssueSealed'>): string | undefined {
  const numbered = d.issues[issue]?.number?.unit;
  return unit === undefined || numbered === undefined || numbered === unit ? undefined : `the seal of unit ${numbered}`;
}

/** Once for a paper, when its time has come. */
function ruleAgainstReminder(
  d: Dossier,
  { actor, data, at }: Extract<DossierEvent, { type: 'ValidityNeared' }>,
): string | undefined {
  if (actor.kind !== 'platform') return 'the platform';
  const { copy, sealed } = d.issues[data.issue] ?? {};
  const remind = copy === data.copy ? sealed?.valid?.remind : undefined;
  if (remind === undefined)
    return `a paper ${data.issue}, copy ${data.copy}, of whose end its holder is still to be reminded`;
  if (at < remind) return `an instant from ${remind} on`;
  return sealed?.valid?.until === data.until ? undefined : `until ${sealed?.valid?.until ?? 'no end'}`;
}

function ruleAgainstDecision(
  d: Dossier,
  { actor, data, at }: Extract<DossierEvent, { type: 'TaskDecided' }>,
): string | undefined {
  const task = d.tasks[data.task];
  if (!task) return 'a task that was opened';
  if (actor.kind !== 'official' && actor.kind !== 'applicant') return 'an official or the party that is asked';
  if (task.stage !== data.stage || task.visit !== data.visit || task.step !== data.step)
    return `stage ${task.stage}, visit ${task.visit}, step ${task.step}`;
  if (!task.outcomes.includes(data.outcome)) return `one of ${task.outcomes.join(', ')}`;
  const opinion = consulted(task);
  const early = refuseTooEarly(task, Date.parse(at));
  if (early) return early.refusal.detail;
  if (opinion && opinion.part.silence !== 'waits' && isOver(opinion, Date.parse(at)))
    return 'an answer within its term';
  return refuseTask(d, task, actor, data)?.refusal.detail;
}
