import type { DossierEvent } from '../../schemas/events.ts';
import { givenPaper, openedTask } from './fold-stages.ts';
import { ACKNOWLEDGED, NOT_POSTED, POSTED } from './outgoing.ts';
import { type Dossier, type IssueState, type Dispatch, DISPATCH, type GivenPaper, INCOMING } from './state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
type OutgoingEvent =
  | Of<'DispatchOpened'>
  | Of<'PaperPosted'>
  | Of<'PaperNotPosted'>
  | Of<'PaperGiven'>
  | Of<'PaperEffectTold'>
  | Of<'PaperAcknowledged'>;

/** Papers that go on once they have left the house: prints by post, and what other units get. */
export function applyOutgoingEvent(d: Dossier, event: OutgoingEvent): Partial<Dossier> {
  switch (event.type) {
    case 'DispatchOpened':
      return opened(d, event);
    case 'PaperGiven':
      return given(d, event);
    case 'PaperEffectTold':
      return told(d, event);
    case 'PaperAcknowledged':
      return { tasks: decided(d, event, ACKNOWLEDGED) };
    default:
      return ended(d, event);
  }
}

function given(d: Dossier, { data, at }: Of<'PaperGiven'>): Partial<Dossier> {
  const { issue, to, visit, opening } = data;
  const state = stateOf(d, issue);
  const task = openedTask(d, opening, { stage: INCOMING, visit, kind: INCOMING, opened: at });
  return {
    tasks: { ...d.tasks, [task.task]: { ...task, given: givenPaper(d, issue) } },
    issues: {
      ...d.issues,
      [issue]: {
        ...state,
        given: [...(state.given ?? []), to],
        ...(state.affected && { told: { ...state.told, [to]: state.affected.length } }),
      },
    },
  };
}

function told(d: Dossier, { data, at }: Of<'PaperEffectTold'>): Partial<Dossier> {
  const { issue, to, effect, by, visit, opening } = data;
  const state = stateOf(d, issue);
  const task = openedTask(d, opening, { stage: INCOMING, visit, kind: INCOMING, opened: at });
  const known = state.told ?? {};
  return {
    tasks: { ...d.tasks, [task.task]: { ...task, given: givenBefore(d, issue), touched: { effect, by } } },
    issues: { ...d.issues, [issue]: { ...state, told: { ...known, [to]: (known[to] ?? 0) + 1 } } },
  };
}

/** As the unit got it: with the number that it had, also where that is void by now. */
function givenBefore(d: Dossier, issue: string): readonly GivenPaper[] {
  const now = givenPaper(d, issue);
  const before = Object.values(d.tasks).find(
    ({ kind, given = [] }) => kind === INCOMING && given[0]?.issue === issue && given[0].sha256 === now[0]?.sha256,
  );
  return before?.given ?? now;
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
  const { data, seq } = event;
  const dispatch: Dispatch =
    event.type === 'PaperPosted'
      ? { task: data.task, state: 'posted', on: event.data.on, seq }
      : { task: data.task, state: 'not-posted', seq };
  return {
    tasks: decided(d, event, event.type === 'PaperPosted' ? POSTED : NOT_POSTED),
    issues: { ...d.issues, [data.issue]: { ...stateOf(d, data.issue), dispatch } },
  };
}

function decided(
  d: Dossier,
  { data, actor: by, at, seq }: Of<'PaperPosted'> | Of<'PaperNotPosted'> | Of<'PaperAcknowledged'>,
  outcome: string,
): Dossier['tasks'] {
  const task = d.tasks[data.task];
  if (!task) throw new Error(`dossier ${d.id}: no paper waits by task ${data.task}`);
  return { ...d.tasks, [task.task]: { ...task, decided: { outcome, by, at, seq, missing: [] } } };
}

function stateOf(d: Dossier, issue: string): IssueState {
  const state = d.issues[issue];
  if (!state) throw new Error(`dossier ${d.id}: issue ${issue} was never drafted`);
  return state;
}
