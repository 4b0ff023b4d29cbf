import type { EventData } from '../../schemas/events.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import type { Platform } from '../runtime/platform.ts';

type Kept = Pick<Platform, 'cache' | 'store' | 'masterKey'>;

/** What the first event says of who hands in. */
type Begun = Pick<EventData<'DossierSubmitted'>, 'channel' | 'identifiedBy' | 'parent'>;

/**
 * Whether the applicant of the record is its holder: he handed it in himself, or an official identified him; of one that another dossier opened, whether he is of that
 * one. What an official took in for nobody in particular is found under that official's own key, and is not his.
 */
export async function isOfItsApplicant(platform: Kept, { channel, identifiedBy, parent }: Begun): Promise<boolean> {
  return parent ? hasHolder(platform, parent.dossier) : channel === 'online' || identifiedBy !== undefined;
}

/** The same by its id, also of one that was disposed of: its events remain. */
export async function hasHolder({ cache, store, masterKey }: Kept, id: string): Promise<boolean> {
  const loaded = await cache.load(id, store, masterKey);
  if (loaded) return isOfItsApplicant({ cache, store, masterKey }, loaded.dossier);
  const [first] = await store.events(id);
  const begun = first && upcastEvent(first.event);
  return begun?.type === 'DossierSubmitted' && isOfItsApplicant({ cache, store, masterKey }, begun.data);
}

/** What is of dossiers whose applicant is their holder, in its order. */
export async function withHolder<T>(platform: Kept, items: readonly T[], dossierOf: (item: T) => string): Promise<T[]> {
  const held = await Promise.all(items.map((item) => hasHolder(platform, dossierOf(item))));
  return items.filter((_, index) => held[index]);
}
