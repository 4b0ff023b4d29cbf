import { SqliteCursors } from '../adapters/local/sqlite-cursors.ts';
import type { LogLine } from '../functions/api/surface.ts';
import { failedRow } from '../functions/relay/failed-row.ts';
import { drainOutbox } from '../functions/relay/relay.ts';
import { fanOut } from '../functions/subscriptions/deliver.ts';
import { followAmendments } from '../functions/calendars/follow-amendments.ts';
import { followReorganisations } from '../functions/reorganisations/follow.ts';
import { removeExpiredUploads } from '../functions/uploads/receive-upload.ts';
import { announceCertificates } from '../functions/sweep/announce-certificates.ts';
import { forgetAnswers } from '../functions/sweep/forget-answers.ts';
import { fireTimers } from '../functions/sweep/fire-timers.ts';
import { RelayLoop } from './relay-loop.ts';
import { Ticker } from './engine/ticker.ts';
import type { OneMachine } from './one-machine.ts';

const SWEEP_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const FEED_READER = 'subscriptions';
/** Most pages of the feed that one sweep reads. */
const FEED_PAGES = 50;

/** Keeps one machine going: relays what commits left to do, fires what is due. The bell makes it quick, the sweep makes it sure. */
export class Conductor {
  readonly #machine: OneMachine;
  readonly #ticker: Ticker;
  readonly #onError: (error: unknown) => void;
  readonly #relay: RelayLoop;
  readonly #cursors: SqliteCursors;
  #sweep: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #stopped = false;
  #forgetAgain = 0;
  #announceAgain = 0;
  readonly #log: ((line: LogLine) => void) | undefined;

  /** `log`: told once a day what a person has to see to in time, and of each outbox row that failed. */
  constructor(machine: OneMachine, onError: (error: unknown) => void, log?: (line: LogLine) => void) {
    this.#log = log;
    this.#machine = machine;
    this.#onError = onError;
    this.#ticker = new Ticker(machine.engine, machine.platform.clock);
    this.#cursors = new SqliteCursors(machine.database);
    this.#relay = new RelayLoop(machine.platform, machine.catalogue, onError);
  }

  /** Goes on where the last process stopped. */
  async start(): Promise<void> {
    const { platform, engine } = this.#machine;
    platform.ring = (rows) => {
      if (rows) this.#relay.take(rows);
      else void this.#sweepOnce();
    };
    platform.failed = (row, error) =>
      this.#log?.({ level: 'warn', code: 'outbox-row-failed', ...failedRow(row, error) });
    await engine.resume();
    this.#ticker.start();
    this.#sweep = setInterval(() => {
      void this.#sweepOnce();
    }, SWEEP_MS);
    await this.#sweepOnce();
  }

  /** Takes up no new work, and ends once what is under way is durable. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    this.#ticker.stop();
    await this.#sweeping;
    await this.#relay.stop();
    await this.#machine.engine.idle();
    await this.#machine.platform.store.close();
    await this.#machine.database.close();
  }

  /** Virtual time: does everything that is due at the clock's present instant, until nothing is. */
  async settle(): Promise<void> {
    const { platform, catalogue, engine } = this.#machine;
    for (;;) {
      engine.fireDue(platform.clock.now());
      await engine.idle();
      const done =
        (await drainOutbox(platform, catalogue)) +
        (await fireTimers(platform, catalogue)) +
        (await followReorganisations(platform, catalogue)) +
        (await followAmendments(platform, catalogue, this.#cursors)) +
        (await this.#fanOut());
      if (done === 0) break;
    }
  }

  #sweepOnce(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweepAll(): Promise<void> {
    const { platform, catalogue } = this.#machine;
    const steps: readonly (() => Promise<unknown>)[] = [
      () => fireTimers(platform, catalogue),
      () => followReorganisations(platform, catalogue),
      () => followAmendments(platform, catalogue, this.#cursors),
      () => this.#fanOut(),
      () => this.#relay.sweep(),
      () => removeExpiredUploads(platform),
      () => this.#forgetAnswers(),
      () => this.#announceEnds(),
    ];
    // One that fails stops no other.
    for (const step of steps) await step().catch(this.#onError);
  }

  /** Once an hour: each time is a commit. */
  async #forgetAnswers(): Promise<void> {
    const { platform } = this.#machine;
    const now = platform.clock.now();
    if (now < this.#forgetAgain) return;
    this.#forgetAgain = now + HOUR_MS;
    await forgetAnswers(platform);
    await platform.drafts.removeExpired(now);
  }

  async #announceEnds(): Promise<void> {
    const { platform, catalogue } = this.#machine;
    const now = platform.clock.now();
    if (!this.#log || now < this.#announceAgain) return;
    this.#announceAgain = now + DAY_MS;
    await announceCertificates(platform, catalogue, this.#log);
  }

  /**
   * Page by page to the end of the feed, or until others must have their turn; answers how many pages. The cursor is kept after the rows it stands for:
   * a crash in between lays them again, and rows that exist are left as they are.
   */
  async #fanOut(): Promise<number> {
    for (let page = 0; page < FEED_PAGES; page += 1) {
      const before = await this.#cursors.get(FEED_READER);
      const after = await fanOut(this.#machine.platform, before);
      if (after === undefined || after === before) return page;
      await this.#cursors.advance(FEED_READER, before, after);
    }
    return FEED_PAGES;
  }
}
