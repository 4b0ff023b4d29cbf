import type { DossierEvent, EventData, EventType } from '../../schemas/events.ts';
import { applyArchiveEvent } from './fold-archive.ts';
import { applyChildEvent, standsAtChildren, statusAsking } from './fold-children.ts';
import { applyClockEvent, endClock, goOnWithout } from './fold-clock.ts';
import { applyIntakeEvent } from './fold-intake.ts';
import { applyIssueEvent } from './fold-issues.ts';
import { applyOutgoingEvent } from './fold-outgoing.ts';
import { applyLatenessEvent, askLatenessAnew, dropIdleLateness } from './fold-lateness.ts';
import { applyCall } from './calls.ts';
import { applySourceEvent } from './fold-sources.ts';
import { applyStageEvent } from './fold-stages.ts';
import { isOpen } from './project.ts';
import { type Dossier, outlivesStages } from './state.ts';
import { applyMoneyEvent } from './fold-money.ts';
import {
  BUSINESS_TRANSITIONS,
  DELIVERY_TRANSITIONS,
  move,
  PORTAL_OF_RESULT,
  PORTAL_TRANSITIONS,
  STATUS_OF_KIND,
} from './transitions.ts';

type Submitted = Extract<DossierEvent, { type: 'DossierSubmitted' }>;
type Change = Partial<Dossier>;

/** The dossier after one more event. Pure: the same events give the same dossier. `hash` is the event's own. */
export function fold(before: Dossier | undefined, event: DossierEvent, hash: string): Dossier {
  if (!before) {
    if (event.type !== 'DossierSubmitted')
      throw new Error(`dossier ${event.dossier}: expected DossierSubmitted first, got ${event.type}`);
    return begin(event, hash);
  }
  const after = { ...before, ...apply(before, event, hash), version: event.seq, hash, updated: event.at };
  return dropIdleLateness(after);
}

function begin(event: Submitted, hash: string): Dossier {
  const { data, at } = event;
  return {
    id: event.dossier,
    version: event.seq,
    hash,
    reference: data.reference,
    code: null,
    procedure: data.procedure,
    procedureVersion: data.version,
    definition: data.definition,
    channel: data.channel,
    receivingUnit: data.receivingUnit,
    unit: data.unit,
    ...(data.returnUnit !== undefined && { returnUnit: data.returnUnit }),
    applicantKey: data.applicantKey,
    ...(data.identifiedBy && { identifiedBy: data.identifiedBy }),
    ...(data.prefilled && { prefilled: data.prefilled }),
    ...(data.parent && { parent: data.parent }),
    ...(data.about && { about: data.about }),
    ...(data.intake && { intake: data.intake }),
    submitted: at,
    updated: at,
    run: data.run,
    stage: data.stage,
    cameFrom: null,
    parked: null,
    status: 'submitted',
    portal: 1,
    financial: 'nothing-owed',
    delivery: 'none',
    result: null,
    settled: null,
    stages: {},
    tasks: {},
    children: {},
    notOpened: {},
    documents: data.documents.map((document) => ({ ...document, seq: event.seq, at, from: event.actor.kind })),
    sources: {},
    issues: {},
    fees: {},
    payments: [],
    promise: null,
    lawful: null,
    clock: [],
    alarms: {},
    notices: {},
    secrets: { form: 1, parties: 1, facts: 1, contact: 1 },
    refusals: 0,
    overridden: {},
    rated: null,
    withdrawal: null,
  };
}

const STAGE_EVENTS: ReadonlySet<EventType> = new Set([
  'StageEntered',
  'TaskOpened',
  'TaskClaimed',
  'TaskReleased',
  'TaskHandedOver',
  'LinkIssued',
  'TaskDecided',
  'OpinionLapsed',
  'TermRecomputed',
  'LateOpinionKept',
  'StageLeft',
  'StagePassed',
]);
const CLOCK_EVENTS: ReadonlySet<EventType> = new Set([
  'PromiseMade',
  'ClockStopped',
  'ClockResumed',
  'ClockExtended',
  'PauseBegun',
  'PauseEnded',
  'DeadlineRecomputed',
  'ClockEnded',
  'DeadlineNeared',
]);
const LATENESS_EVENTS: ReadonlySet<EventType> = new Set([
  'ApologyAsked',
  'ApologyDrafted',
  'Reappointed',
  'DeadlineMissed',
]);
const ISSUE_EVENTS: ReadonlySet<EventType> = new Set([
  'IssueDrafted',
  'IssueSigned',
  'NumberAsked',
  'NumberNotGiven',
  'NumberTaken',
  'NumberVoided',
  'KeeperTold',
  'KeeperNotTold',
  'IssueSealed',
  'ResultAffected',
  'ValidityNeared',
]);

