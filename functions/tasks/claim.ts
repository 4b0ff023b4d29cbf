import { claimTask, releaseTask } from '../../domain/dossier/commands/tasks.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { authorise } from './authority.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;
const COMMANDS = { claim: claimTask, release: releaseTask } as const;

export interface Handling {
  task: string;
  by: OfficialActor;
  onBehalfOf?: string | undefined;
  idempotency?: ((dossier: Dossier) => IdempotencyRecord) | undefined;
}

/** An official takes a task for himself, or gives it back to the queue. Twice is once. */
export async function handleTask(
  platform: Platform,
  catalogue: Catalogue,
  what: keyof typeof COMMANDS,
  { task, by, onBehalfOf, idempotency }: Handling,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const [dossierId = ''] = task.split('.');
  const appended = await append(platform, dossierId, async ({ dossier }) => {
    const state = dossier.tasks[task];
    const acting = state
      ? await authorise(catalogue, platform.clock.now(), by, { dossier, task: state, onBehalfOf })
      : refuse('unknown-task', `expected a task that exists, got ${task}`);
    if (!acting.ok) return { decision: acting, actor: by };
    return {
      decision: COMMANDS[what](dossier, { task, by: acting.by }),
      actor: acting.by,
      ...(idempotency && { idempotency }),
    };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}
