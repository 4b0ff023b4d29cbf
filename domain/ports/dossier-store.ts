import type { Head, Task } from '../../schemas/dossier.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import type { MoneyEntry } from '../../schemas/payments.ts';

/**
 * The record of all dossiers. One commit is one transaction: all of it is durable when the promise resolves, or none of it exists.
 * DynamoDB bounds a transaction to 100 items and 4 MB, and an item to 400 KB: every adapter throws on what `commit-limits.ts` does not let through.
 * A cursor that this store did not hand out throws `InvalidCursor`.
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
  /** Newest submission first. */
  byApplicant(applicantKey: string, page: Page): Promise<Listing<Head>>;
  /** Ordered by promised date (`due`, dossiers without one last) or by last change (`updated`, newest first). */
  byUnit(
    query: { unit: string | null; status?: Head['status']; order: 'due' | 'updated' },
    page: Page,
  ): Promise<Listing<Head>>;

  /** Dossiers of a procedure version that are not closed, in order of id. */
  openDossiers(version: { procedure: string; version: string }, page: Page): Promise<Listing<Head>>;

  /** Closed dossiers of a unit and procedure version that were closed before this instant and are not disposed of, the first closed first. */
  closedDossiers(
    query: { unit: string | null; procedure: string; version: string; before: string },
    page: Page,
  ): Promise<Listing<Head>>;

  task(id: string): Promise<Task | undefined>;
  /**
   * Open tasks of these queues, each once: the one that is due first before the others, those without a date last, then the one that was opened first.
   * Where procedure, stage or `taken` are asked for, a page may be short, or empty, and still have a next one.
   */
  openTasks(query: TaskQuery, page: Page): Promise<Listing<Task>>;
  /** How many are open in a queue without its notes, or how many `notes` (`isNote`), counted up to `most`; may lag a moment behind, like every list. */
  countTasks(queue: Queue, count: { due?: DueRange; most: number; notes?: true }): Promise<number>;
  /** The first `most` of a queue without its notes, in the order of `openTasks`, as far as its index tells: nothing is read of the tasks themselves. May lag a moment behind. */
  glanceAtTasks(queue: Queue, most: number): Promise<TaskGlance[]>;
  /** What officials of a unit have decided since an instant (`workDone`), the last first, at most `most`, as an index tells. May lag a moment behind. */
  workDoneIn(query: { unit: string; since: string }, most: number): Promise<DoneGlance[]>;
  /** Open tasks of one dossier, in the order of `openTasks`. */
  openTasksOf(dossier: string): Promise<Task[]>;

  /** The book of a unit's money over a span of time (`at`: from, and before), in order of recording. It outlives the records that it tells of. */
  moneyOf(query: { unit: string; from: string; before: string }, page: Page): Promise<Listing<MoneyEntry>>;

  /** One feed of all events in the order of commit. The cursor is opaque and stays valid; no committed event ever appears before a cursor already handed out. */
  feed(after: string | undefined, limit: number): Promise<{ events: FeedItem[]; cursor: string }>;

  timersDue(now: number, limit: number): Promise<Timer[]>;
  /** Instant of the earliest timer, for a server that sleeps until then; may lie in the past. */
  nextTimer(): Promise<number | undefined>;

  /** Rows whose time has come and that are first of their group (dead rows do not count), oldest first. The same row is answered until it is done or put off. */
  outboxDue(now: number, limit: number): Promise<OutboxRow[]>;
  /** Instant at which `outboxDue` will next have something; may lie in the past. */
  nextOutbox(): Promise<number | undefined>;
  /** Rows were dealt with. Deleting a row that is gone does nothing. */
  outboxDone(ids: readonly string[]): Promise<void>;
  /** Puts a row off, gives it up (`dead`) or takes a dead one up again. Does nothing to a row that is gone. */
  outboxRetry(row: { id: string; at: number; attempts: number; error: string; dead?: boolean }): Promise<void>;
  /** Rows given up, in order of id. */
  outboxDead(page: Page): Promise<Listing<OutboxRow>>;
  /** All rows of a group, dead ones included, in order of id. */
  outboxByGroup(group: string): Promise<OutboxRow[]>;
  /** Adds rows outside a dossier's commit; a row whose id exists is left as it is. */
  outboxAdd(rows: readonly OutboxRow[]): Promise<void>;

  /** Token by which the engine waits for a stage visit: the latest of the highest run. A token of an older run changes nothing. */
  putToken(token: StageToken): Promise<void>;
  tokenFor(dossier: string, stage: string, visit: number): Promise<StageToken | undefined>;

  /** The answer already given under this key, if any. */
  idempotent(scope: string, key: string): Promise<IdempotencyRecord | undefined>;
  /** Removes answers given before this instant, at most `limit`; answers how many. A store that removes them by itself, in its own time, answers 0. */
  forgetAnswers(before: number, limit: number): Promise<number>;

  /** Next number of a counter in which gaps are allowed (dossier codes): never answered twice. */
  nextCount(counter: string): Promise<number>;
  /**
   * The number that the next commit may take in a series without gaps (registers). A guess that the commit checks: several callers get
   * consecutive numbers, and a commit waits a little for its predecessor before it is refused as a conflict.
   */
  nextNumber(series: string): Promise<number>;
  /** The last number that was committed in a series; 0 if there is none. */
  lastNumber(series: string): Promise<number>;
  /** The caller will not commit this number after all: the next one may have it. Forgetting to say so costs time, never a gap. */
  releaseNumber(series: string, number: number): void;

  /** Uploads that were announced and wait for a submission. Writing one that is taken changes nothing. */
  putUpload(upload: Upload): Promise<void>;
  upload(id: string): Promise<Upload | undefined>;
  /** Uploads past their expiry, taken ones included: their bytes can go, then the row (`forgetUpload`). */
  uploadsExpired(now: number, limit: number): Promise<Upload[]>;
  forgetUpload(id: string): Promise<void>;

  /** Time-stamps over heads, kept beside the chain they attest. Writing the same anchor again does nothing. */
  putAnchors(batch: { token: Uint8Array; anchors: readonly Anchor[] }): Promise<void>;
  anchors(dossier: string): Promise<(Anchor & { token: Uint8Array })[]>;

  /**
   * Removes what is kept of a disposed dossier beside its chain, head, tasks and anchors: the sealed secrets of its events, its tokens. When it resolves, no place
   * that the store itself writes to holds the key that was destroyed. Throws `TaskRetryable` where one still does: a reader stands in the way. Repeatable.
   */
  erase(dossier: string): Promise<void>;

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
  /** Number of events the caller has seen; 0 makes a new dossier. `head.version` must be this plus the number of events. */
  expectedVersion: number;
  events: readonly StoredEvent[];
  head: Head;
  /** Tasks as they are after the commit; rows of tasks no longer open leave their queue. */
  tasks: readonly Task[];
  /** `clear` comes before `set`. */
  timers: { set: readonly Timer[]; clear: readonly string[] };
  outbox: readonly OutboxRow[];
  /** For the books of units. */
  money?: readonly BookedMoney[];
  /** Must each be the last number of its series plus one; of a series at most one, since a transaction of DynamoDB writes an item once. */
  numbers: readonly { series: string; number: number }[];
  /** On the first commit only. */
  wrappedKey?: Uint8Array;
  /** On the last commit only: the wrapped key is destroyed with it, and no list by applicant or of closed dossiers names the dossier any more. */
  destroyKey?: true;
  /** Recorded with the commit: the same scope and key cannot commit twice. */
  idempotency?: IdempotencyRecord;
  /** Uploads taken by this dossier: each must exist and not be taken. The caller has checked their bytes. */
  uploads?: readonly string[];
  token?: StageToken;
}

