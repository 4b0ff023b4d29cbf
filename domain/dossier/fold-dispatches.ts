import type { DossierEvent } from '../../schemas/events.ts';
import { openedTask } from './fold-stages.ts';
import { NOT_POSTED, POSTED } from './prints.ts';
import { type Dossier, type IssueState, type Dispatch, DISPATCH } from './state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
type DispatchEvent = Of<'DispatchOpened'> | Of<'PaperPosted'> | Of<'PaperNotPosted'>;

/** Prints that go by post. */
export function applyDispatchEvent(d: Dossier, event: DispatchEvent): Partial<Dossier> {
  return event.type === 'DispatchOpened' ? opened(d, event) : ended(d, event);
}

function opened(d: Dossier, { data, at }: Of<'DispatchOpened'>): Partial<Dossier> {
  const { issue, visit, opening } = data;
  const task = openedTask(d, opening, { stage: DISPATCH, visit, kind: DISPATCH, opened: at });
  return {
    tasks: { ...d.tasks, [task.task]: task },
    issues: { ...d.issues, [issue]: { ...stateOf(d, issue), dispatch: { task: task.task, state: 'waiting' } } },
  };
}

function ended(d: Dossier, event: Of<'PaperPosted'> | Of<'PaperNotPosted'>): Partial<Dossier> {
  const { data, actor: by, at, seq } = event;
  const task = d.tasks[data.task];
  if (!task) throw new Error(`dossier ${d.id}: no print waits by task ${data.task}`);
  const posted = event.type === 'PaperPosted';
  const dispatch: Dispatch = posted
    ? { task: data.task, state: 'posted', on: event.data.on, seq }
    : { task: data.task, state: 'not-posted', seq };
  const decided = { outcome: posted ? POSTED : NOT_POSTED, by, at, seq, missing: [] };
  return {
    tasks: { ...d.tasks, [task.task]: { ...task, decided } },
    issues: { ...d.issues, [data.issue]: { ...stateOf(d, data.issue), dispatch } },
  };
}

function stateOf(d: Dossier, issue: string): IssueState {
  const state = d.issues[issue];
  if (!state) throw new Error(`dossier ${d.id}: issue ${issue} was never drafted`);
  return state;
}
