import type * as z from 'zod';
import { notTakenIn } from '../../domain/dossier/paper.ts';
import { isOpen } from '../../domain/dossier/project.ts';
import { CUSTODY, type TaskState } from '../../domain/dossier/state.ts';
import type { CustodyOfTask, WaitingScan } from '../../schemas/intake.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';

/** What an official has to know of paper at a task: scans that wait for their comparison, or originals that wait to go back. */
export function paperAt(
  loaded: Loaded,
  task: TaskState,
): { intake?: z.infer<typeof WaitingScan>[]; custody?: z.infer<typeof CustodyOfTask> } {
  if (!isOpen(task) || task.party !== null) return {};
  if (task.kind === CUSTODY) return { custody: custodyOf(loaded, task) };
  const waiting = notTakenIn(loaded.dossier);
  if (waiting.length === 0) return {};
  return {
    intake: waiting.map(({ component, how, sha256, size, mediaType, evidence }) => ({
      component,
      how,
      sha256,
      size,
      mediaType,
      ...(evidence !== undefined && { evidence }),
    })),
  };
}

/** Originals that a task keeps, and where. */
export function custodyOf(loaded: Loaded, { task, due }: TaskState): z.infer<typeof CustodyOfTask> {
  const taken = (loaded.dossier.takenIn ?? []).find(({ keeps }) => keeps?.task === task);
  if (!taken?.keeps) throw new Error(`task ${task}: expected originals in custody`);
  const place = findSecret(loaded, taken.seq)?.['place'];
  return {
    components: [...taken.keeps.components],
    place: typeof place === 'string' ? place : null,
    until: due ?? '',
    since: taken.at,
  };
}
