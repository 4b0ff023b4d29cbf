import type { Actor } from '../../../schemas/actor.ts';
import type { EventData } from '../../../schemas/events.ts';
import type { Carried } from '../../../schemas/outgoing.ts';
import { refuse } from '../../../schemas/refusals.ts';
import { NOT_POSTED, POSTED } from '../outgoing.ts';
import { type Dossier, type IssueState, DISPATCH, type TaskState } from '../state.ts';
import { openBeside } from './beside.ts';
import { accept, type Decision } from './decision.ts';
import { refuseOutcome, refuseTask } from './tasks.ts';

type Opening = Pick<EventData<'DispatchOpened'>, 'visit' | 'opening'>;
type WaitingPrint = { issue: string; state: IssueState & { sealed: NonNullable<IssueState['sealed']> } };

/** Sending a print is work of the office that receives dossiers, beside the stages and after them. */
export function openDispatch(
  d: Pick<Dossier, 'id' | 'tasks'>,
  { unit, role }: { unit: string; role: string },
): Opening {
  return openBeside(d, DISPATCH, { unit, role, outcomes: [POSTED, NOT_POSTED] });
}

/** The paper of which a task sends the print. */
export function printOf(d: Dossier, task: string): WaitingPrint | undefined {
  const [issue, state] = Object.entries(d.issues).find(([, { dispatch }]) => dispatch?.task === task) ?? [];
  return issue !== undefined && state?.sealed ? { issue, state: { ...state, sealed: state.sealed } } : undefined;
}

/** How sending ends: `form` where it was sent. `today`, `from`: the first and last day on which it can have been, local dates. `isResult`: with it the result reaches the applicant. */
export interface EndDispatch {
  task: TaskState;
  by: Extract<Actor, { kind: 'official' }>;
  outcome: string;
  form: Carried | undefined;
  comment: string | undefined;
  today: string;
  from: string;
  isResult: boolean;
}

/** Says that a print was sent, or why none is, whatever became of the dossier meanwhile. Once. */
export function endDispatch(
  d: Dossier,
  { task, by, outcome, form, comment, today, from, isResult }: EndDispatch,
): Decision {
  const refused = refuseTask(d, task, by, { outcome }) ?? refuseOutcome(task, { outcome, by, comment });
  if (refused) return refused;
  const print = printOf(d, task.task);
  if (!print) throw new Error(`task ${task.task}: expected a print that waits to be sent`);
  const paper = { task: task.task, issue: print.issue, copy: print.state.copy };
  const said = comment === undefined || comment === '' ? {} : { comment };
  if (outcome === NOT_POSTED) return accept({ type: 'PaperNotPosted', data: paper, secret: said });
  if (!form)
    return refuse('form-invalid', 'expected who carries it', [{ at: '/form/carrier', expected: 'who carries it' }]);
  const { on = today, ...carried } = form;
  if (on < from || on > today)
    return refuse('form-invalid', `expected a day from ${from} to ${today}, got ${on}`, [
      { at: '/form/on', expected: `from ${from} to ${today}`, found: on },
    ]);
  return accept(
    { type: 'PaperPosted', data: { ...paper, on }, secret: { ...carried, ...said } },
    ...(isResult && d.delivery === 'ready'
      ? [{ type: 'ResultDelivered' as const, data: { how: 'post' as const } }]
      : []),
  );
}
