import type { TaskOpening } from '../../schemas/dossier.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { StageKind } from '../../schemas/procedure/closed-sets.ts';
import { touched } from './paper.ts';
import { isOpen } from './project.ts';
import { type Dossier, type GivenPaper, LATENESS, type StageState, type TaskState } from './state.ts';
import { moveTerm } from './terms.ts';
import {
  BUSINESS_TRANSITIONS,
  FINANCIAL_TRANSITIONS,
  move,
  PORTAL_OF_KIND,
  PORTAL_TRANSITIONS,
  STATUS_OF_KIND,
} from './transitions.ts';

type Change = Partial<Dossier>;
type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;

/** Stages and their tasks. */
export function applyStageEvent(d: Dossier, event: DossierEvent): Change {
  switch (event.type) {
    case 'StageEntered':
      return enter(d, event);
    case 'TaskOpened': {
      const { opening, stage, visit } = event.data;
      const task = openedTask(d, opening, { stage, visit, kind: stageKind(d, stage), opened: event.at });
      const asked = task.part?.of === null ? { ...task, question: event.seq } : task;
      return { tasks: { ...d.tasks, [task.task]: asked } };
    }
    case 'TaskClaimed':
      return changeTask(d, event.data.task, { claimedBy: event.actor.kind === 'official' ? event.actor.id : null });
    case 'TaskReleased':
      return changeTask(d, event.data.task, { claimedBy: null });
    case 'TaskHandedOver':
      return handedOver(d, event);
    case 'LinkIssued':
      return linked(d, event);
    case 'TaskDecided':
      return decided(d, event);
    case 'OpinionLapsed':
      return changeTask(d, event.data.task, { lapsed: event.at });
    case 'TermRecomputed':
      return moveTerm(d, event.data);
    case 'LateOpinionKept':
      return keptLate(d, event);
    case 'StageLeft':
      return left(d, event);
    case 'StagePassed':
      return passed(d, event);
    default:
      return {};
  }
}

function givenWith({ issues }: Dossier, { part }: TaskOpening): GivenPaper[] {
  return (part?.papers ?? []).flatMap((issue) => givenPaper({ issues }, issue));
}

/** A paper as another unit gets it; none before its seal. */
export function givenPaper({ issues }: Pick<Dossier, 'issues'>, issue: string): GivenPaper[] {
  const { sealed, number, readable } = issues[issue] ?? {};
  if (!sealed) return [];
  const { document, mediaType } = sealed;
  return [
    { issue, number: number?.text ?? null, sha256: document, mediaType, ...(readable !== undefined && { readable }) },
  ];
}

function stageKind(d: Dossier, stage: string): TaskState['kind'] {
  if (stage === LATENESS) return LATENESS;
  const state = d.stages[stage];
  if (!state) throw new Error(`dossier ${d.id}: stage ${stage} was never entered`);
  return state.kind;
}

export function openedTask(
  d: Dossier,
  opening: TaskOpening,
  where: Pick<TaskState, 'stage' | 'visit' | 'kind' | 'opened'>,
): TaskState {
  const given = givenWith(d, opening);
  return {
    ...opening,
    ...where,
    claimedBy: null,
    decided: null,
    cancelled: false,
    ...(given.length > 0 && { given }),
  };
}

function enter(d: Dossier, event: Of<'StageEntered'>): Change {
  const { stage, visit, tasks } = event.data;
  const { kind } = event.data;
  const state: StageState = {
    kind,
    ...(event.data.asks && { asks: event.data.asks }),
    visits: visit,
    entered: event.at,
    left: null,
    outcome: null,
    next: null,
    until: event.data.until ?? null,
    onTime: event.data.onTime ?? null,
    by: null,
    secret: event.secret ? event.seq : null,
    from: d.cameFrom,
  };
  const openings = Object.fromEntries(
    tasks.map((opening) => [opening.task, openedTask(d, opening, { stage, visit, kind, opened: event.at })]),
  );
  return {
    stage,
    stages: { ...d.stages, [stage]: state },
    tasks: { ...d.tasks, ...openings },
    status: move(BUSINESS_TRANSITIONS, d.status, statusOnEntry(d, kind)),
    portal: portalOnEntry(d, kind, event.data.asks),
    ...touchedAt(d, event.data.paper),
  };
}

function touchedAt(d: Dossier, paper: Of<'StageEntered'>['data']['paper']): Change {
  if (!paper) return {};
  return touched(d, { presence: paper.includes('presence') ? 1 : 0, papers: paper.includes('paper') ? 1 : 0 });
}

function statusOnEntry(d: Dossier, kind: StageKind): Dossier['status'] {
  const status = STATUS_OF_KIND[kind];
  if (status === 'awaiting-applicant' || status === 'awaiting-payment') return status;
  if (d.settled !== null) return 'settled';
  if (d.code !== null) return 'processing';
  return d.status === 'submitted' || d.status === 'processing' ? d.status : status;
}

