import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Bytes that have to be free there: a scenario's folder has some megabytes, and several may run at once. */
const ROOM = 256 * 1024 * 1024;

/** A new folder for a trial: in memory where the system has such a place with room (Linux) and nobody has said where temporary files go, else among these. */
export function makeTrialFolder(prefix: string): string {
  return (process.env['TMPDIR'] ? undefined : inMemory(prefix)) ?? mkdtempSync(join(tmpdir(), prefix));
}

function inMemory(prefix: string): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM ? mkdtempSync(join(MEMORY, prefix)) : undefined;
  } catch {
    return undefined;
  }
}
