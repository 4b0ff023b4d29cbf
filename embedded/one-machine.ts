import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpConnectors } from '../adapters/connectors/http-connectors.ts';
import { createGuardedHttp } from '../adapters/outbound/guarded-http.ts';
import { rethrowTellable } from '../domain/failures.ts';
import { AddressGuard } from '../adapters/outbound/address-guard.ts';
import { SqliteLinks } from '../adapters/local/sqlite-links.ts';
import { SqliteDrafts } from '../adapters/local/sqlite-drafts.ts';
import { SqliteAskLog } from '../adapters/local/sqlite-ask-log.ts';
import { SqliteReadLog } from '../adapters/local/sqlite-read-log.ts';
import { SqliteTries } from '../adapters/local/sqlite-tries.ts';
import { SqliteDenialLog } from '../adapters/local/sqlite-denial-log.ts';
import { SqliteDeliveryLog } from '../adapters/local/sqlite-delivery-log.ts';
import type { KeepLog } from '../adapters/local/backup/kept-log.ts';
import { createFileMasterKey, ensureSecretFile } from '../adapters/local/file-master-key.ts';
import { durableCalls, trialCalls } from '../adapters/local/file-calls.ts';
import { FileDocumentStore } from '../adapters/local/file-document-store.ts';
import { LocalDocumentStore } from '../adapters/local/local-document-store.ts';
import { createLocalPki, type LocalPki } from '../adapters/local/pki/local-pki.ts';
import { atOnce, inThread } from '../adapters/local/pki/signing-key.ts';
import { localRevocation } from '../adapters/local/pki/local-revocation.ts';
import { createLocalSeals } from '../adapters/local/pki/local-seals.ts';
import { openDatabase, type Database } from '../adapters/local/sqlite.ts';
import { SqliteDossierStore } from '../adapters/local/sqlite-dossier-store.ts';
import { SqliteRegistry } from '../adapters/local/sqlite-registry.ts';
import { systemIds } from '../adapters/local/system-ids.ts';
import { createFolderNotifier, createSmtpNotifier } from '../adapters/mail/mail-notifier.ts';
import { createPapers } from '../adapters/pdf/papers.ts';
import { createCscSigner } from '../adapters/signer/csc-signer.ts';
import { createHttpTimestampAuthority } from '../adapters/timestamp/http-authority.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { Connectors } from '../domain/ports/connectors.ts';
import type { DossierStore } from '../domain/ports/dossier-store.ts';
import type { Notifier } from '../domain/ports/notifier.ts';
import type { Registry } from '../domain/ports/registry.ts';
import type { RemoteSigner } from '../domain/ports/signing.ts';
import type { TimestampAuthority } from '../domain/ports/timestamps.ts';
import { signedAddresses } from '../functions/api/signed-address.ts';
import { Catalogue } from '../functions/procedures/catalogue.ts';
import { DossierCache } from '../functions/runtime/dossier-cache.ts';
import { RecentReads } from '../functions/runtime/recent-reads.ts';
import type { Platform, PlatformConfig } from '../functions/runtime/platform.ts';
import { EmbeddedEngine } from './engine/engine.ts';
import { invokeFunction } from './invoke-function.ts';

/** ARNs of the generic functions on one machine: the same form as on AWS, account and region being none. */
export const LOCAL_FUNCTIONS = {
  waitingStage: 'arn:aws:lambda:local:000000000000:function:onetrack-waiting-stage',
  actingStage: 'arn:aws:lambda:local:000000000000:function:onetrack-acting-stage',
  park: 'arn:aws:lambda:local:000000000000:function:onetrack-park',
} as const;

export interface OneMachineOptions {
  /** Everything that lasts: database, documents, keys, outgoing mail. */
  dir: string;
  clock: Clock;
  publicUrl: string;
  /** Services outside. The signer's token is the platform's own there. */
  signer: { url: string; token: string } | RemoteSigner;
  timestamps: { url: string } | TimestampAuthority;
  /** URLs of other systems by the name that procedures give them. */
  systems: Readonly<Record<string, string>> | Connectors;
  smtp?: string;
  /** Own networks, in CIDR notation, in which subscribers may be called, by plain HTTP too. Else they are public and speak HTTPS. */
  subscriberNetworks?: readonly string[];
  timeZone?: string;
  /** Where dossiers and registry are kept, if not in the database of this machine. */
  records?: { store: DossierStore; registry: Registry };
  /** One thing is done after another, and what is committed need outlive the process but not the power: so nothing is synced and no thread is asked. */
  trial?: boolean;
  /** Keeps the database's log aside, so that `onetrack backup` can follow. */
  keepLog?: KeepLog;
}

