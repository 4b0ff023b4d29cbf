import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Backup } from '../../../../adapters/local/backup/backup.ts';
import type { KeepLog } from '../../../../adapters/local/backup/kept-log.ts';
import { restore } from '../../../../adapters/local/backup/restore.ts';
import { type Database, openDatabase } from '../../../../adapters/local/sqlite.ts';

export const KEPT: KeepLog = {
  hours: 1,
  turnBytes: 60_000,
  onFailure: (error) => {
    throw error;
  },
};

/** A data folder that is served from, and a backup beside it. Time is a count of seconds. */
export class House {
  data: string;
  readonly copy: string;
  database!: Database;
  backup!: Backup;
  seconds = 0;
  /** What the database held at each line of the copy. */
  readonly states = new Map<string, string>();
  #rows = 0;

  readonly #root: string;

  constructor(root: string, name: string) {
    this.#root = root;
    this.data = join(root, name, 'data-0');
    this.copy = join(root, name, 'copy');
    mkdirSync(join(this.data, 'documents', 'documents'), { recursive: true });
  }

  start(keepLog: KeepLog | null = KEPT): void {
    this.database = openDatabase(join(this.data, 'onetrack.db'), { ...(keepLog && { keepLog }) });
    this.database.migrate([{ id: 't-001', sql: 'CREATE TABLE t (no INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT' }]);
  }

  follow(): void {
    this.backup = Backup.open({ data: this.data, to: this.copy, now: () => this.seconds * 1000 });
  }

  async write(bytes: number): Promise<void> {
    const no = ++this.#rows;
    await this.database.write((db) => {
      db.prepare('INSERT INTO t VALUES (?, ?)').run(no, 'x'.repeat(bytes));
      if (no % 3 === 0) db.prepare('UPDATE t SET text = ? WHERE no = ?').run(`again ${no}`, Math.ceil(no / 2));
    });
  }

  async round(): Promise<string | undefined> {
    this.seconds += 1;
    const { mark, begun } = await this.backup.round();
    if (mark) this.states.set(mark.at, stateOf(this.database));
    return begun;
  }

  /** What is on the disk now goes on elsewhere: as after a kill. */
  killed(): void {
    const next = this.data.replace(/\d+$/, (number) => String(Number(number) + 1));
    // To the nanosecond, as a disk keeps them.
    execFileSync('cp', ['-a', this.data, next]);
    this.data = next;
  }

  async restored(at?: string): Promise<string> {
    const target = join(this.#root, `restored-${Math.random()}`);
    await restore({ from: this.copy, data: target, ...(at !== undefined && { at }) });
    const db = new DatabaseSync(join(target, 'onetrack.db'));
    try {
      expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      return rowsOf(db);
    } finally {
      db.close();
      rmSync(target, { recursive: true });
    }
  }
}

export const rowsOf = (db: DatabaseSync): string =>
  JSON.stringify(db.prepare('SELECT no, text FROM t ORDER BY no').all());
export const stateOf = (database: Database): string => database.read(rowsOf);
