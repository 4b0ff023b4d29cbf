import { dirname } from 'node:path';
import type { FileCalls } from './file-calls.ts';

/** Makes names in folders durable. A sync that begins after a rename covers it, so all who wait while one is under way share the next. */
export class FolderSync {
  readonly #files: FileCalls;
  readonly #made = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  constructor(files: FileCalls) {
    this.#files = files;
  }

  /** Makes the folder, and the folders above it, durably. */
  async make(folder: string): Promise<void> {
    if (!this.#made.has(folder)) await this.makeAgain(folder);
  }

  /** The same of a folder that somebody may have removed since. */
  async makeAgain(folder: string): Promise<void> {
    const first = await this.#files.makeFolder(folder);
    if (first !== undefined) {
      for (let made = folder; made.length >= first.length; made = dirname(made)) await this.sync(dirname(made));
    } else if (!this.#made.has(folder)) {
      // Another writer may have made it and not synced yet.
      await this.sync(dirname(folder));
    }
    this.#made.add(folder);
  }

  sync(folder: string): Promise<void> {
    const running = this.#running.get(folder);
    if (!running) return this.#start(folder);
    let next = this.#next.get(folder);
    if (!next) {
      const again = (): Promise<void> => {
        this.#next.delete(folder);
        return this.#start(folder);
      };
      next = running.then(again, again);
      this.#next.set(folder, next);
    }
    return next;
  }

  #start(folder: string): Promise<void> {
    const done = this.#files.syncFolder(folder).finally(() => {
      if (this.#running.get(folder) === done) this.#running.delete(folder);
    });
    this.#running.set(folder, done);
    return done;
  }
}
