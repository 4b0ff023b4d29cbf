import { requestRun } from '../../domain/dossier/commands/stages.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';

/** Asks for a new run of a dossier whose execution is gone, at the stage where it stands. False: it is in another run by now, parked or at its end, and nothing happens. */
export async function replaceRun(platform: Platform, dossier: string, run: number): Promise<boolean> {
  const { events } = await appendSurely(platform, dossier, ({ dossier: now }) => ({
    decision: isStillIn(now, run)
      ? requestRun(now, { stage: now.stage, reason: 'execution-lost' })
      : { ok: true, events: [] },
    actor: { kind: 'platform' },
  }));
  return events.length > 0;
}

function isStillIn(dossier: Dossier, run: number): dossier is Dossier & { stage: string } {
  return dossier.run === run && dossier.stage !== null && dossier.parked === null;
}
