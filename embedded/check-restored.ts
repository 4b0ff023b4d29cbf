import { X509Certificate, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFileMasterKey } from '../adapters/local/file-master-key.ts';
import { FileDocumentStore } from '../adapters/local/file-document-store.ts';
import { LocalDocumentStore } from '../adapters/local/local-document-store.ts';
import { createLocalPki } from '../adapters/local/pki/local-pki.ts';
import { storedKey } from '../adapters/local/sqlite-keys.ts';
import { type Database, openDatabase } from '../adapters/local/sqlite.ts';
import type { Certificate } from '../adapters/cms/certificate.ts';
import { verifyTimestampToken } from '../adapters/timestamp/verify-token.ts';
import { findChainFault, findSignatureFault } from '../domain/chain.ts';
import { rootFromPath } from '../domain/evidence/merkle.ts';
import type { Anchor } from '../domain/ports/dossier-store.ts';
import type { MasterKey } from '../domain/ports/master-key.ts';
import { readDocument } from '../functions/dossiers/documents.ts';
import { referredDocuments } from '../functions/evidence/layout.ts';
import type { ChainedEvent } from '../schemas/events.ts';
import { upcastEvent } from '../schemas/upcast-event.ts';

/** What was looked at in a restored folder, and what does not hold. */
export interface RestoredState {
  dossiers: number;
  events: number;
  /** Documents that events name, decrypted and compared. */
  documents: number;
  anchors: number;
  timestamps: number;
  /** The newest event, ISO 8601; null where there is none. */
  lastEvent: string | null;
  /** Registers and the last number each has given: what went out on paper or by mail is compared with it. */
  registers: { series: string; number: number }[];
  /** In words, each with its place; empty: everything holds. */
  faults: string[];
}

/** More are not told. */
const MOST_FAULTS = 20;
/** Signatures that are verified beside. */
const MOST_AT_ONCE = 64;

/**
 * Judges a data folder that nobody serves from: SQLite's own check; each dossier's hashes and the signature over its last event, which covers all; each
 * anchor's way into its time-stamp; that each document that events name is there and is what they say. Without keys (`keys`, `ca`) signatures, time-stamps and documents are left out:
 * a fault where `expectKeys`.
 */
export async function checkRestored(
  dir: string,
  { expectKeys, tell = () => undefined }: { expectKeys: boolean; tell?: (dossiers: number) => void },
): Promise<RestoredState> {
  const database = openDatabase(join(dir, 'onetrack.db'), { readOnly: true });
  const state: RestoredState = {
    dossiers: 0,
    events: 0,
    documents: 0,
    anchors: 0,
    timestamps: 0,
    lastEvent: null,
    registers: [],
    faults: [],
  };
  try {
    const [said] = Object.values(database.prepare('PRAGMA integrity_check(1)').get() ?? {});
    if (said !== 'ok') fault(state, `onetrack.db: ${String(said)}`);
    state.registers = database
      // Those that other systems gave are a series each, and no register of ours.
      .prepare("SELECT name, number FROM series WHERE instr(name, '#') = 0 ORDER BY name")
      .all()
      .map((row) => ({ series: String(row['name']), number: Number(row['number']) }));
    const keys = await keysOf(dir, database);
    if (!keys && expectKeys) fault(state, `${dir}: expected keys/master.key and ca/ca.key.pem; nothing can be read`);
    const stamps = new Timestamps(database, keys?.root);
    const verifying = new Set<Promise<void>>();
    for (const dossier of recordsOf(database)) {
      checkChain(state, dossier);
      if (keys) {
        const verified = checkSignature(state, dossier, keys.keyOf).finally(() => verifying.delete(verified));
        verifying.add(verified);
        if (verifying.size >= MOST_AT_ONCE) await Promise.race(verifying);
      }
      checkAnchors(state, dossier, stamps);
      if (keys) await checkDocuments(state, { database, dossier, ...keys });
      if (state.dossiers % 1_000 === 0) tell(state.dossiers);
    }
    await Promise.all(verifying);
    state.timestamps = stamps.count;
    return state;
  } finally {
    await database.close();
  }
}

function fault(state: RestoredState, text: string): void {
  if (state.faults.length < MOST_FAULTS) state.faults.push(text);
}

interface Keys {
  keyOf: (kid: string) => KeyObject | undefined;
  root: Certificate;
  masterKey: MasterKey;
  documents: LocalDocumentStore;
}

async function keysOf(dir: string, database: Database): Promise<Keys | undefined> {
  if (!existsSync(join(dir, 'keys', 'master.key')) || !existsSync(join(dir, 'ca', 'ca.key.pem'))) return undefined;
  const pki = createLocalPki(join(dir, 'ca'), { now: () => Date.now() });
  const recordKey = await pki.recordKey();
  const [certificate = new Uint8Array()] = await recordKey.certificateChain();
  const { publicKey } = new X509Certificate(certificate);
  return {
    keyOf: (kid) => (kid === recordKey.kid ? publicKey : undefined),
    root: pki.root,
    masterKey: createFileMasterKey(join(dir, 'keys', 'master.key')),
    documents: new LocalDocumentStore(database, await FileDocumentStore.open(join(dir, 'documents')), NO_ADDRESSES),
  };
}

const handsOutNothing = (): Promise<never> => Promise.reject(new Error('A folder that is judged hands out nothing.'));
const NO_ADDRESSES = { uploadAddress: handsOutNothing, partAddress: handsOutNothing, handOut: handsOutNothing };

