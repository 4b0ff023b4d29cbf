import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';

/** What a store of files asks of the file system. What is not there is no error. */
export interface FileCalls {
  /** With the folders above it; the first one that had to be made. */
  makeFolder(path: string): Promise<string | undefined>;
  /** A file that must not be there yet. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  read(path: string): Promise<Uint8Array | undefined>;
  exists(path: string): Promise<boolean>;
  namesIn(folder: string): Promise<string[]>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

/** Durable, and beside whatever else the process does. */
export const durableCalls: FileCalls = {
  makeFolder: (path) => mkdir(path, { recursive: true, mode: 0o700 }),
  write: async (path, bytes) => {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  read: async (path) => found(() => readFile(path)),
  exists: async (path) => (await found(() => stat(path))) !== undefined,
  namesIn: async (folder) => (await found(() => readdir(folder))) ?? [],
  syncFolder: async (path) => {
    // Windows cannot open a folder; NTFS journals renames itself.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** What is written outlives the process but not the power, and the process waits for it: a way to another thread and back takes longer than the call. */
export const trialCalls: FileCalls = {
  makeFolder: async (path) => mkdirSync(path, { recursive: true, mode: 0o700 }),
  write: async (path, bytes) => writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 }),
  rename: async (from, to) => renameSync(from, to),
  remove: async (path) => rmSync(path, { force: true }),
  read: (path) => found(async () => readFileSync(path)),
  exists: async (path) => existsSync(path),
  namesIn: async (folder) => (await found(async () => readdirSync(folder))) ?? [],
  syncFolder: async () => {},
};

async function found<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
