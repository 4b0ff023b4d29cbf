import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import type { Head } from '../../schemas/dossier.ts';

type Store = Pick<DossierStore, 'byCode' | 'byReference'>;

/** A dossier by its code, as somebody types it from a paper: in small letters, too. */
export async function findByCode(store: Store, typed: string): Promise<Head | undefined> {
  const code = typed.trim();
  const inCapitals = code.toUpperCase();
  return (await store.byCode(code)) ?? (inCapitals === code ? undefined : await store.byCode(inCapitals));
}

/** By its reference, as somebody types what he was told on the telephone: three times four letters and digits, however they are parted. */
export function findByReference(store: Store, typed: string): Promise<Head | undefined> {
  const said = typed.trim().toUpperCase();
  const [, ...groups] = /^(.{4})(.{4})(.{4})$/.exec(said.replace(/[^0-9A-Z]/g, '')) ?? [];
  return store.byReference(groups.length === 0 ? said : groups.join('-'));
}

export async function findByCodeOrReference(store: Store, typed: string): Promise<Head | undefined> {
  return (await findByCode(store, typed)) ?? (await findByReference(store, typed));
}
