import { refuseTransfer, transferDossier, workToTransfer } from '../../domain/dossier/commands/transfer.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { queueOf } from '../stages/queue.ts';
import { stageOf } from '../stages/standing.ts';

/** Passes a dossier that is another unit's on to it, or to the coordination queue where nobody can tell whose it is. */
export async function passDossierOn(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  request: {
    by: Extract<Actor, { kind: 'official' }>;
    unit: string | null;
    reason: string;
    idempotency?: ((after: Dossier) => IdempotencyRecord) | undefined;
  },
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const { by, unit, reason, idempotency } = request;
  const appended = await append(platform, id, async ({ dossier }): Promise<Proposal> => {
    const now = platform.clock.now();
    if (unit !== null && !(await catalogue.unitsInForce(now)).some(({ id: known }) => known === unit))
      return { decision: unknownUnit(unit), actor: by };
    const refused = refuseTransfer(dossier, by, unit);
    if (refused) return { decision: refused, actor: by };
    const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
    const workOf = await catalogue.workOf({ procedure: dossier.procedure, now });
    const tasks = workToTransfer(dossier).map(({ task, stage: name, unit: from, role }) => {
      const stage = stageOf(procedure, name);
      const kept = { unit: from ?? '', role: role ?? '' };
      return { task, ...('by' in stage && stage.by !== undefined ? queueOf(stage.by, unit, workOf) : kept) };
    });
    const decision = transferDossier(dossier, { unit, reason: reason.normalize('NFC'), tasks });
    return { decision, actor: by, ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

function unknownUnit(unit: string): Refused {
  return refuse('unknown-unit', `expected a unit, got ${unit}`, [{ at: '/unit', expected: 'a unit', found: unit }]);
}
