import type { EventBody, EventData } from '../../../schemas/events.ts';
import { type Dossier, LATENESS, type TaskState } from '../state.ts';
import { isOpen } from '../project.ts';
import { accept, type Decision } from './decision.ts';
import { requestRun } from './stages.ts';

export interface MoveDossier {
  reorganisation: string;
  /** Who decides now; null: nobody can tell, a person places it. */
  unit: string | null;
  receivingUnit: string;
  /** The office whose work an open task is now. */
  officeOf: (task: TaskState) => { unit: string | null; role: string | null };
}

/**
 * Hands an open dossier on to the units that took over; where it is with them already, nothing happens. Codes, promised dates and what was decided stay. A paper
 * that waits for signature names an authority that is no more: its stage is entered again, and the paper drawn anew.
 */
export function moveDossier(d: Dossier, { reorganisation, unit, receivingUnit, officeOf }: MoveDossier): Decision {
  const tasks = Object.values(d.tasks)
    .filter((task) => isOpen(task) && task.party === null && task.kind !== LATENESS)
    .map((task) => ({ task: task.task, ...officeOf(task) }))
    .filter(({ task, ...office }) => office.unit !== d.tasks[task]?.unit || office.role !== d.tasks[task].role);
  // Of one that has ended only the work moves that outlives it: who decided it stays.
  if (d.stage === null) return tasks.length === 0 ? accept() : accept(ofEnded(d, reorganisation, tasks));
  if (unit === d.unit && receivingUnit === d.receivingUnit && tasks.length === 0) return accept();
  const state = d.stages[d.stage];
  const again = unit !== d.unit && state?.kind === 'sign' && state.left === null;
  const moved = { type: 'DossierMoved', data: { reorganisation, unit, receivingUnit, tasks, again } } as const;
  if (!again || d.parked) return accept(moved);
  const run = requestRun(d, { stage: d.stage, reason: 'reorganisation' });
  return run.ok ? accept(moved, ...run.events) : run;
}

function ofEnded(
  { unit, receivingUnit }: Dossier,
  reorganisation: string,
  tasks: EventData<'DossierMoved'>['tasks'],
): EventBody {
  return { type: 'DossierMoved', data: { reorganisation, unit, receivingUnit, tasks, again: false } };
}
