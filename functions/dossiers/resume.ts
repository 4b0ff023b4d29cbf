import { resume } from '../../domain/dossier/commands/stages.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Refused } from '../../schemas/refusals.ts';
import { append } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';

/** A person has looked at a parked dossier and lets it go on where it stands, in a new run. Refused (`wrong-status`) for one that is not parked. */
export async function resumeDossier(
  platform: Platform,
  id: string,
  actor: Actor,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const appended = await append(platform, id, ({ dossier }) => ({ decision: resume(dossier), actor }));
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}
