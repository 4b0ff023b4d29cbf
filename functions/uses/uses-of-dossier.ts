import { usesOf } from '../../domain/dossier/uses.ts';
import type { OwnAsk } from '../../domain/ports/ask-log.ts';
import type { Read } from '../../domain/ports/read-log.ts';
import type { Connector } from '../../schemas/connector.ts';
import type { OwnAskShown } from '../../schemas/own-details.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import type { ReadShown, Use } from '../../schemas/uses.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';

/** Whom the data of a dossier was asked from or given to, with names and laws. Needs no key: it is told also when the record was disposed of. */
export async function usesOfDossier(
  { store, registry }: Pick<Platform, 'store' | 'registry'>,
  catalogue: Catalogue,
  { id, ...pinned }: { id: string; procedure: string; version: string },
): Promise<Use[]> {
  const [stored, { procedure }] = await Promise.all([
    store.events(id),
    catalogue.pinned(pinned.procedure, pinned.version),
  ]);
  const uses = usesOf(stored.map(({ event }) => upcastEvent(event)));
  return Promise.all(
    uses.map(async (use): Promise<Use> => {
      const system = systemOf(use);
      const known = system === undefined ? undefined : (await registry.get('connector', system))?.record;
      if (use.kind === 'source' || use.kind === 'own') return { ...use, ...nameOf(known) };
      const legalBasis = procedure.stages[use.stage]?.legalBasis;
      return { ...use, ...nameOf(known), ...(legalBasis !== undefined && { legalBasis }) };
    }),
  );
}

function systemOf(use: Use): string | undefined {
  if (use.kind === 'system') return use.system;
  if (use.kind === 'own') return use.registry;
  return use.kind === 'source' && 'registry' in use.from ? use.from.registry : undefined;
}

function nameOf(known: Connector | undefined): Pick<Connector, 'name' | 'authority'> | undefined {
  return known && { name: known.name, authority: known.authority };
}

/** A register that was asked at somebody's own wish, as it is answered. */
export async function shownAsk(
  { registry: records }: Pick<Platform, 'registry'>,
  { owner: _, request: __, draft: ___, at, answered, ...ask }: OwnAsk,
): Promise<OwnAskShown> {
  const known = (await records.get('connector', ask.registry))?.record;
  return {
    ...ask,
    ...nameOf(known),
    at: new Date(at).toISOString(),
    answered: answered === null ? null : new Date(answered).toISOString(),
  };
}

/** A reading as it is answered. */
export function shownRead({ first, ...read }: Read): ReadShown {
  return { ...read, first: new Date(first).toISOString() };
}
