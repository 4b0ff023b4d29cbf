import type { Head, Task } from '../../schemas/dossier.ts';
import type { ChainedEvent } from '../../schemas/events.ts';

/**
 * The record of all dossiers. One commit is one transaction: all of it is durable when the promise resolves, or none of it exists.
 * DynamoDB bounds a commit to 100 items and 4 MB; every adapter refuses more than 90 rows.
 */
export interface DossierStore {
  commit(commit: Commit): Promise<CommitResult>;

  head(dossier: string): Promise<Head | undefined>;
  /** All events of a dossier with their secrets, in order; `after` is the last sequence number already known. */
  events(dossier: string, after?: number): Promise<StoredEvent[]>;
  /** The dossier's data key, wrapped by the master key; undefined once it was destroyed. */
  wrappedKey(dossier: string): Promise<Uint8Array | undefined>;

  byCode(code: string): Promise<Head | undefined>;
  byReference(reference: string): Promise<Head | undefined>;
  byApplicant(applicantKey: string, page: Page): Promise<Listing<Head>>;
  /** Ordered by promised date (`due`, dossiers without one last) or by last change (`updated`, newest first). */
  byUnit(query: { unit: string | null; status?: Head['status']; order: 'due' | 'updated' }, page: Page): Promise<Listing<Head>>;

  task(id: string): Promise<Task | undefined>;
  /** Open tasks of a queue: a unit and role, or what one applicant is asked. Oldest first. */
  openTasks(queue: Queue, page: Page): Promise<Listing<Task>>;

  /** One feed of all events in the order of commit. The cursor is opaque and stays valid; no committed event ever appears before a cursor already handed out. */
  feed(after: string | undefined, limit: number): Promise<{ events: FeedItem[]; cursor: string }>;

  timersDue(now: number, limit: number): Promise<Timer[]>;
  /** Instant of the earliest timer, for a server that sleeps until then. */
  nextTimer(): Promise<number | undefined>;

  /** Outbox rows whose time has come, oldest first. */
  outboxDue(now: number, limit: number): Promise<OutboxRow[]>;
  nextOutbox(): Promise<number | undefined>;
  /** A row was dealt with. Deleting a row that is gone does nothing. */
  outboxDone(ids: readonly string[]): Promise<void>;
  outboxRetry(row: { id: string; at: number; attempts: number; error: string; dead?: boolean }): Promise<void>;
  outboxDead(page: Page): Promise<Listing<OutboxRow>>;
  outboxByGroup(group: string): Promise<OutboxRow[]>;
  /** Adds rows outside a dossier's commit; a row whose id exists is left as it is. */
  outboxAdd(rows: readonly OutboxRow[]): Promise<void>;

  /** Token by which the engine waits for a stage visit. */
  putToken(token: StageToken): Promise<void>;
  tokenFor(dossier: string, stage: string, visit: number): Promise<StageToken | undefined>;

  /** The answer already given under this key, if any. */
  idempotent(scope: string, key: string): Promise<IdempotencyRecord | undefined>;

  /** Next number of a counter in which gaps are allowed (dossier codes): never answered twice. */
  nextCount(counter: string): Promise<number>;
  /** The number that the next commit may take in a series without gaps (registers). A guess that the commit checks. */
  nextNumber(series: string): Promise<number>;

  /** Uploads that wait for a submission. */
  putUpload(upload: Upload): Promise<void>;
  upload(id: string): Promise<Upload | undefined>;

  /** Time-stamps over heads, kept beside the chain they attest. Writing the same anchor again does nothing. */
  putAnchors(batch: { token: Uint8Array; anchors: readonly Anchor[] }): Promise<void>;
  anchors(dossier: string): Promise<(Anchor & { token: Uint8Array })[]>;

  close(): Promise<void>;
}

/**
 * One head under a time-stamp. A token covers a Merkle tree of many heads (RFC 9162, 2.1), so that one request serves a batch.
 */
export interface Anchor {
  dossier: string;
  seq: number;
  /** Hash of the event `seq`, lower-case hexadecimal. */
  hash: string;
  /** The authority's time. */
  time: string;
  /** Place of this leaf and the sibling hashes up to the stamped root. */
  leaf: number;
  leaves: number;
  path: readonly string[];
}

export interface Commit {
  dossier: string;
  /** Number of events the caller has seen; 0 makes a new dossier. */
  expectedVersion: number;
  events: readonly StoredEvent[];
  head: Head;
  /** Tasks as they are after the commit; rows of tasks no longer open leave their queue. */
  tasks: readonly Task[];
  timers: { set: readonly Timer[]; clear: readonly string[] };
  outbox: readonly OutboxRow[];
  /** Must each be the last number of its series plus one. */
  numbers: readonly { series: string; number: number }[];
  /** On the first commit only. */
  wrappedKey?: Uint8Array;
  /** Recorded with the commit: the same scope and key cannot commit twice. */
  idempotency?: IdempotencyRecord;
  /** Uploads taken by this dossier: each must exist, be complete and not be taken. */
  uploads?: readonly string[];
  token?: StageToken;
}

export type CommitResult = { ok: true } | { ok: false; conflict: 'version' | 'number' | 'code' | 'idempotency' | 'upload' };

export interface StoredEvent extends ChainedEvent {
  /** Salt and secret, encrypted under the dossier's key. */
  secret?: Uint8Array;
}

export interface FeedItem {
  event: ChainedEvent;
  /** Unit and applicant of the dossier at that moment, to judge who may read it. */
  unit: string | null;
  receivingUnit: string;
  cursor: string;
}

export interface Page {
  limit: number;
  after?: string;
}

export interface Listing<T> {
  items: T[];
  /** Cursor of the next page; absent on the last one. */
  next?: string;
}

export type Queue = { unit: string; role?: string } | { applicantKey: string } | { dossier: string };

export interface Timer {
  /** Unique within the dossier, such as `complete.1.expired`. */
  id: string;
  dossier: string;
  /** Milliseconds since the epoch. */
  at: number;
  kind: 'stage' | 'silence' | 'warn';
  stage: string;
  visit: number;
  outcome: string;
}

/** Work to be done after a commit, at least once. Rows of one group are dealt with in order of `id`, a dead row no longer blocking its successors. */
export interface OutboxRow {
  /** Stable; sorts in order of creation within its group. */
  id: string;
  group: string;
  kind: 'start' | 'complete' | 'stop' | 'work' | 'mail' | 'publish' | 'webhook' | 'anchor';
  dossier: string;
  /** Not before this instant, milliseconds since the epoch. */
  at: number;
  attempts: number;
  body: Readonly<Record<string, unknown>>;
  error?: string;
  dead?: boolean;
}

export interface StageToken {
  dossier: string;
  stage: string;
  visit: number;
  run: number;
  token: string;
}

export interface IdempotencyRecord {
  scope: string;
  key: string;
  /** Digest of the request: the same key with another request is refused. */
  request: string;
  status: number;
  body: string;
  at: number;
}

export interface Upload {
  id: string;
  owner: string;
  sha256: string;
  size: number;
  mediaType: string;
  fileName: string;
  created: number;
  expires: number;
  state: 'expected' | 'complete' | 'taken';
}
