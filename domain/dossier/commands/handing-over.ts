import type { Actor } from '../../../schemas/actor.ts';
import { refuse, type Refused } from '../../../schemas/refusals.ts';
import type { Dossier, TaskState } from '../state.ts';
import { accept, type Decision } from './decision.ts';
import { handsOf, refuseClosed, refuseTask } from './tasks.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** A task is given by who has taken it, or by the head of its unit; whether the receiver holds office is judged by the organisation, beforehand. */
export interface HandOver {
  task: string;
  by: OfficialActor;
  /** Null: back to the queue, which the head alone may order. */
  to: string | null;
  reason: string;
}

/** Who has taken a task gives it to a colleague. */
export function handTaskOver(d: Dossier, command: HandOver & { to: string }): Decision {
  const task = d.tasks[command.task];
  if (!task) return refuse('unknown-task', `expected a task of dossier ${d.id}, got ${command.task}`);
  const refused = refuseHandOver(d, task, command.by) ?? refuseReceiver(d, task, command.to);
  return refused ?? given(task, command, 'handed-over');
}

/** The head of its unit gives a task to somebody else, whoever has taken it, or back to the queue. */
export function reassignTask(d: Dossier, command: HandOver & { head: string | undefined }): Decision {
  const task = d.tasks[command.task];
  if (!task) return refuse('unknown-task', `expected a task of dossier ${d.id}, got ${command.task}`);
  const { head, by, to } = command;
  const refused = refuseHead(task, by, head) ?? refuseReceiver(d, task, to);
  return refused ?? given(task, command, 'reassigned');
}

/** Whether an official may hand a task over: he, or the one for whom he acts, has taken it. */
export function refuseHandOver(d: Dossier, task: TaskState, by: OfficialActor): Refused | undefined {
  const refused = refuseTask(d, task, by, 'claim');
  if (refused) return refused;
  if (task.claimedBy !== null && handsOf(by).includes(task.claimedBy)) return undefined;
  return refuse('not-entitled', 'expected a task that you have taken; nobody has: claim it first');
}

/** A unit without a named head has nobody who may. */
export function refuseHead(
  { unit }: Pick<TaskState, 'unit'>,
  by: OfficialActor,
  head: string | undefined,
): Refused | undefined {
  const acting = by.onBehalfOf ?? by;
  if (unit === null || acting.unit !== unit)
    return refuse('wrong-unit', `expected unit ${unit ?? 'none'}, acted in ${acting.unit}`);
  if (head === undefined) return refuse('wrong-role', `nobody may: the registry names no head of unit ${unit}`);
  if (acting.role !== head)
    return refuse('wrong-role', `expected ${head}, who heads the unit; acted as ${acting.role}`);
  return undefined;
}

/** Judged as if the receiver took the task himself: of the team, and not one whose own work it would judge. */
function refuseReceiver(d: Dossier, task: TaskState, to: string | null): Refused | undefined {
  if (to === null) return refuseClosed(task);
  const office = { unit: task.unit ?? '', role: task.role ?? '' };
  const receiver: OfficialActor = { kind: 'official', id: to, ...office, assurance: 'system' };
  return refuseTask(d, { ...task, claimedBy: null }, receiver, 'claim');
}

function given(task: TaskState, { to, reason }: HandOver, how: 'handed-over' | 'reassigned'): Decision {
  // Back to the queue also takes it from whoever holds a link to it, though nobody had taken it.
  const endsLinks = to === null && (task.links ?? []).length > 0;
  if (task.claimedBy === to && !endsLinks) return accept();
  return accept({
    type: 'TaskHandedOver',
    data: { task: task.task, from: task.claimedBy, to, how },
    secret: { comment: reason },
  });
}
