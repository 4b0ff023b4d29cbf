import type { Effect } from '../../schemas/procedure/closed-sets.ts';
import type { Dossier, IssueState } from './state.ts';

/** How another unit says that it has a paper. */
export const ACKNOWLEDGED = 'acknowledged';

/** How sending a print ends. */
export const POSTED = 'posted';
/** It ends so too: it was taken at the counter, there is no address. Whoever says so says why. */
export const NOT_POSTED = 'notPosted';

/** After these a print of the paper as it was is not sent any more. */
const OVERTAKES: ReadonlySet<Effect> = new Set(['corrects', 'revokes', 'replaces', 'recalls']);

/** Whether what later results did to a paper forbids to send it as it was, or to give it to anybody else. */
export function isOvertaken({ affected = [] }: Pick<IssueState, 'affected'>): boolean {
  return affected.some(({ effect }) => OVERTAKES.has(effect));
}

/** Whether a print of a sealed paper is to be sent that no work was opened for, and nothing has overtaken it. */
export function isToBePosted(state: Pick<IssueState, 'sealed' | 'dispatch' | 'affected'>): boolean {
  return state.sealed?.printed === true && state.dispatch === undefined && !isOvertaken(state);
}

/** The units, as the procedure names them, to which a sealed paper is still to go; none once something has overtaken it. */
export function stillToBeGiven({
  sealed,
  given = [],
  affected = [],
}: Pick<IssueState, 'sealed' | 'given' | 'affected'>): string[] {
  return isOvertaken({ affected }) ? [] : (sealed?.to ?? []).filter((name) => !given.includes(name));
}

/** A unit, as the procedure names it, and the first effect on a paper of which it is still to be told. */
export interface ToBeTold {
  to: string;
  effect: Effect;
  by: string;
}

/** The units that have a paper and do not know yet what a later result did to it. */
export function stillToBeTold({
  given = [],
  told = {},
  affected = [],
}: Pick<IssueState, 'given' | 'told' | 'affected'>): ToBeTold[] {
  return given.flatMap((to) => {
    const next = affected[told[to] ?? 0];
    return next ? [{ to, effect: next.effect, by: next.by }] : [];
  });
}

/** A print that waits to be sent of a paper that was overtaken, or made anew: nobody sends it any more. */
export function dropDispatch(d: Dossier, issue: string): Pick<Dossier, 'tasks' | 'issues'> | Record<string, never> {
  const state = d.issues[issue];
  const task = state?.dispatch?.state === 'waiting' ? d.tasks[state.dispatch.task] : undefined;
  if (!state || !task) return {};
  return {
    tasks: { ...d.tasks, [task.task]: { ...task, cancelled: true } },
    issues: { ...d.issues, [issue]: { ...state, dispatch: { task: task.task, state: 'dropped' } } },
  };
}
