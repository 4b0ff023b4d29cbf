import { constants, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, cp, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { generationsOf, holdsKeys, keyCopiesOf } from './backup.ts';
import { type Mark, openLog, readMarks, wholePieces, writeAll } from './follow-log.ts';
import { logName } from './kept-log.ts';
import { leaveGap } from './leave-gap.ts';
import { syncPath } from './sync-path.ts';
import { framesIn, LogReader } from './write-ahead-log.ts';

/** Why nothing was restored. What was written so far is removed again. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

export interface RestoreOptions {
  from: string;
  /** Empty, or not there. */
  data: string;
  /** The state of this instant, ISO 8601; absent: the last there is. */
  at?: string;
  keys?: string;
}

export interface Restored {
  /** The state is that of this instant, ISO 8601. */
  asOf: string;
  generation: string;
  /** Page images applied to the base. */
  pages: number;
  databaseBytes: number;
}

/** Builds a data folder from a copy. Throws `RestoreRefused`. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { from, data, keys } = options;
  if (existsSync(data) && readdirSync(data).length > 0)
    throw new RestoreRefused(`${data}: expected an empty folder, so that nothing is written over`);
  const { folder, marks } = chooseMarks(options);
  const mark = marks.at(-1) as Mark;
  const keyCopy = keys === undefined ? undefined : [keys, ...keyCopiesOf(keys)].findLast(holdsKeys);
  if (keys !== undefined && keyCopy === undefined)
    throw new RestoreRefused(`${keys}: expected what backup wrote with --keys-to, or one copy of it`);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  try {
    const database = join(data, 'onetrack.db');
    await copyFile(join(folder, 'base.db'), database, constants.COPYFILE_FICLONE);
    const applied = await applyLog(database, folder, marks);
    syncPath(database);
    await cp(join(from, 'documents'), join(data, 'documents', 'documents'), {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (path) => !path.endsWith('.part'),
    });
    if (keyCopy !== undefined) cpSync(keyCopy, data, { recursive: true });
    await leaveGap(database, Date.now());
    syncPath(data);
    return { asOf: mark.at, generation: basename(folder), ...applied };
  } catch (error) {
    for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
    throw error;
  }
}

/** The lines up to the last one at or before the instant, of the newest generation that has one. */
function chooseMarks({ from, at }: RestoreOptions): { folder: string; marks: Mark[] } {
  const generations = generationsOf(from).map((folder) => ({ folder, marks: readMarks(folder) }));
  for (const { folder, marks } of generations.reverse()) {
    const last = marks.findLastIndex((each) => at === undefined || Date.parse(each.at) <= Date.parse(at));
    if (last >= 0) return { folder, marks: marks.slice(0, last + 1) };
  }
  const earliest = generations.flatMap(({ marks }) => marks.map((mark) => mark.at)).sort()[0];
  if (earliest === undefined) throw new RestoreRefused(`${from}: expected a copy that backup has written`);
  throw new RestoreRefused(`--at: expected an instant from ${earliest} on, got ${at ?? ''}`);
}

async function applyLog(
  database: string,
  folder: string,
  marks: readonly Mark[],
): Promise<{ pages: number; databaseBytes: number }> {
  const { segment, length } = marks.at(-1) as Mark;
  const lengths = new Map([...marks.flatMap(({ finished = [] }) => finished), [segment, length]]);
  const target = await open(database, 'r+');
  try {
    let pages = 0;
    let databaseBytes = (await target.stat()).size;
    for (let number = 1; number <= segment; number += 1) {
      const path = join(folder, 'log', logName(number));
      const log = await openLog(path);
      if (!log) throw new RestoreRefused(`${path}: expected a log of the database`);
      try {
        const reader = new LogReader(log.header);
        const { pageSize } = log.header;
        const until = lengths.get(number);
        if (until === undefined)
          throw new RestoreRefused(`${folder}: no line of times.jsonl tells how long log ${number} is`);
        for await (const piece of wholePieces(log.file, reader, until))
          for (const { page, pagesAfterCommit, bytes } of framesIn(piece.bytes, log.header)) {
            await writeAll(target, bytes, (page - 1) * pageSize);
            pages += 1;
            if (pagesAfterCommit > 0) databaseBytes = pagesAfterCommit * pageSize;
          }
        if (reader.length !== until)
          throw new RestoreRefused(
            `${path}, byte ${reader.length}: the checksum does not hold; the copy is damaged here`,
          );
      } finally {
        await log.file.close();
      }
    }
    await target.truncate(databaseBytes);
    return { pages, databaseBytes };
  } finally {
    await target.close();
  }
}
