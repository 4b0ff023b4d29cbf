import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { emptyLog, endEpoch, type KeepLog, KeptLog } from './backup/kept-log.ts';

/** A step of the schema. `id` is unique over all components that share the file (such as `engine-001`); `sql` never changes once released. */
export interface Migration {
  id: string;
  sql: string;
}

/** What nobody waits for is committed after so long at the latest, in milliseconds. */
const SOON_MS = 20;

interface QueuedWork {
  work: (db: DatabaseSync) => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/** Makes durable what was committed: all of it, when the promise resolves. */
export interface Log {
  sync(): Promise<void>;
  syncNow(): void;
  /** Between transactions, all of it being synced: what is to be done with a log that has become long. */
  turnIfLong?(db: DatabaseSync): void;
  /** The same now, however short it is. False: it could not be emptied, for somebody reads. */
  turn?(db: DatabaseSync): boolean;
  /** Before the file is closed, which empties the log. */
  turnLast?(db: DatabaseSync): void;
  close(): void;
  /** After the file was closed. */
  closed?(): void;
}

/**
 * One SQLite file, one connection, group commit. What is queued with `write` takes effect in the order of queueing, inside one transaction for all
 * that is waiting; a promise settles only after the COMMIT and the sync of the write-ahead log that covers it. The sync runs beside: what is queued
 * meanwhile goes into the next transaction. One process owns the file.
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  readonly #flushSoon = (): void => this.#flush();
  readonly #log: Log;
  readonly #onLost: (error: Error) => void;
  readonly #readOnly: boolean;
  #queue: QueuedWork[] = [];
  #scheduled = false;
  /** While the log is being synced: settles when that has ended, one way or the other. */
  #syncing: Promise<void> | undefined;
  #soon: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #lost: Error | undefined;

  /** `onLost` is told when a sync fails: nobody knows then what the disk has, so nothing more is written and the process should start again. */
  constructor(
    db: DatabaseSync,
    { log, onLost, readOnly }: { log: Log; onLost: (error: Error) => void; readOnly: boolean },
  ) {
    this.#db = db;
    this.#readOnly = readOnly;
    this.#log = log;
    this.#onLost = onLost;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#savepoint = db.prepare('SAVEPOINT work');
    this.#release = db.prepare('RELEASE work');
  }

  /**
   * Queues a synchronous piece of work. If it throws, its own changes alone are rolled back and its promise alone rejects; if the COMMIT fails (disk
   * full, I/O), every promise of the batch rejects and nothing of the batch remains. Rejects at once when the database is closing.
   */
  write<T>(work: (db: DatabaseSync) => T): Promise<T> {
    const written = this.writeSoon(work);
    this.hurry();
    return written;
  }

  /** The same for what nobody waits for yet: it goes with the next commit, which it calls for itself only after a while or by `hurry`. */
  writeSoon<T>(work: (db: DatabaseSync) => T): Promise<T> {
    if (this.#lost) return Promise.reject(this.#lost);
    if (this.#closing) return Promise.reject(new Error('The database is closed: no work can be queued.'));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#scheduled) this.#soon ??= setTimeout(this.#flushSoon, SOON_MS);
    });
  }

  /** Brings the whole log into the file and empties it: what was overwritten is then nowhere but where logs are kept. False: somebody reads. */
  async settle(): Promise<boolean> {
    await this.durable(undefined);
    return this.#log.turn ? this.#log.turn(this.#db) : emptyLog(this.#db);
  }

