import type { DossierEvent } from '../../schemas/events.ts';
import { openRequests } from './children.ts';
import type { ChildState, Dossier } from './state.ts';
import { BUSINESS_TRANSITIONS, move, PORTAL_OF_KIND, PORTAL_TRANSITIONS, STATUS_OF_KIND } from './transitions.ts';

type Change = Partial<Dossier>;

/** Dossiers that this one opens, and what it hears of them. `hash` is the event's own. */
export function applyChildEvent(d: Dossier, event: DossierEvent, hash: string): Change {
  switch (event.type) {
    case 'ChildOrdered':
      return ordered(d, event, hash);
    case 'ChildNotOpened': {
      const { stage, visit, part, why } = event.data;
      return { notOpened: { ...d.notOpened, [`${stage}.${visit}.${part}`]: why } };
    }
    case 'ChildFailed':
      return changeChild(d, event.data.child, { failed: event.data.cause });
    case 'ChildAnswered': {
      const { child, result, head = null } = event.data;
      return asksAnew(d, child, { answer: { result, at: event.at, seq: event.seq, head }, asks: {} });
    }
    case 'ChildClosed':
      return changeChild(d, event.data.child, { closed: event.data.head });
    case 'ChildRecalled':
      return changeChild(d, event.data.child, { recalled: event.at });
    case 'ChildAsked': {
      const { child, task, asks, until = null } = event.data;
      return asksAnew(d, child, { asks: { ...d.children[child]?.asks, [task]: { asks, until } } });
    }
    case 'ChildHeard': {
      const { child, task } = event.data;
      const { [task]: _, ...asks } = d.children[child]?.asks ?? {};
      return asksAnew(d, child, { asks });
    }
    case 'ChildDeadlineNeared':
      return changeChild(d, event.data.child, { nears: event.data.due });
    case 'ChildTermPassed':
      return changeChild(d, event.data.child, { late: true });
    default:
      return {};
  }
}

function ordered(d: Dossier, event: Extract<DossierEvent, { type: 'ChildOrdered' }>, hash: string): Change {
  const { run: _, ...data } = event.data;
  const child: ChildState = {
    ...data,
    order: { seq: event.seq, hash },
    ordered: event.at,
    failed: null,
    recalled: null,
    answer: null,
    closed: null,
    asks: {},
    nears: null,
    late: false,
  };
  return { children: { ...d.children, [data.child]: child } };
}

function changeChild(d: Dossier, id: string, change: Partial<ChildState>): { children: Dossier['children'] } {
  const child = d.children[id];
  if (!child) throw new Error(`dossier ${d.id}: it has ordered no child ${id}`);
  return { children: { ...d.children, [id]: { ...child, ...change } } };
}

/** While a child asks the applicant, so does the dossier by whose code he knows it. */
function asksAnew(d: Dossier, id: string, change: Partial<ChildState>): Change {
  const changed = changeChild(d, id, change);
  if (d.parked || d.settled !== null || !standsAtChildren(d)) return changed;
  return { ...changed, ...statusAsking({ ...d, ...changed }) };
}

/** Whether the stage that is open is one that opens dossiers. */
export function standsAtChildren({ stage, stages }: Dossier): boolean {
  const state = stage === null ? undefined : stages[stage];
  return state?.kind === 'open' && state.left === null;
}

/** The statuses of a dossier that stands at its children. */
export function statusAsking(d: Dossier): Pick<Dossier, 'status' | 'portal'> {
  const asked = openRequests(d);
  const forSupplement = asked.some(({ child, task }) => child.asks[task]?.asks === 'supplement');
  const standing = d.code === null ? 'submitted' : STATUS_OF_KIND.open;
  const status = asked.length > 0 ? STATUS_OF_KIND.ask : standing;
  const portal = forSupplement ? 5 : PORTAL_OF_KIND.open;
  const moves = d.code !== null && d.withdrawal === null;
  return {
    status: move(BUSINESS_TRANSITIONS, d.status, status),
    portal: moves ? move(PORTAL_TRANSITIONS, d.portal, portal) : d.portal,
  };
}
