import type { OutboxRow } from '../domain/ports/dossier-store.ts';
import type { Catalogue } from '../functions/procedures/catalogue.ts';
import { anchorAll, dealWith } from '../functions/relay/relay.ts';
import type { Platform } from '../functions/runtime/platform.ts';

/** Heads wait so long for others, in milliseconds: one time-stamp then covers them all. */
const GATHER_MS = 1_000;
/** Rows that are dealt with are deleted together, so long after the first, in milliseconds: until then a crash only repeats them. */
const DELETE_MS = 40;
const PAGE = 256;

/** A group in work. */
interface Working {
  /** The one in work and those behind it. */
  rows: OutboxRow[];
  /** Each was handed over by its commit; else a sweep has found the first, and the rest is looked for. */
  fresh: boolean;
  /** How often more was handed over, for which is then looked. */
  more: number;
}

/**
 * Relays outbox rows on one machine without a pause: rows of one group one after another, groups beside each other, heads in batches. What a commit
 * hands over is taken up at once; a sweep finds everything else. The rows stay until they are dealt with, so a crash loses nothing.
 */
export class RelayLoop {
  readonly #platform: Platform;
  readonly #catalogue: Catalogue;
  readonly #onError: (error: unknown) => void;
  /** Ids of rows that are taken up and not yet deleted. */
  readonly #taken = new Set<string>();
  readonly #groups = new Map<string, Working>();
  readonly #running = new Set<Promise<void>>();
  #heads: OutboxRow[] = [];
  #gathering: NodeJS.Timeout | undefined;
  #done: string[] = [];
  #deleting = false;
  #stopped = false;

  constructor(platform: Platform, catalogue: Catalogue, onError: (error: unknown) => void) {
    this.#platform = platform;
    this.#catalogue = catalogue;
    this.#onError = onError;
  }

  /** Takes up rows that were just committed. */
  take(rows: readonly OutboxRow[]): void {
    if (this.#stopped) return;
    const now = this.#platform.clock.now();
    for (const row of rows) {
      if (row.at > now || this.#taken.has(row.id)) continue;
      if (row.kind === 'anchor') this.#gather(row);
      else this.#queue(row, true);
    }
  }

  /** Takes up every row that is due. */
  async sweep(): Promise<void> {
    if (this.#stopped) return;
    const limit = PAGE + this.#taken.size;
    const due = await this.#platform.store.outboxDue(this.#platform.clock.now(), limit);
    const rows = this.#isStopped() ? [] : due;
    for (const row of rows) {
      if (this.#taken.has(row.id)) continue;
      if (row.kind === 'anchor') this.#gather(row);
      else this.#queue(row, false);
    }
    if (rows.length === limit) setImmediate(() => this.#track(this.sweep()));
  }

  /** Takes up nothing more; resolves once what is in work has ended and its rows are deleted. Heads that wait are left to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#gathering);
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Read anew after each `await`: it may have been stopped meanwhile. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch(this.#onError).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  #queue(row: OutboxRow, fresh: boolean): void {
    const working = this.#groups.get(row.group);
    // Between what a sweep has found and what is handed over there may be others: they are looked for in their order.
    if (working && !working.fresh) {
      working.more += 1;
      return;
    }
    this.#taken.add(row.id);
    if (working) {
      working.rows.push(row);
      return;
    }
    const begun = { rows: [row], fresh, more: 0 };
    this.#groups.set(row.group, begun);
    this.#track(this.#work(row.group, begun));
  }

  async #work(group: string, working: Working): Promise<void> {
    const { rows, fresh } = working;
    try {
      let goOn = !fresh || (await this.#isFirst(group, rows[0]));
      while (goOn && (rows.length > 0 || (!fresh && (await this.#findBehind(group, working))))) {
        const [row] = rows;
        goOn = row !== undefined && !this.#stopped && (await dealWith(this.#platform, this.#catalogue, row));
        if (!goOn || !row) break;
        rows.shift();
        this.#finish(row.id);
      }
    } finally {
      this.#groups.delete(group);
      // What was not dealt with is no longer ours: the sweep finds it when it is due.
      for (const { id } of rows) this.#taken.delete(id);
    }
  }

  /** Of a group a sweep is shown the first row alone: without this each further one would wait for a sweep of its own. Answers whether there was any. */
  async #findBehind(group: string, working: Working): Promise<boolean> {
    let seen: number;
    do {
      seen = working.more;
      const known = await this.#platform.store.outboxByGroup(group);
      const live = known.filter(({ id, dead }) => dead !== true && !this.#taken.has(id));
      const now = this.#platform.clock.now();
      const putOff = live.findIndex(({ at }) => at > now);
      working.rows.push(...(putOff === -1 ? live : live.slice(0, putOff)));
      for (const { id } of working.rows) this.#taken.add(id);
    } while (working.more !== seen && working.rows.length === 0);
    return working.rows.length > 0;
  }

  /** A row that was put off earlier comes before a fresh one of its group. */
  async #isFirst(group: string, row: OutboxRow | undefined): Promise<boolean> {
    const rows = await this.#platform.store.outboxByGroup(group);
    const first = rows.find(({ id, dead }) => dead !== true && (id === row?.id || !this.#taken.has(id)));
    return first?.id === row?.id;
  }

  #gather(row: OutboxRow): void {
    this.#taken.add(row.id);
    this.#heads.push(row);
    this.#gathering ??= setTimeout(() => this.#track(this.#anchor()), GATHER_MS);
  }

  async #anchor(): Promise<void> {
    const heads = this.#heads;
    this.#heads = [];
    try {
      if (this.#stopped) return;
      if (await anchorAll(this.#platform, heads)) for (const { id } of heads) this.#finish(id);
      else for (const { id } of heads) this.#taken.delete(id);
    } finally {
      this.#gathering =
        this.#heads.length > 0 && !this.#stopped ? setTimeout(() => this.#track(this.#anchor()), GATHER_MS) : undefined;
    }
  }

  #finish(id: string): void {
    this.#done.push(id);
    if (this.#deleting) return;
    this.#deleting = true;
    this.#track(this.#delete());
  }

  async #delete(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#stopped ? 0 : DELETE_MS));
    const ids = this.#done;
    this.#done = [];
    this.#deleting = false;
    try {
      await this.#platform.store.outboxDone(ids);
    } finally {
      for (const id of ids) this.#taken.delete(id);
    }
  }
}