function portalOnEntry(d: Dossier, kind: StageKind, asks: string | undefined): Dossier['portal'] {
  if (d.settled !== null || d.withdrawal !== null) return d.portal;
  if (asks === 'supplement') return move(PORTAL_TRANSITIONS, d.portal, 5);
  if (d.code === null) return d.portal;
  return move(PORTAL_TRANSITIONS, d.portal, PORTAL_OF_KIND[kind]);
}

function changeTask(d: Dossier, id: string, change: Partial<TaskState>): Change {
  const task = d.tasks[id];
  return task ? { tasks: { ...d.tasks, [id]: { ...task, ...change } } } : {};
}

/** Links of those who do not have it any more end for good. */
function handedOver(d: Dossier, { data: { task: id, to } }: Of<'TaskHandedOver'>): Change {
  const links = d.tasks[id]?.links?.filter(({ official }) => official === to);
  return changeTask(d, id, { claimedBy: to, ...(links && { links }) });
}

function linked(d: Dossier, { data: { task: id, link, official, until } }: Of<'LinkIssued'>): Change {
  return changeTask(d, id, { links: [...(d.tasks[id]?.links ?? []), { link, official, until }] });
}

function decided(d: Dossier, event: Of<'TaskDecided'>): Change {
  const { task, step, outcome, stage, documents, missing } = event.data;
  // A body's opinion is its own, and a signature under the record of an inspection says nothing new: the stage keeps what was recorded.
  const isOwn = d.tasks[task]?.part !== undefined || (d.stages[stage]?.kind === 'inspect' && step !== 'decision');
  const state = isOwn ? undefined : d.stages[stage];
  return {
    ...changeTask(d, task, { decided: { outcome, by: event.actor, at: event.at, seq: event.seq, missing } }),
    ...(state
      ? {
          stages: {
            ...d.stages,
            [stage]: { ...state, by: event.actor, secret: event.secret ? event.seq : state.secret },
          },
        }
      : {}),
    ...(documents.length > 0
      ? {
          documents: [
            ...d.documents,
            ...documents.map((document) => ({ ...document, seq: event.seq, at: event.at, from: event.actor.kind })),
          ],
        }
      : {}),
    ...(event.data.revises ? { secrets: { ...d.secrets, form: event.seq, facts: event.seq } } : {}),
  };
}

/** Without effect: what came with it does not count among the dossier's documents. */
function keptLate(d: Dossier, { data, actor, at, seq }: Of<'LateOpinionKept'>): Change {
  const { task, outcome, documents } = data;
  return changeTask(d, task, { late: { outcome, by: actor, at, seq, documents } });
}

function left(d: Dossier, event: Of<'StageLeft'>): Change {
  const { stage, outcome, next } = event.data;
  const state = d.stages[stage];
  if (!state) throw new Error(`dossier ${d.id}: left ${stage}, which was never entered`);
  const tasks = Object.fromEntries(
    Object.entries(d.tasks).map(([id, task]) => [
      id,
      task.stage === stage && isOpen(task) ? { ...task, cancelled: true } : task,
    ]),
  );
  return {
    ...settleLeaving(d, state.kind, outcome),
    stages: { ...d.stages, [stage]: { ...state, left: event.at, outcome, next, by: state.by ?? event.actor } },
    stage: next === 'end' ? stage : next,
    cameFrom: stage,
    tasks,
  };
}

function passed(d: Dossier, event: Of<'StagePassed'>): Change {
  const { stage, visit, outcome, next } = event.data;
  const { kind } = event.data;
  const before = d.stages[stage];
  const chosen = event.data.why === 'when';
  const skipped = chosen && kind !== 'decide';
  // A stage that is skipped was not visited: what its last visit recorded still stands.
  if (skipped && before) return { stage: next === 'end' ? stage : next };
  const state: StageState = {
    kind,
    visits: skipped ? 0 : visit,
    entered: event.at,
    left: event.at,
    outcome,
    next,
    until: null,
    onTime: null,
    by: event.actor,
    secret: event.secret ? event.seq : null,
    from: before?.from ?? null,
  };
  return {
    ...(chosen ? {} : settleLeaving(d, kind, outcome)),
    stages: { ...d.stages, [stage]: state },
    stage: next === 'end' ? stage : next,
    cameFrom: chosen ? d.cameFrom : stage,
  };
}

/** What leaving a stage says about acceptance, which is once, and money. */
function settleLeaving(d: Dossier, kind: StageKind, outcome: string): Change {
  if (kind === 'receive' && outcome === 'accepted' && d.code === null && d.settled === null) {
    return {
      status: move(BUSINESS_TRANSITIONS, d.status, 'processing'),
      portal: d.withdrawal === null ? move(PORTAL_TRANSITIONS, d.portal, 2) : d.portal,
    };
  }
  if (kind === 'pay' && outcome === 'expired' && d.financial === 'owed')
    return { financial: move(FINANCIAL_TRANSITIONS, d.financial, 'expired') };
  return {};
}