  /** Somebody waits now for what is queued. */
  hurry(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#scheduled = true;
    // Else the end of the sync calls.
    if (!this.#syncing) setImmediate(this.#flushSoon);
  }

  /**
   * Reads at once, on the same connection: what is committed, synced or not, and inside a work that work's rows. What leaves the process because of
   * it goes through `durable`.
   */
  read<T>(work: (db: DatabaseSync) => T): T {
    return work(this.#db);
  }

  /** The same value, once everything that it can have been read from is synced. */
  async durable<T>(value: T): Promise<T> {
    if (this.#syncing) await this.#syncing;
    if (this.#lost) throw this.#lost;
    return value;
  }

  /** The prepared statement for this text, prepared once. Rows are objects without prototype. Not to be iterated lazily across an `await`. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * Applies, in one transaction, the migrations that the file has not seen yet. Throws when a recorded one reads differently now, and when the file is
   * open for reading alone and has not seen one.
   */
  migrate(migrations: readonly Migration[]): void {
    if (this.#readOnly) return this.#expectMigrated(migrations);
    this.#db.exec('CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT');
    const find = this.#db.prepare('SELECT sql FROM migration WHERE id = ?');
    const record = this.#db.prepare('INSERT INTO migration (id, sql) VALUES (?, ?)');
    this.#begin.run();
    try {
      for (const { id, sql } of migrations) {
        const seen = find.get(id);
        if (seen === undefined) {
          this.#db.exec(sql);
          record.run(id, sql);
        } else if (seen['sql'] !== sql) throw otherText(id);
      }
      this.#commit.run();
      this.#log.syncNow();
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #expectMigrated(migrations: readonly Migration[]): void {
    const find = this.#db.prepare('SELECT sql FROM migration WHERE id = ?');
    for (const { id, sql } of migrations) {
      const seen = find.get(id);
      if (seen === undefined)
        throw new Error(`The file has not seen migration ${id} yet: start the server of this release on it once.`);
      if (seen['sql'] !== sql) throw otherText(id);
    }
  }

  /** Commits what is queued, then closes the file. What is queued after this call is refused. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    while (this.#syncing || this.#queue.length > 0) {
      if (this.#syncing) await this.#syncing;
      else this.#flush();
    }
    this.#statements.clear();
    this.#log.turnLast?.(this.#db);
    this.#log.close();
    this.#db.close();
    this.#log.closed?.();
  }

  #flush(): void {
    this.#scheduled = false;
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    const settle = this.#commitAll(batch);
    this.#syncing = this.#log
      .sync()
      .then(settle, (error: unknown) => {
        this.#lose(batch, error);
      })
      .then(() => {
        this.#syncing = undefined;
        if (!this.#lost) this.#log.turnIfLong?.(this.#db);
        if (this.#scheduled) setImmediate(this.#flushSoon);
      });
  }

  /** Commits the batch; answers how its promises are settled, once that is durable. */
  #commitAll(batch: readonly QueuedWork[]): () => void {
    const outcomes: ({ value: unknown } | { error: unknown })[] = [];
    try {
      this.#begin.run();
      for (const queued of batch) outcomes.push(this.#attempt(queued));
      this.#commit.run();
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      return () => {
        for (const queued of batch) queued.reject(error);
      };
    }
    return () => {
      for (const [i, queued] of batch.entries()) {
        const outcome = outcomes[i];
        if (outcome === undefined || 'error' in outcome) queued.reject(outcome?.error);
        else queued.resolve(outcome.value);
      }
    };
  }

  /** Runs one work in its savepoint: what it throws rolls back its own changes alone. Throws only when the whole transaction is lost: SQLite itself rolls back on a full disk or an I/O error. */
  #attempt(queued: QueuedWork): { value: unknown } | { error: unknown } {
    this.#savepoint.run();
    try {
      const value = queued.work(this.#db);
      if (value instanceof Promise) throw new TypeError('A queued work must be synchronous: it returned a promise.');
      this.#release.run();
      return { value };
    } catch (error) {
      if (!this.#db.isTransaction) throw error;
      this.#db.exec('ROLLBACK TO work');
      this.#release.run();
      return { error };
    }
  }

  /** A sync that failed says nothing of what the disk has, and cannot be repeated (the pages may be gone): nothing more is written. */
  #lose(batch: readonly QueuedWork[], error: unknown): void {
    this.#lost = new Error('The disk has not confirmed what was written: the process must start again.', {
      cause: error,
    });
    for (const queued of [...batch, ...this.#queue]) queued.reject(this.#lost);
    this.#queue = [];
    this.#onLost(this.#lost);
  }
}

function otherText(id: string): Error {
  return new Error(
    `Migration ${id} was applied to this file with another text: add a new migration, do not change an old one.`,
  );
}

/** The write-ahead log of a file, which SQLite leaves to us to sync: on a thread of its own, so that requests go on meanwhile. */
function openLog(path: string, kept?: KeptLog): Log {
  const log = openSync(`${path}-wal`, 'r+');
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  const sync = promisify(fdatasync);
  return {
    sync: () => sync(log),
    syncNow: () => {
      fdatasyncSync(log);
    },
    ...(kept && {
      turnIfLong: (db) => kept.turnIfLong(db, log),
      turn: (db) => kept.turn(db),
      turnLast: (db) => kept.turnLast(db),
      closed: () => kept.noteState(),
    }),
    close: () => {
      closeSync(log);
    },
  };
}

const NO_LOG: Log = { sync: () => Promise.resolve(), syncNow: () => undefined, close: () => undefined };

export interface DatabaseOptions {
  /** False: what is committed outlives the process but not the power. For trials. */
  durable?: boolean;
  /** For reading beside a server: nothing of the file or its log is changed, also when it is closed. The file must be there. */
  readOnly?: boolean;
  /** Keeps the log aside for a backup that follows. Else SQLite empties it by itself. */
  keepLog?: KeepLog;
  /** By default ends the process. */
  onLost?: (error: Error) => void;
}

/**
 * Opens or creates the file, or `:memory:`. SQLite syncs the log only around checkpoints (synchronous=NORMAL), which keeps the file whole; that each
 * commit is durable before it is acknowledged is seen to here (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  const { durable = true, readOnly = false, keepLog, onLost = endProcess } = options;
  if (readOnly) {
    const db = new DatabaseSync(path, { readOnly, timeout: 5000 });
    return new Database(db, { log: NO_LOG, onLost, readOnly });
  }
  const isFile = path !== ':memory:';
  if (isFile && !keepLog) endEpoch(path);
  const kept = keepLog && KeptLog.open(path, keepLog);
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 });
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA secure_delete = ON;
    PRAGMA synchronous = ${durable ? 'NORMAL' : 'OFF'};
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = ${kept ? 0 : 4000};
    PRAGMA cache_size = -16384;
  `);
  // The log exists from the first transaction on.
  db.exec('BEGIN IMMEDIATE; COMMIT');
  return new Database(db, { log: durable && isFile ? openLog(path, kept) : NO_LOG, onLost, readOnly });
}

/** The supervisor starts it again; opening the file then finds what the disk has. */
function endProcess(error: Error): void {
  process.nextTick(() => {
    throw error;
  });
}
