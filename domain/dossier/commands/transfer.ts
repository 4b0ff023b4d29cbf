import type { Actor } from '../../../schemas/actor.ts';
import { refuse, type Refused } from '../../../schemas/refusals.ts';
import { COORDINATION } from '../coordination.ts';
import { isOpen } from '../project.ts';
import { type Dossier, isBeside, type TaskState } from '../state.ts';
import { accept, type Decision } from './decision.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** Whether an official may pass a dossier on: who has work open in it, or who coordinates what nobody could place. */
export function refuseTransfer(d: Dossier, by: OfficialActor, unit: string | null): Refused | undefined {
  if (d.stage === null || d.settled !== null)
    return refuse('wrong-status', `expected an open dossier, got ${d.status}`);
  if (unit === d.unit) return refuse('wrong-status', `unit ${unit ?? 'none'} is competent already`);
  const open = Object.values(d.tasks).filter((task) => isOpen(task) && !isBeside(task.kind));
  if (open.some(({ step, part }) => step !== 'decision' && part === undefined))
    return refuse(
      'wrong-status',
      'expected no paper under signature: it would go out under the name of the former unit',
    );
  if (open.some(({ people }) => people !== undefined))
    return refuse('wrong-status', 'expected no inspection under way: its team is of the former unit');
  const coordinates = d.unit === null && by.unit === COORDINATION.unit && by.role === COORDINATION.role;
  const works = open.some((task) => task.part === undefined && task.unit === by.unit && task.role === by.role);
  if (coordinates || works) return undefined;
  return refuse('wrong-role', `expected an official whose work is open, acted as ${by.role} in ${by.unit}`);
}

/** Open work of the competent unit, or of the coordination queue: it goes along. Reception and consulted bodies keep theirs; about lateness the unit is asked anew. */
export function workToTransfer(d: Dossier): TaskState[] {
  const from = d.unit ?? COORDINATION.unit;
  return Object.values(d.tasks).filter(
    (task) =>
      isOpen(task) && task.unit === from && task.part === undefined && task.kind !== 'receive' && !isBeside(task.kind),
  );
}

/** Passes a dossier on to the unit that is competent, with the reason in writing. */
export function transferDossier(
  d: Dossier,
  command: { unit: string | null; reason: string; tasks: { task: string; unit: string; role: string }[] },
): Decision {
  const { unit, reason, tasks } = command;
  return accept({ type: 'DossierTransferred', data: { from: d.unit, unit, tasks }, secret: { comment: reason } });
}
