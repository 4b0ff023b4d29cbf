import type { TaskOpening } from '../../../schemas/dossier.ts';
import { type Beside, type Dossier, taskId } from '../state.ts';

/** Work of an office beside the stages, decided once: the next visit of its place, and the task by which it opens. */
export function openBeside(
  { id, tasks }: Pick<Dossier, 'id' | 'tasks'>,
  at: Beside,
  work: Pick<TaskOpening, 'unit' | 'role' | 'outcomes' | 'due'>,
): { visit: number; opening: TaskOpening } {
  const visit = Object.values(tasks).filter(({ stage }) => stage === at).length + 1;
  const task = taskId(id, at, visit, 'decision');
  return { visit, opening: { task, step: 'decision', party: null, assurance: 'login', separateFrom: [], ...work } };
}