/**
 * Why nothing of a commit was stored. Where several are true the first of this list is answered: `idempotency` (this key has committed),
 * `version` (the dossier has another number of events), `upload` (one is missing or taken), `number` (not the last of its
 * series plus one), `code` (another dossier has this code or reference).
 */
export type CommitResult =
  { ok: true } | { ok: false; conflict: 'version' | 'number' | 'code' | 'idempotency' | 'upload' };

/** An entry, and whose book it is in. */
export type BookedMoney = MoneyEntry & { unit: string };

export interface StoredEvent extends ChainedEvent {
  /** Salt and secret, encrypted under the dossier's key. */
  secret?: Uint8Array;
}

export interface FeedItem {
  event: ChainedEvent;
  /** Units of the dossier at that moment, to judge who may read it. */
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

/** Of a unit, of a role in it, what one person there has taken or is alone to do, or what one applicant is asked. `unit: null`: of no unit that anybody can tell. */
export type Queue =
  { unit: string | null; role?: string } | { unit: string | null; person: string } | { applicantKey: string };

/** What the index of a queue tells of a task. */
export type TaskGlance = Pick<Task, 'procedure' | 'stage' | 'opened' | 'due'> & { taken: boolean };

/** What the index of a unit's work tells of a task that was decided. */
export interface DoneGlance {
  official: string;
  opened: string;
  decided: string;
}

/** Days on which something is due; without `from` all until then. What has no date is in no range. */
export interface DueRange {
  from?: string;
  /** The first day that is not meant any more. */
  before: string;
}

export interface TaskQuery {
  queues: readonly Queue[];
  due?: DueRange;
  /** Whether somebody has taken it, or is alone to do it. */
  taken?: boolean;
  procedure?: string;
  stage?: string;
}

export interface Timer {
  /** Unique within the dossier, such as `complete.1.expired`. */
  id: string;
  dossier: string;
  /** Milliseconds since the epoch. */
  at: number;
  kind: 'stage' | 'silence' | 'warn' | 'apology' | 'late' | 'remind';
  /** Of a reminder the paper; `visit` then is its copy. */
  stage: string;
  visit: number;
  /** By which the stage is left; of `silence` the part of the consultation that says nothing; of a child's term the child. */
  outcome: string;
}

/** Work to be done after a commit, at least once. Rows of one group are dealt with in order of `id`, a dead row no longer blocking its successors. */
export interface OutboxRow {
  /** Stable; sorts in order of creation within its group. */
  id: string;
  group: string;
  kind:
    | 'start'
    | 'complete'
    | 'stop'
    | 'work'
    | 'mail'
    | 'link'
    | 'publish'
    | 'webhook'
    | 'anchor'
    /** To a source that could not be had. */
    | 'source'
    /** To a dossier that this one opens, or calls back. */
    | 'child'
    /** To the dossier that opened this one. */
    | 'parent'
    /** To the system that gave a number: it is void. */
    | 'keeper'
    /** A dossier of a disposal list. */
    | 'dispose';
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

/** How long a repeated request gets the answer given before, at least, in milliseconds: 14 days. */
export const ANSWERS_KEPT_MS = 14 * 86_400_000;

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
  state: 'expected' | 'taken';
  /** Where it may come in parts: bytes of each but the last, and the SHA-256 of each in order. */
  parts?: UploadParts;
}

export interface UploadParts {
  size: number;
  sha256: readonly string[];
}

/** A cursor that this store did not hand out. The API answers 400. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
  constructor() {
    super('expected a cursor as handed out with the page before');
  }
}
