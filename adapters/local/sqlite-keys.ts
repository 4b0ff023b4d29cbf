/** Destroys the wrapped key of a dossier. In place, since it is as long: a page that is never rebuilt leaves no copy of a key behind. */
export const DESTROY_KEY = 'UPDATE dossier_key SET key = zeroblob(length(key)) WHERE dossier = ?';

/** The wrapped key in a row of `dossier_key`; undefined where there is no row, or the key was destroyed. */
export function storedKey(row: Readonly<Record<string, unknown>> | undefined): Uint8Array | undefined {
  const key = row?.['key'] as Uint8Array | undefined;
  return key?.some((byte) => byte !== 0) === true ? key : undefined;
}
