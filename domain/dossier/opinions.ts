import type { EventBody } from '../../schemas/events.ts';
import type { Silence } from '../../schemas/procedure/closed-sets.ts';
import { isOpen } from './project.ts';
import { type Dossier, isAnsweredBySilence, type TaskState } from './state.ts';

/** What comes of a body: its own answer, or what its silence means. `awaited`: nothing yet. */
export type Counts = 'agreed' | 'opposed' | 'ignored' | 'awaited';

/** What silence means once the term has passed. */
export const COUNTS_OF_SILENCE = {
  agrees: 'agreed',
  opposes: 'opposed',
  ignored: 'ignored',
  waits: 'awaited',
} as const satisfies Record<Silence, Counts>;

export type ConsultedTask = TaskState & { part: NonNullable<TaskState['part']> };

/** The parts of the present visit of a consultation, in the order in which they were asked. */
export function partsOf(d: Dossier, stage: string): ConsultedTask[] {
  const visit = d.stages[stage]?.visits;
  return Object.values(d.tasks).filter(
    (task): task is ConsultedTask => task.part !== undefined && task.stage === stage && task.visit === visit,
  );
}

/** What counts of a part. */
export function countsOf(task: ConsultedTask): Counts {
  if (task.decided) return task.decided.outcome === 'opposed' ? 'opposed' : 'agreed';
  return isAnsweredBySilence(task) ? COUNTS_OF_SILENCE[task.part.silence] : 'awaited';
}

/** The outcome of a consultation: undefined while an answer is missing; one that opposes is enough. */
export function outcomeOfParts(parts: readonly ConsultedTask[]): 'agreed' | 'opposed' | undefined {
  if (parts.some(isOpen)) return undefined;
  return parts.some((task) => countsOf(task) === 'opposed') ? 'opposed' : 'agreed';
}

/** The terms that have passed by `now` without an answer. Asked again it finds those once. */
export function lapseOpinions(d: Dossier, stage: string, now: number): EventBody[] {
  return partsOf(d, stage)
    .filter((task) => isOpen(task) && task.lapsed === undefined && isOver(task, now))
    .map(({ task, visit, part }) => ({
      type: 'OpinionLapsed',
      data: { task, stage, visit, until: part.until ?? '', counts: COUNTS_OF_SILENCE[part.silence] },
    }));
}

/** Whether the term has passed: an answer at its last instant is too late, as the timer fires then. */
export function isOver({ part }: ConsultedTask, now: number): boolean {
  return part.until !== undefined && Date.parse(part.until) <= now;
}
