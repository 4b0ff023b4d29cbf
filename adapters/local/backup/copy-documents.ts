import { constants, existsSync, mkdirSync } from 'node:fs';
import { copyFile, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf } from '../file-digest.ts';
import { syncPath } from './sync-path.ts';

/** A folder that changed so short a time ago may change again without another date. */
const UNSURE_MS = 2_000;
/** A file that was changed so short a time ago and is not whole is being destroyed. An older one is an earlier release's, which wrote no digest. */
const YOUNG_MS = 60_000;

/**
 * Copies documents that are not there yet, folder by folder; what is there is never written again, for a document does not change under its name. Only folders
 * that changed since the last round are read.
 */
export class DocumentCopy {
  readonly #from: string;
  readonly #to: string;
  readonly #sure = new Map<string, number>();

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  /** Copies what is new, durably; answers how many. Throws at a document that was destroyed before it was copied: what names it must not count. */
  async round(): Promise<number> {
    if (!existsSync(this.#from)) return 0;
    let copied = 0;
    for (const shard of await readdir(this.#from)) {
      const began = Date.now();
      const { mtimeMs } = await stat(join(this.#from, shard));
      if (this.#sure.get(shard) === mtimeMs) continue;
      copied += await this.#copyShard(shard);
      if (mtimeMs < began - UNSURE_MS) this.#sure.set(shard, mtimeMs);
    }
    return copied;
  }

  async #copyShard(shard: string): Promise<number> {
    const from = join(this.#from, shard);
    const to = join(this.#to, shard);
    if (!existsSync(to)) {
      mkdirSync(to, { recursive: true, mode: 0o700 });
      syncPath(this.#to);
    }
    const there = new Set(await readdir(to));
    const missing = (await readdir(from)).filter((name) => !there.has(name));
    for (const name of missing) await copyWhole(join(from, name), join(to, name));
    if (missing.length > 0) syncPath(to);
    return missing.length;
  }
}

/** Under another name until it is whole; a document that was erased meanwhile is none. */
async function copyWhole(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  try {
    await copyFile(from, part, constants.COPYFILE_FICLONE);
    const { mtimeMs } = await stat(from);
    if (mtimeMs > Date.now() - YOUNG_MS && !bytesOf(await readFile(part))) {
      await rm(part);
      throw new Error(`${from}: expected the document that was written there, found something else`);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(from)) return;
    throw error;
  }
  syncPath(part);
  await rename(part, to);
  await rm(part, { force: true });
}