export interface OneMachine {
  platform: Platform;
  catalogue: Catalogue;
  engine: EmbeddedEngine;
  database: Database;
  pki: LocalPki;
}

/** Opens the platform on one machine: the same use cases as on AWS, over SQLite, files and key files. Nothing runs until the conductor starts. */
export async function openOneMachine(options: OneMachineOptions): Promise<OneMachine> {
  const { dir, clock, trial = false } = options;
  mkdirSync(join(dir, 'keys'), { recursive: true, mode: 0o700 });
  const database = openDatabase(join(dir, 'onetrack.db'), {
    durable: !trial,
    ...(options.keepLog && { keepLog: options.keepLog }),
  });
  const { store, registry } = options.records ?? {
    store: new SqliteDossierStore(database),
    registry: new SqliteRegistry(database),
  };
  const pki = createLocalPki(join(dir, 'ca'), clock, trial ? atOnce : inThread);
  const seals = createLocalSeals(pki, registry);
  const timestamps =
    'stamp' in options.timestamps
      ? options.timestamps
      : createHttpTimestampAuthority({ url: options.timestamps.url, anchors: [pki.root] });
  const catalogue = new Catalogue(registry);
  const config = configOf(options);
  const files = await FileDocumentStore.open(join(dir, 'documents'), { trial });
  const engine = new EmbeddedEngine({
    database,
    clock,
    invoke: (arn, payload) => invokeFunction(platform, catalogue, arn, payload).catch(rethrowTellable),
    newId: () => randomUUID(),
    random: Math.random,
  });
  const platform: Platform = {
    store,
    registry,
    engine,
    clock,
    seals,
    timestamps,
    documents: new LocalDocumentStore(database, files, signedAddresses({ config, clock })),
    ids: systemIds,
    masterKey: createFileMasterKey(join(dir, 'keys', 'master.key')),
    recordKey: await pki.recordKey(),
    signer: 'signHash' in options.signer ? options.signer : createCscSigner(options.signer),
    notifier: notifierOf(options),
    outbound: createGuardedHttp({ guard: new AddressGuard(options.subscriberNetworks ?? []), clock }),
    deliveries: new SqliteDeliveryLog(database),
    links: new SqliteLinks(database),
    drafts: new SqliteDrafts(database),
    denials: new SqliteDenialLog(database),
    asks: new SqliteAskLog(database),
    reads: new RecentReads(new SqliteReadLog(database)),
    tries: new SqliteTries(database),
    connectors: isConnectors(options.systems)
      ? options.systems
      : createHttpConnectors({
          systems: options.systems,
          describe: async (id) => (await registry.get('connector', id))?.record,
          clock,
        }),
    papers: createPapers({
      seals,
      timestamps,
      anchors: [pki.root],
      revocation: localRevocation(pki),
      timeZone: options.timeZone ?? 'Asia/Ho_Chi_Minh',
      lang: 'vi',
    }),
    cache: new DossierCache(5_000),
    config,
    ring: () => undefined,
  };
  return { platform, catalogue, engine, database, pki };
}

function configOf({ dir, publicUrl }: OneMachineOptions): PlatformConfig {
  return {
    publicUrl,
    indexKey: ensureSecretFile(join(dir, 'keys', 'index.key')),
    currency: 'VND',
    functions: LOCAL_FUNCTIONS,
    maxUploadBytes: 50_000_000,
  };
}

function notifierOf({ dir, smtp, trial = false }: OneMachineOptions): Notifier {
  const from = 'Onetrack <no-reply@onetrack.example>';
  return smtp === undefined
    ? createFolderNotifier({ dir: join(dir, 'outbox'), from, files: trial ? trialCalls : durableCalls })
    : createSmtpNotifier({ url: smtp, from });
}

function isConnectors(systems: OneMachineOptions['systems']): systems is Connectors {
  return 'call' in systems && typeof systems.call === 'function';
}