const CHILD_EVENTS: ReadonlySet<EventType> = new Set([
  'ChildOrdered',
  'ChildNotOpened',
  'ChildFailed',
  'ChildAnswered',
  'ChildClosed',
  'ChildRecalled',
  'ChildAsked',
  'ChildHeard',
  'ChildDeadlineNeared',
  'ChildTermPassed',
]);

const SOURCE_EVENTS: ReadonlySet<EventType> = new Set([
  'SourceAsked',
  'SourceAnswered',
  'SourceFailed',
  'PaperDemanded',
  'PaperContradicted',
  'ContradictionExamined',
]);

function apply(d: Dossier, event: DossierEvent, hash: string): Change {
  if (CLOCK_EVENTS.has(event.type)) return applyClockEvent(d, event);
  if (LATENESS_EVENTS.has(event.type)) return applyLatenessEvent(d, event);
  if (STAGE_EVENTS.has(event.type)) return applyStageEvent(d, event);
  if (CHILD_EVENTS.has(event.type)) return applyChildEvent(d, event, hash);
  if (ISSUE_EVENTS.has(event.type)) return applyIssueEvent(d, event);
  if (SOURCE_EVENTS.has(event.type)) return applySourceEvent(d, event);
  switch (event.type) {
    case 'DossierSubmitted':
      throw new Error(`dossier ${d.id}: submitted twice`);
    case 'RunRequested':
      return requestRun(d, event.data, event.at);
    case 'DossierMoved':
      return moved(d, event);
    case 'CodeAssigned':
      return { code: event.data.code };
    case 'FeesAssessed':
    case 'PaymentRecorded':
    case 'RefundMade':
      return applyMoneyEvent(d, event);
    case 'NoticeIssued': {
      const { message, notice, party, channel, child, issue } = event.data;
      const status = channel === 'parent' ? 'passed-on' : 'issued';
      return {
        notices: {
          ...d.notices,
          [message]: { notice, party, status, ...(child && { child }), ...(issue && { issue }) },
        },
      };
    }
    case 'NoticeDelivered':
    case 'NoticeFailed':
      return applyNotice(d, event.data.message, event.type === 'NoticeDelivered' ? 'delivered' : 'failed');
    case 'DossierParked':
      return { parked: event.data, status: move(BUSINESS_TRANSITIONS, d.status, 'parked') };
    case 'DossierResumed':
      return { parked: null, stage: event.data.stage };
    case 'DossierTransferred':
      return transferred(d, event.data, event.at);
    case 'WithdrawalRequested':
      return { withdrawal: event.data.rule, portal: move(PORTAL_TRANSITIONS, d.portal, 7) };
    case 'RatingGiven':
      return { rated: event.data.score };
    case 'DecisionRefused':
      return { refusals: d.refusals + 1 };
    case 'LimitOverridden': {
      const { stage } = event.data;
      return { overridden: { ...d.overridden, [stage]: (d.overridden[stage] ?? 0) + 1 } };
    }
    case 'CallBegun':
    case 'CallAnswered':
    case 'UndoAnswered':
      return applyCall(d, event);
    case 'IntakeSigned':
    case 'OriginalsReturned':
    case 'OriginalsLost':
      return applyIntakeEvent(d, event);
    case 'DispatchOpened':
    case 'PaperPosted':
    case 'PaperNotPosted':
    case 'PaperGiven':
    case 'PaperEffectTold':
    case 'PaperAcknowledged':
      return applyOutgoingEvent(d, event);
    case 'HoldSet':
    case 'HoldLifted':
    case 'DossierDisposed':
      return applyArchiveEvent(d, event);
    case 'CallRefused':
      return {};
    default:
      return applyEnding(d, event);
  }
}

/** Another unit is competent: open work goes to its queues, whoever had taken it. Codes, dates and history stay. */
function transferred(d: Dossier, { unit, tasks }: EventData<'DossierTransferred'>, at: string): Change {
  const moved = { ...d.tasks };
  for (const { task: id, ...queue } of tasks) {
    const task = d.tasks[id];
    if (task) moved[id] = { ...task, ...queue, claimedBy: null, ...(task.links && { links: [] }) };
  }
  return { tasks: moved, ...askLatenessAnew({ ...d, tasks: moved }, at), unit };
}

