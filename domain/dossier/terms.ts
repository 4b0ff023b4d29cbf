import type { EventData } from '../../schemas/events.ts';
import { isOpen } from './project.ts';
import type { Dossier } from './state.ts';

/** Whose term it is: a consulted body's by its task, a child's, else the stage's own. */
export type TermPlace = Pick<EventData<'TermRecomputed'>, 'stage' | 'visit' | 'task' | 'child'>;

/** A term that runs, since when, and when it will have passed. */
export interface RunningTerm {
  place: TermPlace;
  began: string;
  until: string;
}

/** The terms that run at the stage where the dossier stands. */
export function runningTerms(d: Dossier): RunningTerm[] {
  const state = d.stage === null ? undefined : d.stages[d.stage];
  if (d.stage === null || state?.left !== null) return [];
  const at = { stage: d.stage, visit: state.visits };
  const isHere = (of: { stage: string; visit: number }) => of.stage === at.stage && of.visit === at.visit;
  const own = state.until === null ? [] : [{ place: at, began: state.entered, until: state.until }];
  const bodies = Object.values(d.tasks).flatMap((task) =>
    isHere(task) && isOpen(task) && task.lapsed === undefined && task.part?.until !== undefined
      ? [{ place: { ...at, task: task.task }, began: task.opened, until: task.part.until }]
      : [],
  );
  const children = Object.values(d.children).flatMap((child) =>
    isHere(child) && child.until !== undefined && child.answer === null && child.recalled === null && !child.late
      ? [{ place: { ...at, child: child.child }, began: child.ordered, until: child.until }]
      : [],
  );
  return [...own, ...bodies, ...children];
}

/** The dossier with another term: the timers that are set follow from it. */
export function moveTerm(d: Dossier, data: EventData<'TermRecomputed'>): Partial<Dossier> {
  const { stage, visit, task: id, child: childId, until, due } = data;
  const task = id === undefined ? undefined : d.tasks[id];
  if (task?.part) return { tasks: { ...d.tasks, [task.task]: { ...task, part: { ...task.part, until, due } } } };
  const child = childId === undefined ? undefined : d.children[childId];
  if (child) return { children: { ...d.children, [child.child]: { ...child, until } } };
  const state = d.stages[stage];
  if (!state) return {};
  const asked = Object.values(d.tasks).filter(
    (each) => each.stage === stage && each.visit === visit && each.party !== null && isOpen(each),
  );
  const tasks = Object.fromEntries(asked.map((each) => [each.task, { ...each, due }]));
  return { stages: { ...d.stages, [stage]: { ...state, until } }, tasks: { ...d.tasks, ...tasks } };
}
