import type { Clock } from '../../domain/ports/clock.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';
import type { DocumentStore } from '../../domain/ports/document-store.ts';
import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import type { Ids } from '../../domain/ports/ids.ts';
import type { MasterKey } from '../../domain/ports/master-key.ts';
import type { Notifier } from '../../domain/ports/notifier.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { RecordKey, RemoteSigner, Seal } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
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
  seal: Seal;
  signer: RemoteSigner;
  timestamps: TimestampAuthority;
  notifier: Notifier;
  connectors: Connectors;
  cache: DossierCache;
  papers: Papers;
  config: PlatformConfig;
  /** Rung after a commit that left work in the outbox. Losing the ring loses nothing: a sweep looks too. */
  ring: () => void;
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

/** Makes and signs papers (PDF). Implemented by the PDF adapter. */
export interface Papers {
  render(request: RenderRequest): Promise<Uint8Array>;
  /** Prepares a person's signature; the hash is what the official authorises. The same inputs give the same hash. */
  preparePersonal(
    pdf: Uint8Array,
    signer: SignatureBlock,
  ): Promise<{ hash: Uint8Array; finish(value: Uint8Array): Promise<Uint8Array> }>;
  /** Applies the organisation's signature with number and date in its appearance. Refuses a paper that nobody signed, unless a law makes it automatic. */
  applySeal(pdf: Uint8Array, block: SealBlock): Promise<Uint8Array>;
}

export interface RenderRequest {
  template: unknown;
  data: Readonly<Record<string, unknown>>;
  language: string;
  title: string;
  at: number;
  id: string;
  /** Where the QR code leads. */
  link: string;
}

export interface SignatureBlock {
  certificateChain: readonly Uint8Array[];
  name: string;
  title: string;
  /** Instant shown and stated in the signature dictionary, milliseconds since the epoch. */
  at: number;
  field: string;
}

export interface SealBlock {
  number: string | null;
  place: string;
  at: number;
  automatic: string | null;
  organisation: string;
}
