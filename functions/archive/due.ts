import { closedBefore, fallsDue } from '../../domain/archive/retention.ts';
import { InvalidCursor, type Listing, type Page } from '../../domain/ports/dossier-store.ts';
import type { Head } from '../../schemas/dossier.ts';
import type { Keep } from '../../schemas/procedure/head.ts';
import { listAll } from '../organisation/list-all.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';

/** Lists that one page looks through; the cursor leads on, also when they were all empty. */
const LOOKS = 60;

/** A record whose time is over. */
export interface DueRecord {
  head: Head;
  keep: Keep;
  due: string;
}

/**
 * Records of these units whose time is over by `now`, procedure version by procedure version, the oldest first. Computed from the pinned versions and the
 * instants of the close: nothing is kept that a change of law would make wrong. A page may be short and still have a next one.
 */
export async function listDue(
  { store, registry }: Pick<Platform, 'store' | 'registry'>,
  catalogue: Catalogue,
  { units, now }: { units: readonly (string | null)[]; now: number },
  page: Page,
): Promise<Listing<DueRecord>> {
  const versions = (await listAll(registry, 'procedure')).map(({ record }) => record);
  const lists = units.flatMap((unit) => versions.map(({ id: procedure, version }) => ({ unit, procedure, version })));
  const items: DueRecord[] = [];
  let { at, after } = page.after === undefined ? { at: 0, after: undefined } : readCursor(page.after);
  for (let look = 0; look < LOOKS && items.length < page.limit; look += 1) {
    const list = lists[at];
    if (!list) return { items };
    const { keep } = (await catalogue.pinned(list.procedure, list.version)).procedure;
    const before = keep && closedBefore(keep, now);
    const found = before
      ? await store.closedDossiers(
          { ...list, before },
          { limit: page.limit - items.length, ...(after !== undefined && { after }) },
        )
      : { items: [] };
    for (const head of found.items) {
      const due = keep && fallsDue(keep, head.closed ?? head.updated);
      if (keep && due !== undefined) items.push({ head, keep, due });
    }
    if (found.next === undefined) at += 1;
    after = found.next;
  }
  return lists[at] ? { items, next: writeCursor(at, after) } : { items };
}

function writeCursor(at: number, after: string | undefined): string {
  return Buffer.from(JSON.stringify([at, after ?? ''])).toString('base64url');
}

function readCursor(text: string): { at: number; after: string | undefined } {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const [at, after, ...rest] = Array.isArray(read) ? (read as unknown[]) : [];
    if (Number.isSafeInteger(at) && Number(at) >= 0 && typeof after === 'string' && rest.length === 0)
      return { at: Number(at), after: after === '' ? undefined : after };
  } catch {
    // Below.
  }
  throw new InvalidCursor();
}