interface StoredRecord {
  id: string;
  /** As the head says; the record must end there. */
  version: number;
  events: ChainedEvent[];
  anchors: (Anchor & { token: number })[];
}

/** Every dossier with its record, one after the other. */
function* recordsOf(database: Database): Generator<StoredRecord> {
  const dossiers = database.prepare('SELECT no, id, version FROM dossier ORDER BY no');
  const events = database.prepare('SELECT json FROM event WHERE dossier = ? ORDER BY seq');
  const anchors = database.prepare('SELECT json, token FROM anchor WHERE dossier = ?');
  for (const { no, id, version } of dossiers.iterate() as Iterable<{ no: number; id: string; version: number }>)
    yield {
      id,
      version,
      events: events.all(no).map((row) => JSON.parse(String(row['json'])) as ChainedEvent),
      anchors: anchors
        .all(id)
        .map((row) => ({ ...(JSON.parse(String(row['json'])) as Anchor), token: Number(row['token']) })),
    };
}

async function checkSignature(state: RestoredState, { id, events }: StoredRecord, keyOf: Keys['keyOf']): Promise<void> {
  const last = events.at(-1);
  const found = last && (await findSignatureFault(last, keyOf));
  if (found) fault(state, `dossier ${id}, event ${found.seq}: ${found.fault}`);
}

function checkChain(state: RestoredState, { id, version, events }: StoredRecord): void {
  const found = findChainFault(events, undefined);
  if (found) fault(state, `dossier ${id}, event ${found.seq}: ${found.fault}`);
  if (events.length !== version) fault(state, `dossier ${id}: ${events.length} events, its head says ${version}`);
  state.dossiers += 1;
  state.events += events.length;
  const last = events.at(-1)?.event.at ?? null;
  if (last !== null && (state.lastEvent === null || last > state.lastEvent)) state.lastEvent = last;
}

function checkAnchors(state: RestoredState, { id, events, anchors }: StoredRecord, stamps: Timestamps): void {
  for (const { seq, hash, leaf, leaves, path, token } of anchors) {
    state.anchors += 1;
    const place = `dossier ${id}, time-stamp over event ${seq}`;
    if (events[seq - 1]?.hash !== hash) {
      fault(state, `${place}: it is over another event`);
      continue;
    }
    const siblings = path.map((sibling) => Buffer.from(sibling, 'hex'));
    const root = rootFromPath(Buffer.from(hash, 'hex'), { leaf, leaves, path: siblings });
    const problem = root ? stamps.problemOf(token, root) : 'no way leads to its root';
    if (problem !== undefined) fault(state, `${place}: ${problem}`);
  }
}

/** Time-stamps of the store, each judged once. */
class Timestamps {
  readonly #judged = new Map<number, { root: string; problem: string | undefined }>();
  readonly #database: Database;
  readonly #root: Certificate | undefined;

  /** Without a root signatures are not judged, only that each stamp has one root. */
  constructor(database: Database, root: Certificate | undefined) {
    this.#database = database;
    this.#root = root;
  }

  get count(): number {
    return this.#judged.size;
  }

  problemOf(no: number, root: Uint8Array): string | undefined {
    const hex = Buffer.from(root).toString('hex');
    let judged = this.#judged.get(no);
    if (!judged) {
      judged = { root: hex, problem: this.#judge(no, root) };
      this.#judged.set(no, judged);
    }
    return judged.root === hex ? judged.problem : 'the time-stamp is over something else';
  }

  #judge(no: number, root: Uint8Array): string | undefined {
    const row = this.#database.prepare('SELECT token FROM anchor_token WHERE no = ?').get(no);
    if (!row) return 'the time-stamp is missing';
    if (!this.#root) return undefined;
    const token = row['token'] as Uint8Array;
    const verdict = verifyTimestampToken(token, { digest: root, anchors: [this.#root], crls: [], ocsps: [] });
    return verdict.ok ? undefined : verdict.problem;
  }
}

async function checkDocuments(
  state: RestoredState,
  {
    database,
    dossier: { id, events },
    masterKey,
    documents,
  }: { database: Database; dossier: StoredRecord } & Pick<Keys, 'masterKey' | 'documents'>,
): Promise<void> {
  const named = referredDocuments(events.map(({ event }) => upcastEvent(event)));
  if (named.length === 0) return;
  const row = database
    .prepare('SELECT key FROM dossier_key JOIN dossier ON dossier_key.dossier = dossier.no WHERE id = ?')
    .get(id);
  const wrapped = storedKey(row);
  if (!wrapped) {
    // Whoever was disposed of has no key, and his documents are gone for good.
    if (!events.some(({ event }) => event.type === 'DossierDisposed'))
      fault(state, `dossier ${id}: its key is gone, and nothing says that it was disposed of`);
    return;
  }
  const key = await masterKey.unwrap(wrapped, id).catch(() => undefined);
  if (!key) {
    fault(state, `dossier ${id}: its key cannot be unwrapped by keys/master.key, which is another or damaged`);
    return;
  }
  for (const { sha256 } of named) {
    const problem = await problemOf(() => readDocument({ documents }, { dossier: { id }, key }, sha256));
    if (problem === undefined) state.documents += 1;
    else fault(state, `dossier ${id}, document ${sha256}: ${problem}`);
  }
}

async function problemOf(read: () => Promise<Uint8Array | undefined>): Promise<string | undefined> {
  try {
    return (await read()) ? undefined : 'it is missing';
  } catch {
    return 'it cannot be read';
  }
}