/** A run that goes on at the same stage keeps its open task: the same visit, the same id. One that goes on elsewhere breaks off the open stage. */
function requestRun(d: Dossier, data: EventData<'RunRequested'>, at: string): Change {
  const started = { run: data.run, stage: data.stage, parked: null };
  // What its children asked, or were told, while it was parked.
  if (d.parked && d.settled === null && data.stage === d.stage && standsAtChildren(d))
    return { ...started, ...statusAsking(d) };
  const status = d.parked ? move(BUSINESS_TRANSITIONS, d.status, resumedStatus(d, data.stage)) : d.status;
  if (data.stage === d.stage) return { ...started, status };
  // Whoever withdraws waits for no date any more: a clock that stands goes on standing, to its end.
  const clock = data.reason === 'withdrawal' ? { alarms: {} } : goOnWithout(d, at);
  return { ...started, status, cameFrom: d.stage, ...breakOff(d, at), ...cancelTasks(d), ...clock };
}

/** Open work passes to the offices that took over; nobody there has claimed it. */
function moved(d: Dossier, { data, at }: Extract<DossierEvent, { type: 'DossierMoved' }>): Change {
  const tasks = { ...d.tasks };
  for (const { task: id, ...office } of data.tasks) {
    const task = tasks[id];
    if (task) tasks[id] = { ...task, ...office, claimedBy: null };
  }
  const asked = data.unit === d.unit ? {} : askLatenessAnew({ ...d, tasks }, at);
  const change = { tasks, ...asked, unit: data.unit, receivingUnit: data.receivingUnit };
  return data.again ? { ...change, ...breakOff(d, at), ...cancelTasks({ ...d, ...change }) } : change;
}

/** The stage that stands open is over, without an outcome: whoever comes back to it opens it anew. */
function breakOff(d: Dossier, at: string): Change {
  const open = d.stage === null ? undefined : d.stages[d.stage];
  return d.stage !== null && open?.left === null ? { stages: { ...d.stages, [d.stage]: { ...open, left: at } } } : {};
}

function resumedStatus(d: Dossier, stage: string): Dossier['status'] {
  if (d.settled !== null) return 'settled';
  const state = d.stages[stage];
  if (state?.left === null) return STATUS_OF_KIND[state.kind];
  return d.code === null ? 'submitted' : 'processing';
}

function applyEnding(d: Dossier, event: DossierEvent): Change {
  switch (event.type) {
    case 'ResultDelivered':
      return { delivery: move(DELIVERY_TRANSITIONS, d.delivery, 'delivered'), portal: d.portal === 9 ? 10 : d.portal };
    case 'DossierSettled': {
      const atReception = d.code === null && (event.data.result === 'refused' || event.data.result === 'returned');
      const portal = d.withdrawal !== null ? 8 : atReception ? 3 : PORTAL_OF_RESULT[event.data.result];
      const delivery = event.data.issues.length > 0 ? move(DELIVERY_TRANSITIONS, d.delivery, 'ready') : d.delivery;
      return {
        result: event.data.result,
        settled: event.at,
        status: move(BUSINESS_TRANSITIONS, d.status, 'settled'),
        portal: move(PORTAL_TRANSITIONS, d.portal, portal),
        delivery,
        ...endClock(d, { at: event.at, cause: event.data.stage }),
      };
    }
    case 'DossierClosed':
      return {
        result: event.data.result,
        status: move(BUSINESS_TRANSITIONS, d.status, 'closed'),
        closed: event.at,
        stage: null,
        // What fell due while it was parked may have ended it.
        parked: null,
        ...cancelTasks(d),
      };
    default:
      throw new Error(`dossier ${d.id}: unknown event ${event.type}`);
  }
}

function applyNotice(d: Dossier, message: string, status: 'delivered' | 'failed'): Change {
  const notice = d.notices[message];
  return notice ? { notices: { ...d.notices, [message]: { ...notice, status } } } : {};
}

/** Tasks that are open lapse, their history stays; originals that are kept, and money that settled nothing, must still go back, and prints be sent. */
export function cancelTasks(d: Dossier): Change {
  const open = Object.entries(d.tasks).filter(([, task]) => isOpen(task) && !outlivesStages(task.kind));
  if (open.length === 0) return {};
  return { tasks: { ...d.tasks, ...Object.fromEntries(open.map(([id, task]) => [id, { ...task, cancelled: true }])) } };
}
