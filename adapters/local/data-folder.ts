import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** Another process serves from this folder: two would both conduct the same dossiers. */
export class DataFolderTaken extends Error {
  override readonly name = 'DataFolderTaken';
}

/**
 * Takes a data folder for this process alone, until it is let go or the process ends, by whatever means: the lock is one of the file system's, held by an
 * open transaction on a database of its own, so a killed process leaves none behind.
 */
export function takeDataFolder(dir: string): { letGo(): void } {
  const lock = new DatabaseSync(join(dir, 'serving.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw error;
    throw new DataFolderTaken(
      `${dir}: another process serves from this data folder; stop it first, or take another folder`,
    );
  }
  return { letGo: () => lock.close() };
}
