import { type Reading, placeOf, type ReadLog } from '../../domain/ports/read-log.ts';

/** So many readings are known to be kept. */
const KNOWN = 10_000;

/** Asks the log but once, in this process, for what it has kept already: an official reads the same dossier many times a day. */
export class RecentReads implements ReadLog {
  readonly #log: ReadLog;
  readonly #known = new Set<string>();

  constructor(log: ReadLog) {
    this.#log = log;
  }

  async add(read: Reading): Promise<void> {
    const place = `${read.dossier}#${placeOf(read)}`;
    if (this.#known.has(place)) return;
    await this.#log.add(read);
    // What was learnt first goes first; forgetting costs one row that is there already.
    const [oldest] = this.#known;
    if (this.#known.size >= KNOWN && oldest !== undefined) this.#known.delete(oldest);
    this.#known.add(place);
  }

  list(...args: Parameters<ReadLog['list']>): ReturnType<ReadLog['list']> {
    return this.#log.list(...args);
  }
}
