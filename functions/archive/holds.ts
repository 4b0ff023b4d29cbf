import type { Decision } from '../../domain/dossier/commands/decision.ts';
import { liftHold, setHold } from '../../domain/dossier/commands/archive.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { type OfficialActor, refuseKeeper } from './keepers.ts';

export interface HoldOrder {
  by: OfficialActor;
  legalBasis: string;
  /** Kept as the event's secret. */
  reason: string;
  idempotency?: Extras['idempotency'];
}

type Held = Promise<{ ok: true; dossier: Dossier } | Refused>;

/** Forbids that a record be disposed of: an event of its own chain, so that it goes wherever the record goes. Archivist or head. */
export function holdRecord(platform: Platform, catalogue: Catalogue, id: string, order: HoldOrder): Held {
  return change(platform, catalogue, { id, order }, (dossier) => setHold(dossier, order));
}

/** Allows it again: whoever heads the unit alone. */
export function releaseRecord(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  order: HoldOrder & { hold: string },
): Held {
  return change(platform, catalogue, { id, order, only: 'head' }, (dossier) => liftHold(dossier, order));
}

async function change(
  platform: Platform,
  catalogue: Catalogue,
  { id, order, only }: { id: string; order: HoldOrder; only?: 'head' },
  decide: (dossier: Dossier) => Decision,
): Held {
  const { by, idempotency } = order;
  const appended = await append(platform, id, async ({ dossier }) => {
    const refused = await refuseKeeper(catalogue, by, { dossier, now: platform.clock.now(), ...(only && { only }) });
    return { decision: refused ?? decide(dossier), actor: by, ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}
