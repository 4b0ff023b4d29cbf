import { claimTask, releaseTask } from '../../domain/dossier/commands/tasks.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Refused } from '../../schemas/refusals.ts';
import { append } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;
const COMMANDS = { claim: claimTask, release: releaseTask } as const;

/** An official takes a task for himself, or gives it back to the queue. Twice is once. */
export async function handleTask(
  platform: Platform,
  what: keyof typeof COMMANDS,
  task: string,
  by: OfficialActor,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const [dossierId = ''] = task.split('.');
  const appended = await append(platform, dossierId, ({ dossier }) => ({
    decision: COMMANDS[what](dossier, { task, by }),
    actor: by,
  }));
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}
