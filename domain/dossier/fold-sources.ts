import type { SourceGaps } from '../../schemas/dossier.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import { openedTask } from './fold-stages.ts';
import { CONTRADICTION, type Dossier, type SourceState } from './state.ts';

export const NO_GAPS: SourceGaps = { unavailable: 0, demanded: 0 };

/** How it ends that a contradiction is looked into. */
export const EXAMINED = 'examined';

type Change = Partial<Dossier>;

/** What sources were asked and said. */
export function applySourceEvent(d: Dossier, event: DossierEvent): Change {
  switch (event.type) {
    case 'SourceAsked': {
      const { document, ...asked } = event.data;
      const before = d.sources[document];
      return put(d, document, {
        ...asked,
        seq: event.seq,
        asked: event.at,
        times: (before?.times ?? 0) + 1,
        state: 'asked',
        failed: null,
        answer: null,
        demanded: before?.demanded ?? [],
      });
    }
    case 'SourceAnswered': {
      const { document, request: _, ...answer } = event.data;
      const state = answer.found ? 'found' : 'not-found';
      const change = alter(d, document, { state, answer: { ...answer, seq: event.seq, recorded: event.at } });
      return answer.revises ? { ...change, secrets: { ...d.secrets, facts: event.seq } } : change;
    }
    case 'SourceFailed': {
      const { document, why } = event.data;
      return {
        ...alter(d, document, { state: 'unavailable', failed: { why, at: event.at } }),
        ...gap(d, 'unavailable'),
      };
    }
    case 'PaperDemanded': {
      const demanded = d.sources[event.data.document]?.demanded ?? [];
      const demand = { by: event.actor, at: event.at, seq: event.seq };
      return { ...alter(d, event.data.document, { demanded: [...demanded, demand] }), ...gap(d, 'demanded') };
    }
    case 'PaperContradicted': {
      const { document, why, rules, work } = event.data;
      const change = alter(d, document, { contradicted: { why, rules, at: event.at } });
      if (!work) return change;
      const at = { stage: CONTRADICTION, visit: work.visit, kind: CONTRADICTION, opened: event.at } as const;
      const task = { ...openedTask(d, work.opening, at), contradicted: document };
      return { ...change, tasks: { ...d.tasks, [task.task]: task } };
    }
    case 'ContradictionExamined': {
      const task = d.tasks[event.data.task];
      if (!task) throw new Error(`dossier ${d.id}: nothing is looked into by task ${event.data.task}`);
      const { actor: by, at, seq } = event;
      const decided = { outcome: EXAMINED, by, at, seq, missing: [] };
      return { tasks: { ...d.tasks, [task.task]: { ...task, decided } } };
    }
    default:
      throw new Error(`dossier ${d.id}: no event of a source: ${event.type}`);
  }
}

function gap(d: Dossier, kind: keyof SourceGaps): Change {
  const gaps = { ...NO_GAPS, ...d.gaps };
  return { gaps: { ...gaps, [kind]: gaps[kind] + 1 } };
}

function alter(d: Dossier, document: string, change: Partial<SourceState>): Change {
  const before = d.sources[document];
  return before ? put(d, document, { ...before, ...change }) : {};
}

function put(d: Dossier, document: string, state: SourceState): Change {
  return { sources: { ...d.sources, [document]: state } };
}
