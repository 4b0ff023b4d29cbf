import { InvalidCursor, type DossierStore, type Listing, type Page } from '../../domain/ports/dossier-store.ts';
import type { Head } from '../../schemas/dossier.ts';
import type { Catalogue } from '../procedures/catalogue.ts';

/** Most queues that one page looks through; the cursor leads on, also when they were all empty. */
const QUEUES = 50;

/**
 * Dossiers over all units, unit by unit in order of id; those that nobody has placed come first. A page may be short, or empty, and still have a next one:
 * the stores list by unit, and nothing here reads more than `QUEUES` of these lists.
 */
export async function listOverUnits(
  store: Pick<DossierStore, 'byUnit'>,
  catalogue: Pick<Catalogue, 'units'>,
  query: { status?: Head['status']; order: 'due' | 'updated' },
  page: Page,
): Promise<Listing<Head>> {
  const units = [null, ...(await catalogue.units()).map(({ id }) => id).toSorted()];
  const items: Head[] = [];
  let place = page.after === undefined ? { unit: null, after: undefined } : readCursor(page.after);
  for (let count = 0; count < QUEUES; count += 1) {
    const listed = await store.byUnit(
      { unit: place.unit, ...query },
      { limit: page.limit - items.length, ...(place.after !== undefined && { after: place.after }) },
    );
    items.push(...listed.items);
    const { unit } = place;
    const following = units.find((other) => other !== null && (unit === null || other > unit));
    if (listed.next !== undefined) place = { unit, after: listed.next };
    else if (following === undefined) return { items };
    else place = { unit: following, after: undefined };
    if (items.length >= page.limit) break;
  }
  return { items, next: writeCursor(place) };
}

interface Place {
  unit: string | null;
  after: string | undefined;
}

function writeCursor({ unit, after = '' }: Place): string {
  return Buffer.from(JSON.stringify([unit, after])).toString('base64url');
}

function readCursor(text: string): Place {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const [unit, after, ...rest] = Array.isArray(read) ? (read as unknown[]) : [];
    if ((typeof unit === 'string' || unit === null) && typeof after === 'string' && rest.length === 0)
      return { unit, after: after === '' ? undefined : after };
  } catch {
    // Below.
  }
  throw new InvalidCursor();
}
