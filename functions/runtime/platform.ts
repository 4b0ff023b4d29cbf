import type { Dossier } from '../../domain/dossier/state.ts';
import type { AskLog } from '../../domain/ports/ask-log.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';
import type { DeliveryLog } from '../../domain/ports/delivery-log.ts';
import type { DenialLog } from '../../domain/ports/denial-log.ts';
import type { DocumentStore } from '../../domain/ports/document-store.ts';
import type { Drafts } from '../../domain/ports/drafts.ts';
import type { DossierStore, OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Ids } from '../../domain/ports/ids.ts';
import type { Links } from '../../domain/ports/links.ts';
import type { MasterKey } from '../../domain/ports/master-key.ts';
import type { Outbound } from '../../domain/ports/outbound.ts';
import type { Papers } from '../../domain/ports/papers.ts';
import type { Notifier } from '../../domain/ports/notifier.ts';
import type { ReadLog } from '../../domain/ports/read-log.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { RecordKey, RemoteSigner, Seals } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import type { Tries } from '../../domain/ports/tries.ts';
import type { WorkflowEngine } from '../../domain/ports/workflow-engine.ts';
import type { DossierCache } from './dossier-cache.ts';

/** Everything a use case may reach, handed in. Built by a wiring file, on AWS and on one machine alike. */
export interface Platform {
  store: DossierStore;
  documents: DocumentStore;
  registry: Registry;
  engine: WorkflowEngine;
  clock: Clock;
  ids: Ids;
  masterKey: MasterKey;
  recordKey: RecordKey;
  seals: Seals;
  signer: RemoteSigner;
  timestamps: TimestampAuthority;
  notifier: Notifier;
  connectors: Connectors;
  /** Sends to addresses that subscribers have named. */
  outbound: Outbound;
  deliveries: DeliveryLog;
  links: Links;
  drafts: Drafts;
  denials: DenialLog;
  reads: ReadLog;
  tries: Tries;
  asks: AskLog;
  cache: DossierCache;
  papers: Papers;
  config: PlatformConfig;
  /** Rung after a commit that left work in the outbox, with its rows where they are at hand. Losing the ring loses nothing: a sweep looks too. */
  ring: (rows?: readonly OutboxRow[]) => void;
  /** Told of each dossier whose commit has become durable in this process, for those who wait for it. What another process commits it does not hear. */
  changed?: (dossier: Dossier) => void;
  /** Told of each outbox row that failed, as it was taken up: it will be tried again, or is given up. */
  failed?: (row: OutboxRow, error: unknown) => void;
}

export interface PlatformConfig {
  /** Where applicants and agencies reach the API, without a trailing slash. */
  publicUrl: string;
  /** Keys the index of applicants, 32 bytes. */
  indexKey: Uint8Array;
  /** Currency of fees, ISO 4217. */
  currency: string;
  /** ARNs of the generic functions that compiled machines name. */
  functions: { waitingStage: string; actingStage: string; park: string };
  /** Largest upload, in bytes. */
  maxUploadBytes: number;
}
