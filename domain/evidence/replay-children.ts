import type { DossierEvent } from '../../schemas/events.ts';
import { childId } from '../dossier/children.ts';
import type { Dossier } from '../dossier/state.ts';

type ChildEventType =
  | 'ChildOrdered'
  | 'ChildNotOpened'
  | 'ChildFailed'
  | 'ChildAnswered'
  | 'ChildClosed'
  | 'ChildRecalled'
  | 'ChildAsked'
  | 'ChildHeard'
  | 'ChildDeadlineNeared'
  | 'ChildTermPassed';
type ChildEvent = Extract<DossierEvent, { type: ChildEventType }>;

/** A child has the id of its place, is answered once, and is heard of only as one that was ordered. */
export function ruleAgainstChild(d: Dossier, event: ChildEvent): string | undefined {
  if (event.type === 'ChildNotOpened' || event.type === 'ChildOrdered') return ruleAgainstOrder(d, event);
  const child = d.children[event.data.child];
  if (!child) return 'a child that was ordered';
  const isAwaited = child.answer === null && child.recalled === null;
  switch (event.type) {
    case 'ChildFailed':
      return isAwaited && child.failed === null ? undefined : 'a child that is to be opened';
    case 'ChildAnswered':
      return child.answer === null ? undefined : 'one result of a child';
    case 'ChildClosed':
      if (child.closed !== null) return 'one end of a child';
      return child.answer === null ? 'a child whose result stands' : undefined;
    case 'ChildRecalled':
      return isAwaited ? undefined : 'a child that is waited for';
    case 'ChildHeard':
      return child.asks[event.data.task] ? undefined : 'a request that is open';
    case 'ChildTermPassed':
      return event.data.until === child.until && Date.parse(child.until) <= Date.parse(event.at)
        ? undefined
        : `a term until ${String(child.until)}`;
    default:
      return undefined;
  }
}

function ruleAgainstOrder(
  d: Dossier,
  { data }: Extract<ChildEvent, { type: 'ChildOrdered' | 'ChildNotOpened' }>,
): string | undefined {
  const { run, stage, visit, part } = data;
  const state = d.stages[stage];
  if (run !== d.run) return `run ${d.run}`;
  if (state?.kind !== 'open' || state.left !== null || state.visits !== visit)
    return 'a stage that opens dossiers, and is open';
  if (!('child' in data)) return undefined;
  const expected = childId(d.id, { stage, visit, part });
  if (data.child !== expected) return `child ${expected}`;
  return d.children[expected]?.answer ? 'a child whose result is missing' : undefined;
}
