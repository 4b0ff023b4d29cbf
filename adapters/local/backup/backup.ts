import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { DocumentCopy } from './copy-documents.ts';
import { Generation, LogGap, type Mark, readMarks } from './follow-log.ts';

/** Of a data folder, what must not lie beside a copy of the rest: whoever has both can read everything. */
const KEY_FOLDERS = ['ca', 'keys', 'samples'];
/** What sample services of others write while they serve. */
const NOT_KEYS = join('samples', 'agencies');
const KEYS_EVERY_MS = 60_000;
/** Without these nothing can be read. */
const KEY_FILES = [join('ca', 'ca.key.pem'), join('keys', 'master.key')];

/** A new base is made when the log since the last is longer than both. */
const LEAST_LOG_BYTES = 1_000_000_000;

export interface BackupOptions {
  /** The data folder. It is only read. */
  data: string;
  /** Where the copy grows. */
  to: string;
  /** Where keys go; absent: somebody else sees to them. */
  keysTo?: string;
  now: () => number;
}

interface Beginning {
  generation?: Generation;
  failure?: unknown;
}

/** What a round did. */
export interface Round {
  mark: Mark | undefined;
  documents: number;
  /** Why a new generation was begun. */
  begun?: string;
}

/** A copy of a data folder that grows beside its server (`docs/adr/0017-backup.md`). */
export class Backup {
  readonly #options: BackupOptions;
  readonly #database: string;
  readonly #generations: string;
  readonly #documents: DocumentCopy;
  #current: Generation | undefined;
  /** The next generation: while its base is copied, and when it is there or has failed. */
  #next: Beginning | undefined;
  #keysAt = -Infinity;

  private constructor(options: BackupOptions) {
    const { data, to } = options;
    this.#options = options;
    this.#database = join(data, 'onetrack.db');
    this.#generations = join(to, 'generations');
    this.#documents = new DocumentCopy(join(data, 'documents', 'documents'), join(to, 'documents'));
    mkdirSync(this.#generations, { recursive: true, mode: 0o700 });
    mkdirSync(join(to, 'documents'), { recursive: true, mode: 0o700 });
  }

  static open(options: BackupOptions): Backup {
    // A base that never became whole can never be restored.
    for (const folder of generationsOf(options.to))
      if (readMarks(folder).length === 0) rmSync(folder, { recursive: true });
    return new Backup(options);
  }

  /** Takes what is new, from the newest generation on, and keys that are other. What cannot be read or written throws; the next round goes on from what was written. */
  async round(): Promise<Round> {
    const done = await this.#follow();
    this.#copyKeys();
    return done;
  }

  async #follow(): Promise<Round> {
    let documents = 0;
    const copyDocuments = async (): Promise<void> => {
      documents += await this.#documents.round();
    };
    try {
      this.#current ??= await this.#resume();
      if (!this.#current) {
        const mark = await this.#takeAnew(copyDocuments);
        return { mark, documents, begun: 'there is none yet' };
      }
      const mark = await this.#current.take(this.#instant(), copyDocuments);
      await this.#renew();
      return { mark, documents };
    } catch (error) {
      this.#current = undefined;
      this.#next = undefined;
      if (!(error instanceof LogGap)) throw error;
      const mark = await this.#takeAnew(copyDocuments);
      return { mark, documents, begun: error.message };
    }
  }

  async #resume(): Promise<Generation | undefined> {
    const newest = generationsOf(this.#options.to).findLast((folder) => readMarks(folder).length > 0);
    return newest === undefined ? undefined : Generation.resume(this.#database, newest);
  }

  async #takeAnew(copyDocuments: () => Promise<void>): Promise<Mark | undefined> {
    const generation = await this.#begin();
    const mark = await generation.take(this.#instant(), copyDocuments);
    this.#current = generation;
    return mark;
  }

  #begin(): Promise<Generation> {
    return Generation.begin(this.#database, nextIn(this.#generations), this.#instant());
  }

  /** When the log has become long a new base is copied, while the log is followed as before. */
  async #renew(): Promise<void> {
    const { logBytes, baseBytes } = this.#current ?? { logBytes: 0, baseBytes: 0 };
    if (!this.#next) {
      if (logBytes > Math.max(LEAST_LOG_BYTES, baseBytes)) this.#beginNext();
      return;
    }
    const { generation, failure } = this.#next;
    if (failure !== undefined) this.#next = undefined;
    if (failure instanceof Error) throw failure;
    if (!generation) return;
    await generation.take(this.#instant(), () => Promise.resolve());
    this.#current = generation;
    this.#next = undefined;
  }

  #beginNext(): void {
    const next: Beginning = {};
    this.#next = next;
    this.#begin().then(
      (generation) => (next.generation = generation),
      (failure: unknown) => (next.failure = failure),
    );
  }

  /** A whole copy under the next number, whenever a file of theirs is another than before. */
  #copyKeys(): void {
    const { data, keysTo, now } = this.#options;
    if (keysTo === undefined || now() < this.#keysAt + KEYS_EVERY_MS) return;
    if (!holdsKeys(data))
      throw new Error(`${data}: expected ${KEY_FILES.join(' and ')}; the copies of the keys stay as they are`);
    const digest = digestOf(data);
    mkdirSync(keysTo, { recursive: true, mode: 0o700 });
    const newest = keyCopiesOf(keysTo).at(-1);
    if (newest === undefined || digestOf(newest) !== digest) {
      const target = nextIn(keysTo);
      const part = `${target}.part`;
      rmSync(part, { recursive: true, force: true });
      for (const folder of KEY_FOLDERS)
        if (existsSync(join(data, folder)))
          cpSync(join(data, folder), join(part, folder), {
            recursive: true,
            filter: (path) => relative(data, path) !== NOT_KEYS,
          });
      renameSync(part, target);
    }
    this.#keysAt = now();
  }

  #instant(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

/** Folders of the generations of a copy, oldest first. */
export function generationsOf(copy: string): string[] {
  return foldersIn(join(copy, 'generations'));
}

/** Folders with a whole copy of the keys each, oldest first. */
export function keyCopiesOf(keys: string): string[] {
  return foldersIn(keys);
}

/** Whether a folder has what a data folder needs to be read. */
export function holdsKeys(folder: string): boolean {
  return KEY_FILES.every((file) => existsSync(join(folder, file)));
}

/** The next free number: a clock that is put back changes no order. */
function nextIn(folder: string): string {
  const last = foldersIn(folder).at(-1);
  return join(folder, String(Number(last === undefined ? 0 : basename(last)) + 1).padStart(8, '0'));
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{8}$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function digestOf(data: string): string {
  const digest = createHash('sha256');
  for (const folder of KEY_FOLDERS) {
    const root = join(data, folder);
    if (!existsSync(root)) continue;
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
    for (const path of paths.filter((each) => !relative(data, each).startsWith(NOT_KEYS)).sort())
      digest
        .update(`${relative(data, path)}\0`)
        .update(readFileSync(path))
        .update('\0');
  }
  return digest.digest('hex');
}
