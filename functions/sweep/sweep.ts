import type { Cursors } from '../../domain/ports/cursors.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { relayGroups } from '../relay/relay-groups.ts';
import { anchorAll } from '../relay/relay.ts';
import type { Platform } from '../runtime/platform.ts';
import { followReorganisations } from '../reorganisations/follow.ts';
import { followAmendments } from '../calendars/follow-amendments.ts';
import { fanOut } from '../subscriptions/deliver.ts';
import { removeExpiredUploads } from '../uploads/receive-upload.ts';
import { fireTimers } from './fire-timers.ts';
import { type Measures, measure } from './measure.ts';

/** A row so young is still in the hands of the relay, in milliseconds, if nobody has tried it yet. Heads are nobody else's. */
const GRACE_MS = 20_000;
const PAGE = 256;
/** Left for what is under way, up to sixteen papers on a busy machine, and for what comes after, in milliseconds: no page, timer or row is begun with less. */
const RESERVE_MS = 30_000;
const FEED_READER = 'subscriptions';
const LAST_SWEEP = 'sweep';

export interface SweepOptions {
  cursors: Cursors;
  /** Milliseconds until the sweep is cut off. */
  timeLeft: () => number;
  /** Told what was found, also where a step failed. */
  measured: (measures: Measures) => void;
}

/**
 * Does once a minute what nothing else does: fires timers, stamps heads, takes up rows that the stream missed or that are tried again, lays rows for
 * subscribers, removes expired uploads. A step that fails stops no other; the failures are thrown at the end. Two sweeps at once do no harm.
 */
export async function sweep(platform: Platform, catalogue: Catalogue, options: SweepOptions): Promise<void> {
  const { cursors, timeLeft, measured } = options;
  const began = platform.clock.now();
  const last = await cursors.get(LAST_SWEEP);
  const goOn = (): boolean => timeLeft() > RESERVE_MS;
  const pages = async (page: () => Promise<number>): Promise<void> => {
    while (goOn() && (await page()) > 0);
  };
  const steps: readonly (() => Promise<unknown>)[] = [
    () => fireTimers(platform, catalogue, goOn),
    () => followReorganisations(platform, catalogue, goOn),
    () => followAmendments(platform, catalogue, cursors, goOn),
    // Before the fan-out: the rows that it lays are the relay's.
    () => pages(() => relayDue(platform, catalogue, goOn)),
    () => pages(() => layRows(platform, cursors)),
    () => pages(() => removeExpiredUploads(platform)),
  ];
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length === 0) await cursors.advance(LAST_SWEEP, last, String(began));
  const finished = failures.length === 0 ? began : Number(last ?? began);
  measured(await measure(platform, catalogue, finished));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${steps.length} steps failed`);
}

/** Rows whose time has come. Answers how many there were. */
async function relayDue(platform: Platform, catalogue: Catalogue, goOn: () => boolean): Promise<number> {
  const now = platform.clock.now();
  const due = await platform.store.outboxDue(now, PAGE);
  const heads = due.filter(({ kind }) => kind === 'anchor');
  const late = due.filter(({ kind, at, attempts }) => kind !== 'anchor' && (attempts > 0 || at + GRACE_MS <= now));
  const [anchored] = await Promise.all([anchorAll(platform, heads), relayGroups(platform, catalogue, late, goOn)]);
  if (anchored && heads.length > 0) await platform.store.outboxDone(heads.map(({ id }) => id));
  return heads.length + late.length;
}

/** One page of the feed. Its rows are there before the cursor moves: a crash in between lays them again, and rows that exist are left as they are. */
async function layRows(platform: Platform, cursors: Cursors): Promise<number> {
  const before = await cursors.get(FEED_READER);
  const after = await fanOut(platform, before);
  if (after === undefined || after === before) return 0;
  await cursors.advance(FEED_READER, before, after);
  return 1;
}
