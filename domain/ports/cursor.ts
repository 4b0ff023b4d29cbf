import { InvalidCursor } from './dossier-store.ts';

/** Writes the place where a page ended, so that it looks opaque and can stand in a URL. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Bytes of the longest sort key that DynamoDB takes. */
const LONGEST_PLACE = 1024;

/** Reads the cursor of a log, whose places each begin with the digits of a year or an instant; throws `InvalidCursor` on a place where nothing can be. */
export function decodePlaceInTime(cursor: string): string {
  const place = String(decodeCursor(cursor, ['string'])[0]);
  if (!/^\d/.test(place) || Buffer.byteLength(place) > LONGEST_PLACE) throw new InvalidCursor();
  return place;
}

/** Reads a cursor of `encodeCursor` whose parts have the given types; throws `InvalidCursor` on any other text. */
export function decodeCursor(cursor: string, types: readonly ('string' | 'number')[]): (string | number)[] {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new InvalidCursor();
  }
  if (!Array.isArray(place) || place.length !== types.length) throw new InvalidCursor();
  return types.map((type, i) => {
    const part: unknown = place[i];
    if (typeof part !== type || (typeof part !== 'string' && !Number.isSafeInteger(part))) throw new InvalidCursor();
    return part as string | number;
  });
}
