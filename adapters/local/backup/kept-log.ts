import { randomUUID } from 'node:crypto';
import {
  existsSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { writeFileAtomically } from '../pki/key-file.ts';
import { syncPath } from './sync-path.ts';
import { LOG_HEADER_BYTES, LogReader, readLogHeader } from './write-ahead-log.ts';

/** What the database was when its log was emptied last. */
const STATE = 'state.json';
/** 4,000 pages. */
const TURN_BYTES = 16_000_000;
/** More is not kept: a follower that has missed something begins anew, a server whose disk is full stands. */
const MOST_BYTES = 10_000_000_000;
const HOUR_MS = 3_600_000;

export interface KeepLog {
  /** How long a log stays after it was put aside. */
  hours: number;
  /** At this length a log is put aside; absent: as often as SQLite would checkpoint by itself. */
  turnBytes?: number;
  /** Is told why a log could not be put aside; it grows on, and is tried again when it is twice as long. */
  onFailure: (error: unknown) => void;
}

/** Where the logs that were put aside lie, beside the database. */
export function logFolderOf(database: string): string {
  return join(dirname(database), 'log');
}

/** The stretch in which nothing of the log was lost; nothing, when none is kept. */
export function epochOf(logFolder: string): string | undefined {
  const file = join(logFolder, 'epoch');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Numbers of the logs that were put aside and are still there, in order. */
export function keptLogs(logFolder: string, epoch: string): number[] {
  const folder = join(logFolder, epoch);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{8}\.wal$/.test(name))
    .map((name) => Number(name.slice(0, 8)))
    .sort((a, b) => a - b);
}

export function keptLogPath(logFolder: string, epoch: string, number: number): string {
  return join(logFolder, epoch, logName(number));
}

export function logName(number: number): string {
  return `${String(number).padStart(8, '0')}.wal`;
}

/** A start without keeping the log ends the epoch: who follows it must know that he has missed something. */
export function endEpoch(database: string): void {
  rmSync(logFolderOf(database), { recursive: true, force: true });
}

/** Puts the log of a database aside before it is emptied, and keeps it for so many hours, for a backup that follows. */
export class KeptLog {
  readonly #database: string;
  readonly #log: string;
  readonly #folder: string;
  readonly #options: KeepLog;
  #turnAt: number;

  private constructor(database: string, folder: string, options: KeepLog) {
    this.#database = database;
    this.#log = `${database}-wal`;
    this.#folder = folder;
    this.#options = options;
    this.#turnAt = options.turnBytes ?? TURN_BYTES;
  }

  static open(database: string, options: KeepLog): KeptLog {
    const root = logFolderOf(database);
    if (!goesOn(database, root)) endEpoch(database);
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const epoch = epochOf(root) ?? randomUUID();
    const folder = join(root, epoch);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (epochOf(root) === undefined) writeFileAtomically(join(root, 'epoch'), epoch);
    for (const name of readdirSync(folder)) if (name.endsWith('.part')) rmSync(join(folder, name));
    const kept = new KeptLog(database, folder, options);
    kept.#forgetOld();
    return kept;
  }

  /** Before the file is closed, which empties the log. If it cannot be put aside the epoch ends: who follows must know that he has missed something. */
  turnLast(db: DatabaseSync): void {
    try {
      this.turn(db);
    } catch (error) {
      endEpoch(this.#database);
      this.#options.onFailure(error);
    }
  }

  /** While the log is empty: what the file is, so that whatever another program does to it meanwhile is seen. It changes by checkpoints alone. */
  noteState(): void {
    if (!existsSync(this.#folder)) return;
    writeFileAtomically(join(dirname(this.#folder), STATE), stateOf(this.#database));
  }

  /** Between transactions: puts the log aside and empties it, when it is long enough. `log` is open on it. */
  turnIfLong(db: DatabaseSync, log: number): void {
    if (fstatSync(log).size < this.#turnAt) return;
    try {
      this.turn(db);
    } catch (error) {
      this.#turnAt *= 2;
      this.#options.onFailure(error);
    }
  }

  /** False: it could not be emptied. */
  turn(db: DatabaseSync): boolean {
    this.#forgetOld();
    this.#putAside();
    const emptied = emptyLog(db);
    if (emptied) this.noteState();
    this.#turnAt = emptied ? (this.#options.turnBytes ?? TURN_BYTES) : this.#turnAt * 2;
    return emptied;
  }

  /** Whole transactions alone, so that whoever reads it knows where it ends. */
  #putAside(): void {
    const bytes = readFileSync(this.#log);
    const header = readLogHeader(bytes);
    const whole = header ? new LogReader(header).take(bytes.subarray(LOG_HEADER_BYTES)) : 0;
    if (whole === 0) return;
    const number = (this.#numbers().at(-1) ?? 0) + 1;
    const path = join(this.#folder, logName(number));
    const part = `${path}.part`;
    writeFileSync(part, bytes.subarray(0, LOG_HEADER_BYTES + whole), { mode: 0o600 });
    syncPath(part);
    renameSync(part, path);
    syncPath(this.#folder);
  }

  #numbers(): number[] {
    return keptLogs(dirname(this.#folder), basename(this.#folder));
  }

  /** Oldest first, what is old or too much. The last one stays, so that numbers go on. */
  #forgetOld(): void {
    const before = Date.now() - this.#options.hours * HOUR_MS;
    const kept = this.#numbers().map((number) => {
      const path = join(this.#folder, logName(number));
      const { mtimeMs, size } = statSync(path);
      return { path, mtimeMs, size };
    });
    let bytes = kept.reduce((sum, { size }) => sum + size, 0);
    for (const { path, mtimeMs, size } of kept.slice(0, -1)) {
      if (mtimeMs >= before && bytes <= MOST_BYTES) return;
      rmSync(path);
      bytes -= size;
    }
  }
}

/** Between transactions. Whoever reads through another connection is not waited for: false, and the log grows on and is emptied later. */
export function emptyLog(db: DatabaseSync): boolean {
  db.exec('PRAGMA busy_timeout = 0');
  const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
  db.exec('PRAGMA busy_timeout = 5000');
  return busy === 0;
}

/** Whether nothing can have been written that no log shows: there is a log, as after a crash, or the file is as it was when its log was emptied. */
function goesOn(database: string, root: string): boolean {
  const log = `${database}-wal`;
  if (existsSync(log) && statSync(log).size > 0) return true;
  const noted = join(root, STATE);
  return existsSync(noted) && existsSync(database) && readFileSync(noted, 'utf8') === stateOf(database);
}

function stateOf(database: string): string {
  const { size, mtimeMs } = statSync(database);
  return JSON.stringify({ size, mtimeMs });
}
