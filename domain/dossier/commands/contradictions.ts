import type { Actor } from '../../../schemas/actor.ts';
import type { EventData } from '../../../schemas/events.ts';
import { refuse } from '../../../schemas/refusals.ts';
import { EXAMINED } from '../fold-sources.ts';
import { CONTRADICTION, type Dossier, type TaskState } from '../state.ts';
import { openBeside } from './beside.ts';
import { accept, type Decision } from './decision.ts';
import { refuseTask } from './tasks.ts';

type Work = NonNullable<EventData<'PaperContradicted'>['work']>;

/** Looking into it is work beside the stages and after them. */
export function openContradiction(d: Dossier, { unit, role }: { unit: string; role: string }): Work {
  return openBeside(d, CONTRADICTION, { unit, role, outcomes: [EXAMINED] });
}

/** Whether a source that was away has answered since, for a document that was handed in on paper meanwhile. */
export function isCheckedPaper(d: Dossier, document: string): boolean {
  const source = d.sources[document];
  const isPaper = d.documents.some(({ component }) => component === document);
  return isPaper && source?.failed != null && source.answer !== null && source.contradicted === undefined;
}

const GRANTING: ReadonlySet<Dossier['result']> = new Set(['granted', 'granted-by-silence', 'partly-granted']);

/** Whether nobody acts on the dossier any more who would see it, and something was granted on the paper. */
export function isGranted({ settled, result }: Dossier): boolean {
  return settled !== null && GRANTING.has(result);
}

/** An official says what follows from it. It changes nothing of what was decided: that is for a procedure of its own. */
export function examineContradiction(
  d: Dossier,
  { task, by, comment }: { task: TaskState; by: Extract<Actor, { kind: 'official' }>; comment: string | undefined },
): Decision {
  const refused = refuseTask(d, task, by, { outcome: EXAMINED });
  if (refused) return refused;
  if (comment === undefined || comment.trim() === '')
    return refuse('reason-missing', 'expected what was found and what follows from it', [
      { at: '/comment', expected: 'what was found, and what follows from it' },
    ]);
  const document = task.contradicted;
  if (document === undefined)
    throw new Error(`task ${task.task}: expected a document that its source does not bear out`);
  return accept({ type: 'ContradictionExamined', data: { task: task.task, document }, secret: { comment } });
}
