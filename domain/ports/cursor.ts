import { InvalidCursor } from './dossier-store.ts';

/** Writes the place where a page ended, so that it looks opaque and can stand in a URL. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
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
