import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { copyFile, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../pki/key-file.ts';
import { epochOf, keptLogPath, keptLogs, logFolderOf, logName } from './kept-log.ts';
import { syncPath } from './sync-path.ts';
import { LOG_HEADER_BYTES, LogReader, readLogHeader } from './write-ahead-log.ts';

/** The log has gone on without us: what was taken cannot be continued. */
export class LogGap extends Error {
  override readonly name = 'LogGap';
}

/** A line of `times.jsonl`: until this instant, the copy has so many bytes of this segment and all of those before it. */
export interface Mark {
  /** ISO 8601, of the clock of the machine that copies. */
  at: string;
  /** 0: the base alone. */
  segment: number;
  length: number;
  /** The last log that was put aside of which everything is taken. */
  archived: number;
  /** Segments that were finished since the line before, with their lengths. */
  finished?: readonly [segment: number, length: number][];
  /** Whether the log that the segment is of was put aside: another one may follow it. */
  aside: boolean;
}

interface Segment {
  number: number;
  reader: LogReader;
  aside: boolean;
}

/** Bytes that are read at once. */
const PIECE_BYTES = 16_000_000;
const SQLITE_MAGIC = 'SQLite format 3\0';

/** A generation of a copy: a base, and the log since, taken piece by piece. The data folder is only read. */
export class Generation {
  readonly #database: string;
  readonly #folder: string;
  readonly #epoch: string;
  #mark: Mark;
  #segment: Segment | undefined;
  /** Whether there are bytes that no line counts yet. */
  #unmarked = true;
  #finished: [number, number][] = [];
  /** Bytes of log since the base. */
  logBytes = 0;
  baseBytes = 0;

  private constructor(database: string, folder: string, { epoch, mark }: { epoch: string; mark: Mark }) {
    this.#database = database;
    this.#folder = folder;
    this.#epoch = epoch;
    this.#mark = mark;
  }

  /** Copies the base into a new folder. Throws when the data folder keeps no log, or has no database. */
  static async begin(database: string, folder: string, at: string): Promise<Generation> {
    const logs = logFolderOf(database);
    const epoch = epochOf(logs);
    if (epoch === undefined)
      throw new Error(`${logs}: expected a log that is kept; start the server with --keep-log HOURS`);
    // The last that was put aside may be on its way into the file just now.
    const archived = Math.max(0, (keptLogs(logs, epoch).at(-1) ?? 0) - 1);
    await expectDatabase(database);
    try {
      mkdirSync(folder, { mode: 0o700 });
      mkdirSync(join(folder, 'log'), { mode: 0o700 });
      const part = join(folder, 'base.part');
      await copyFile(database, part);
      await expectDatabase(part);
      syncPath(part);
      renameSync(part, join(folder, 'base.db'));
      writeFileAtomically(join(folder, 'generation.json'), JSON.stringify({ epoch, archived, begun: at }));
      syncPath(dirname(folder));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    const mark: Mark = { at, segment: 0, length: 0, archived, aside: true };
    const generation = new Generation(database, folder, { epoch, mark });
    generation.baseBytes = await sizeOf(join(folder, 'base.db'));
    return generation;
  }

  /** Goes on with a generation that was followed before; nothing, if it was never restorable. */
  static async resume(database: string, folder: string): Promise<Generation | undefined> {
    dropTornLine(join(folder, 'times.jsonl'));
    const mark = readMarks(folder).at(-1);
    if (!mark) return undefined;
    const { epoch } = JSON.parse(readFileSync(join(folder, 'generation.json'), 'utf8')) as { epoch: string };
    const generation = new Generation(database, folder, { epoch, mark });
    generation.baseBytes = await sizeOf(join(folder, 'base.db'));
    for (let number = 1; number < mark.segment; number += 1)
      generation.logBytes += await sizeOf(generation.#segmentPath(number));
    if (mark.segment > 0) generation.#segment = await generation.#reopen(mark);
    generation.#unmarked = (generation.#segment?.reader.length ?? 0) > mark.length;
    return generation;
  }

  /**
   * Takes what the log has by now. `before` runs between the bytes and the line that makes them count. Answers the line, or nothing if nothing is new.
   * Throws `LogGap`. After any other error it is to be resumed: what it has in mind may be ahead of what was written.
   */
  async take(at: string, before: () => Promise<void>): Promise<Mark | undefined> {
    while (await this.#takeSome());
    await before();
    if (!this.#unmarked) return undefined;
    const { number = 0, reader, aside = true } = this.#segment ?? {};
    this.#mark = {
      at,
      segment: number,
      length: reader?.length ?? 0,
      archived: this.#mark.archived,
      ...(this.#finished.length > 0 && { finished: this.#finished }),
      aside,
    };
    const times = join(this.#folder, 'times.jsonl');
    const isFirst = !existsSync(times);
    appendFileSync(times, `${JSON.stringify(this.#mark)}\n`, { mode: 0o600 });
    syncPath(times);
    if (isFirst) syncPath(this.#folder);
    this.#unmarked = false;
    this.#finished = [];
    return this.#mark;
  }

  /** Takes from the log that is in use or from one that was put aside; answers whether there may be more. */
  async #takeSome(): Promise<boolean> {
    const logs = logFolderOf(this.#database);
    // In this order: what was put aside after the look into the live log is seen by the list.
    const live = await openLog(`${this.#database}-wal`);
    try {
      if (epochOf(logs) !== this.#epoch) throw new LogGap('the server ran without keeping its log, or on other data');
      const aside = keptLogs(logs, this.#epoch).filter((number) => number > this.#mark.archived);
      if (aside[0] !== undefined && aside[0] !== this.#mark.archived + 1)
        throw new LogGap(`log ${this.#mark.archived + 1} has gone before it was taken`);
      if (live && live.header.salts === this.#segment?.reader.header.salts) {
        await this.#pull(live);
        return false;
      }
      const next = aside[0];
      if (next !== undefined) {
        await this.#takeAside(next);
        return true;
      }
      if (this.#segment?.aside === false)
        throw new LogGap('the log in use is another, and the one before it was not put aside');
      if (!live) return false;
      this.#newSegment(live);
      await this.#pull(live);
      return false;
    } finally {
      await live?.file.close();
    }
  }

  /** A log that was put aside: the rest of the segment that is open, or a new one. Put aside twice, the later is the longer. */
  async #takeAside(number: number): Promise<void> {
    const path = keptLogPath(logFolderOf(this.#database), this.#epoch, number);
    const log = await openLog(path);
    if (!log) throw new LogGap(`${path}: expected a log, it is damaged or has gone`);
    try {
      let segment = this.#segment;
      if (segment?.reader.header.salts !== log.header.salts) {
        if (segment?.aside === false) throw new LogGap(`log ${number} does not go on where the copy ends`);
        segment = this.#newSegment(log);
      }
      const { size } = await log.file.stat();
      // One that is shorter was put aside before what is taken by now was written; another one of the same log must follow.
      if (size >= segment.reader.length) {
        await this.#pull(log);
        if (segment.reader.length < size)
          throw new LogGap(`${path}, byte ${segment.reader.length}: the log is damaged from here on`);
        segment.aside = true;
      }
      this.#mark = { ...this.#mark, archived: number };
      this.#unmarked = true;
    } finally {
      await log.file.close();
    }
  }

  #newSegment({ header }: OpenLog): Segment {
    if (this.#segment) this.#finished.push([this.#segment.number, this.#segment.reader.length]);
    const segment: Segment = { number: (this.#segment?.number ?? 0) + 1, reader: new LogReader(header), aside: false };
    this.#segment = segment;
    return segment;
  }

  /** Appends what the log has beyond what is taken, up to its last commit. */
  async #pull({ file }: OpenLog): Promise<void> {
    const segment = this.#segment;
    if (!segment) return;
    const { reader, number } = segment;
    const { at, hex } = reader.seal;
    if (Buffer.from(await readAt(file, at, 8)).toString('hex') !== hex)
      throw new LogGap('the log has gone back to an earlier state and on from there');
    const path = this.#segmentPath(number);
    const isNew = !existsSync(path);
    const target = await open(path, isNew ? 'wx+' : 'r+', 0o600);
    try {
      if (reader.length === LOG_HEADER_BYTES) await writeAll(target, await readAt(file, 0, LOG_HEADER_BYTES), 0);
      for await (const { from, bytes } of wholePieces(file, reader)) {
        await writeAll(target, bytes, from);
        this.logBytes += bytes.length;
        this.#unmarked = true;
      }
      await target.sync();
      if (isNew) syncPath(join(this.#folder, 'log'));
    } finally {
      await target.close();
    }
  }

  /** Reads the copy's own last segment again: what is whole in it counts. */
  async #reopen({ segment: number, length, aside }: Mark): Promise<Segment> {
    const path = this.#segmentPath(number);
    const log = await openLog(path);
    if (!log) throw new LogGap(`${path}: expected the log that the last line of times.jsonl names`);
    try {
      const reader = new LogReader(log.header);
      for await (const { bytes } of wholePieces(log.file, reader)) this.logBytes += bytes.length;
      if (reader.length < length) throw new LogGap(`${path}, byte ${reader.length}: the copy is damaged here`);
      return { number, reader, aside };
    } finally {
      await log.file.close();
    }
  }

  #segmentPath(number: number): string {
    return join(this.#folder, 'log', logName(number));
  }
}

/** What a log has beyond what its reader has taken, in pieces that end with a commit, up to `until` at most. */
export async function* wholePieces(
  file: FileHandle,
  reader: LogReader,
  until = Infinity,
): AsyncGenerator<{ from: number; bytes: Uint8Array }> {
  for (let size = PIECE_BYTES; ;) {
    const from = reader.length;
    const left = Math.min(until, (await file.stat()).size) - from;
    const bytes = await readAt(file, from, Math.min(size, Math.max(0, left)));
    const whole = reader.take(bytes);
    if (whole > 0) yield { from, bytes: bytes.subarray(0, whole) };
    else if (bytes.length >= left) return;
    // A transaction that is longer than a piece.
    size = whole > 0 ? PIECE_BYTES : size * 2;
  }
}

/** The lines of a generation; one that is torn or damaged does not count. */
export function readMarks(folder: string): Mark[] {
  const file = join(folder, 'times.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).flatMap(markIn);
}

function markIn(line: string): Mark[] {
  try {
    return [JSON.parse(line) as Mark];
  } catch {
    return [];
  }
}

/** So that what is appended stands on a line of its own. */
function dropTornLine(file: string): void {
  if (!existsSync(file)) return;
  const bytes = readFileSync(file);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) truncateSync(file, whole);
}

export interface OpenLog {
  file: FileHandle;
  header: NonNullable<ReturnType<typeof readLogHeader>>;
}

/** A log with its header; nothing where there is none, it is empty, or its header is none. */
export async function openLog(path: string): Promise<OpenLog | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  });
  if (!file) return undefined;
  try {
    const header = readLogHeader(await readAt(file, 0, LOG_HEADER_BYTES));
    if (header) return { file, header };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

export async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < bytes.length;)
    written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
}

async function readAt(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

async function expectDatabase(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const bytes = await readAt(file, 0, SQLITE_MAGIC.length);
    if (Buffer.from(bytes).toString('latin1') !== SQLITE_MAGIC)
      throw new Error(`${path}: expected an SQLite database; what it was is in the copy`);
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
