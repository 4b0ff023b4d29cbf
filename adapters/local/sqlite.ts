import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';

/** A step of the schema. `id` is unique over all components that share the file (such as `engine-001`); `sql` never changes once released. */
export interface Migration {
  id: string;
  sql: string;
}

/** Commits in a row that carried one work alone, after which nobody is thought to come beside. */
const LONE = 4;
/** Where works come beside each other, the pause between two commits is so many times as long as a commit takes, */
const PAUSE = 1;
/** and at most so long, in milliseconds. */
const LONGEST_PAUSE = 6;

/** What nobody waits for is committed after so long at the latest, in milliseconds. */
const SOON_MS = 20;

interface QueuedWork {
  work: (db: DatabaseSync) => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/**
 * One SQLite file, one connection, group commit. What is queued with `write` takes effect in the order of queueing, inside one transaction for all
 * that is waiting; a promise resolves only after the COMMIT, and so the fsync (WAL, synchronous=FULL), has returned. One process owns the file.
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  readonly #flushSoon = (): void => this.#flush();
  #queue: QueuedWork[] = [];
  #scheduled = false;
  /** When the last commit ended and how long it took, in milliseconds. */
  #ended = 0;
  #took = 0;
  #lone = LONE;
  #soon: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(db: DatabaseSync) {
    this.#db = db;
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
    if (this.#closing) return Promise.reject(new Error('The database is closed: no work can be queued.'));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#scheduled) this.#soon ??= setTimeout(this.#flushSoon, SOON_MS);
    });
  }

  /** Somebody waits now for what is queued. */
  hurry(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#scheduled = true;
    this.#schedule();
  }

  /** Reads at once, on the same connection. Between flushes only committed rows exist, so that is what it sees; inside a work it sees that work's rows. */
  read<T>(work: (db: DatabaseSync) => T): T {
    return work(this.#db);
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

  /** Applies, in one transaction, the migrations that the file has not seen yet. Throws when a recorded one reads differently now. */
  migrate(migrations: readonly Migration[]): void {
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
        } else if (seen['sql'] !== sql) {
          throw new Error(
            `Migration ${id} was applied to this file with another text: add a new migration, do not change an old one.`,
          );
        }
      }
      this.#commit.run();
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Commits what is queued, then closes the file. What is queued after this call is refused. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#flush();
      this.#statements.clear();
      this.#db.close();
    }
    return Promise.resolve();
  }

  /**
   * A sync costs about the same for one work as for fifty. Where works come beside each other, the next commit therefore waits for them
   * a little, and less than half of the time is spent on syncs. A caller who works alone is never kept waiting.
   */
  #schedule(): void {
    const wait = this.#lone >= LONE ? 0 : this.#ended + Math.min(PAUSE * this.#took, LONGEST_PAUSE) - performance.now();
    if (wait < 0.5) setImmediate(this.#flushSoon);
    else setTimeout(this.#flushSoon, wait);
  }

  #flush(): void {
    this.#scheduled = false;
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const begun = performance.now();
    this.#commitAll();
    this.#ended = performance.now();
    this.#took = this.#ended - begun;
  }

  #commitAll(): void {
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    this.#lone = batch.length === 1 ? this.#lone + 1 : 0;
    // A slot holds a value once its work is done; a work that failed alone leaves the batch and its promise is rejected at once.
    const values = new Array<unknown>(batch.length);
    const failed = new Set<number>();
    try {
      this.#begin.run();
      for (let i = 0; i < batch.length; i += 1) this.#attempt(batch, i, values, failed);
      this.#commit.run();
    } catch (error) {
      this.#abandon(batch, failed, error);
      return;
    }
    for (let i = 0; i < batch.length; i += 1) if (!failed.has(i)) batch[i]?.resolve(values[i]);
  }

  /** Runs one work in its savepoint. Throws only when the whole transaction is lost: SQLite itself rolls back on a full disk or an I/O error. */
  #attempt(batch: readonly QueuedWork[], i: number, values: unknown[], failed: Set<number>): void {
    const queued = batch[i];
    if (queued === undefined) return;
    this.#savepoint.run();
    try {
      const value = queued.work(this.#db);
      if (value instanceof Promise) throw new TypeError('A queued work must be synchronous: it returned a promise.');
      values[i] = value;
    } catch (error) {
      if (!this.#db.isTransaction) throw error;
      this.#db.exec('ROLLBACK TO work');
      failed.add(i);
      queued.reject(error);
    }
    this.#release.run();
  }

  #abandon(batch: readonly QueuedWork[], failed: ReadonlySet<number>, error: unknown): void {
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    } finally {
      for (let i = 0; i < batch.length; i += 1) if (!failed.has(i)) batch[i]?.reject(error);
    }
  }
}

/** Opens or creates the file, or `:memory:`. Durable by default: WAL with synchronous=FULL syncs at every commit (https://sqlite.org/pragma.html#pragma_synchronous). */
export function openDatabase(path: string): Database {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 });
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA cache_size = -65536;
  `);
  return new Database(db);
}
