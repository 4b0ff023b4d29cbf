import { requestRun } from '../../domain/dossier/commands/stages.ts';
import type { Decision } from '../../domain/dossier/commands/decision.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Timer } from '../../domain/ports/dossier-store.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';

/**
 * What a clock does by itself: it warns that the date comes near, or silence has its effect. A clock that was stopped, extended or ended meanwhile has no
 * alarm for this instant any more, and nothing happens; firing twice has the effect of once.
 */
export async function soundAlarm(
  platform: Platform,
  catalogue: Catalogue,
  { kind, dossier, at }: Timer,
): Promise<void> {
  await appendSurely(platform, dossier, async (loaded) => {
    const actor = { kind: 'platform' } as const;
    const alarm = loaded.dossier.alarms[kind === 'silence' ? 'silence' : 'warn'];
    if (alarm === undefined || Date.parse(alarm) !== at) return { decision: { ok: true, events: [] }, actor };
    const { procedure } = await catalogue.pinned(loaded.dossier.procedure, loaded.dossier.procedureVersion);
    const decision = kind === 'silence' ? fallSilent(loaded.dossier, procedure) : warn(loaded.dossier);
    return { decision, actor };
  });
}

function warn(d: Dossier): Decision {
  return { ok: true, events: d.promise ? [{ type: 'DeadlineNeared', data: { due: d.promise.due } }] : [] };
}

/** The limit has passed undecided, and the law says what that means: the dossier goes there, wherever it stands, parked or not. */
function fallSilent(d: Dossier, { clock: { silence } }: Procedure): Decision {
  if (!silence || d.settled !== null || d.stage === null) return { ok: true, events: [] };
  return requestRun(d, { stage: silence.go, reason: 'silence' });
}
