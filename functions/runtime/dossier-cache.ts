import { fold } from '../../domain/dossier/fold.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { DossierStore, StoredEvent } from '../../domain/ports/dossier-store.ts';
import type { MasterKey } from '../../domain/ports/master-key.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { openSecret, type Secret } from './vault.ts';

/** A dossier folded from its events, with the key to its secrets. */
export interface Loaded {
  dossier: Dossier;
  key: Uint8Array;
  /** Opened secrets by sequence number. */
  secrets: Map<number, Secret>;
  sealed: Map<number, Uint8Array>;
}

/** Of 32 bytes each. */
const KEYS_KEPT = 5_000;

/**
 * Keeps the dossiers used last. What it holds may be old: a commit checks the version. Where other processes write too (`shared`), what they have added is
 * read each time a dossier is asked for.
 */
export class DossierCache {
  readonly #entries = new Map<string, Loaded>();
  /** Keys alone, of dossiers that only lists tell of. */
  readonly #keys = new Map<string, Uint8Array>();
  /** Whose key is destroyed. */
  readonly #gone = new Set<string>();
  /** The last in each queue of `inTurn`. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #capacity: number;
  readonly #shared: boolean;

  constructor(capacity: number, { shared = false } = {}) {
    this.#capacity = capacity;
    this.#shared = shared;
  }

  async load(id: string, store: DossierStore, masterKey: MasterKey): Promise<Loaded | undefined> {
    const known = this.#entries.get(id);
    if (known) {
      const added = this.#shared ? await store.events(id, known.dossier.version) : [];
      const latest = added.length === 0 ? known : foldOn(known, added);
      if (latest.dossier.disposed) this.destroy(id);
      if (this.#gone.has(id)) return undefined;
      this.put(id, latest);
      return this.#entries.get(id) ?? latest;
    }
    const events = await store.events(id);
    const wrapped = events.length > 0 ? await store.wrappedKey(id) : undefined;
    if (!wrapped) return undefined;
    const loaded = foldAll(events, await masterKey.unwrap(wrapped, id));
    this.put(id, loaded);
    return this.#gone.has(id) ? undefined : (this.#entries.get(id) ?? loaded);
  }

  /** The key to a dossier's secrets, without reading its events; undefined where there is none, or none any more. */
  async keyOf(id: string, store: DossierStore, masterKey: MasterKey): Promise<Uint8Array | undefined> {
    const known = this.#entries.get(id)?.key ?? this.#keys.get(id);
    if (known || this.#gone.has(id)) return known;
    const wrapped = await store.wrappedKey(id);
    if (!wrapped) return undefined;
    const key = await masterKey.unwrap(wrapped, id);
    if (this.#gone.has(id)) return undefined;
    this.#keys.set(id, key);
    const oldest = this.#keys.keys().next();
    if (this.#keys.size > KEYS_KEPT && !oldest.done) this.#keys.delete(oldest.value);
    return key;
  }

  /** Keeps it, unless a newer one is kept already: a reading may end after a commit that began later. */
  put(id: string, loaded: Loaded): void {
    if (this.#gone.has(id)) return;
    const known = this.#entries.get(id);
    if (known && known.dossier.version > loaded.dossier.version) return;
    this.#entries.delete(id);
    this.#entries.set(id, loaded);
    if (this.#entries.size > this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }

  /** Its key is destroyed: neither it nor anything that is still being read of it is kept from now on. */
  destroy(id: string): void {
    this.#gone.add(id);
    this.#keys.delete(id);
    this.forget(id);
  }

  /** Does one work at a time for a dossier, in order of asking. A work may not ask for another turn of its own dossier. */
  inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(work, work);
    this.#turns.set(id, turn);
    const leave = (): void => {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    };
    turn.then(leave, leave);
    return turn;
  }
}

/** The dossier as far as whoever sent here has seen it: what is remembered may be older, then it is read anew. */
export async function loadAtLeast(
  { cache, store, masterKey }: { cache: DossierCache; store: DossierStore; masterKey: MasterKey },
  id: string,
  seen: (loaded: Loaded) => boolean,
): Promise<Loaded | undefined> {
  const loaded = await cache.load(id, store, masterKey);
  if (!loaded || seen(loaded)) return loaded;
  cache.forget(id);
  return cache.load(id, store, masterKey);
}

function foldAll(events: readonly StoredEvent[], key: Uint8Array): Loaded {
  return foldOn({ dossier: undefined, key, secrets: new Map(), sealed: new Map() }, events);
}

type Begun = Omit<Loaded, 'dossier'> & { dossier: Dossier | undefined };

function foldOn(before: Begun, events: readonly StoredEvent[]): Loaded {
  const sealed = new Map(before.sealed);
  for (const stored of events) if (stored.secret) sealed.set(stored.event.seq, stored.secret);
  const dossier = foldStored(events, before.dossier);
  return { dossier, key: before.key, secrets: new Map(before.secrets), sealed };
}

/** The dossier that its stored events make. Its secrets stay sealed, no key is asked for. Throws where there is no event. */
export function foldStored(events: readonly StoredEvent[], before?: Dossier): Dossier {
  let dossier = before;
  for (const stored of events) dossier = fold(dossier, upcastEvent(stored.event), stored.hash);
  if (!dossier) throw new Error('dossier: expected at least one event');
  return dossier;
}

/** The secret of one event, opened, if it has one. */
export function findSecret(loaded: Loaded, seq: number): Secret | undefined {
  return loaded.secrets.has(seq) || loaded.sealed.has(seq) ? secretOf(loaded, seq) : undefined;
}

/** The secret of one event, opened. Throws if the event has none. */
export function secretOf(loaded: Loaded, seq: number): Secret {
  const known = loaded.secrets.get(seq);
  if (known) return known;
  const sealed = loaded.sealed.get(seq);
  if (!sealed) throw new Error(`dossier ${loaded.dossier.id}: event ${seq} has no secret`);
  const secret = JSON.parse(openSecret(loaded.key, sealed, { dossier: loaded.dossier.id, seq }).json) as Secret;
  loaded.secrets.set(seq, secret);
  return secret;
}
