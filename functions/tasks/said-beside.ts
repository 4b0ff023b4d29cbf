import type { Decision as Decided } from '../../domain/dossier/commands/decision.ts';
import type { TaskState } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse } from '../../schemas/refusals.ts';
import type { Proposal } from '../runtime/append.ts';
import type { Deciding } from './decision.ts';

/** What an official says of work beside the stages. */
export interface SaidBeside {
  task: TaskState;
  by: Extract<Actor, { kind: 'official' }>;
  outcome: string;
  comment: string | undefined;
}

/** Work beside the stages is decided by an official and without documents, whatever became of the dossier. `where`: no documents are expected there, in words. */
export async function proposeBeside(
  { task, decider: { by }, decision }: Deciding,
  where: string,
  decide: (said: SaidBeside) => Decided | Promise<Decided>,
): Promise<Proposal> {
  if (by.kind !== 'official') return { decision: refuse('not-entitled', 'this task is for an official'), actor: by };
  if (decision.attachments.length > 0)
    return { decision: refuse('document-not-accepted', `expected no documents ${where}`), actor: by };
  const comment = decision.comment?.normalize('NFC');
  return { decision: await decide({ task, by, outcome: decision.outcome, comment }), actor: by };
}
