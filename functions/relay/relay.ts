import { ENDED_BY_PLATFORM } from '../../schemas/error-names.ts';
import { requestRun } from '../../domain/dossier/commands/stages.ts';
import { DossierGone, TaskRetryable, TaskTerminal, tellableOf } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import { carryOut } from '../archive/carry-out.ts';
import { dealWithChild } from '../children/open-child.ts';
import { tellParent } from '../children/tell-parent.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { unmadePapers } from '../issues/unmade.ts';
import { recordUntold, tellKeeper } from '../issues/tell-keeper.ts';
import { doWork } from '../issues/work.ts';
import { sendLink } from '../links/send-link.ts';
import { recordFailedMail, sendMail } from '../notices/send-mail.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import { loadAtLeast } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { askSourceAgain } from '../sources/ask-sources.ts';
import { deliverWebhook } from '../subscriptions/deliver.ts';
import { anchorHeads } from './anchor-heads.ts';
import { executionArn, executionName } from './execution-names.ts';
import { replaceRun } from './replace-run.ts';

type Handler = (platform: Platform, catalogue: Catalogue, row: OutboxRow) => Promise<void>;

/** What each kind of row asks for. Every handler may run twice for the same row. */
const HANDLERS = {
  start: startRun,
  complete: completeStage,
  stop: stopRun,
  work: doWork,
  mail: sendMail,
  link: sendLink,
  webhook: deliverWebhook,
  child: dealWithChild,
  parent: tellParent,
  source: askSourceAgain,
  keeper: tellKeeper,
  dispose: carryOut,
} as const satisfies Partial<Record<OutboxRow['kind'], Handler>>;

/** What is waited after each attempt that failed, in milliseconds: 2.8 days in all, and then one last attempt (Standard Webhooks recommends as much). */
const WAITS = [
  1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 43_200_000,
  57_600_000, 86_400_000,
];
const LONGEST_WAIT = 86_400_000;
/** What tells the engine or another dossier, or makes papers, is tried as long as it may succeed: without it a dossier would stand still. So is a source that has to be verified. */
const WITHOUT_END: ReadonlySet<OutboxRow['kind']> = new Set([
  'start',
  'complete',
  'stop',
  'anchor',
  'work',
  'child',
  'parent',
  'source',
  'dispose',
]);

/** What is recorded of rows that are given up. */
const RECORDS: Partial<Record<OutboxRow['kind'], typeof recordFailedMail>> = {
  mail: recordFailedMail,
  keeper: recordUntold,
};

/** Deals with all outbox rows whose time has come; answers how many. Losing a ring, a process or an answer loses nothing: the rows stay until done. */
export async function drainOutbox(platform: Platform, catalogue: Catalogue, limit = 256): Promise<number> {
  const rows = await platform.store.outboxDue(platform.clock.now(), limit);
  const anchors = rows.filter(({ kind }) => kind === 'anchor');
  const others = rows.filter(({ kind }) => kind !== 'anchor');
  const done: string[] = [];
  await Promise.all([
    ...others.map(async (row) => {
      if (await dealWith(platform, catalogue, row)) done.push(row.id);
    }),
    anchorAll(platform, anchors).then((anchored) => {
      if (anchored) done.push(...anchors.map(({ id }) => id));
    }),
  ]);
  if (done.length > 0) await platform.store.outboxDone(done);
  return rows.length;
}

/** Does what one row asks for, unless it is an anchor. False: it was put off or given up; else the row is to be deleted. */
export async function dealWith(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<boolean> {
  try {
    await handle(platform, catalogue, row);
    return true;
  } catch (error) {
    if (error instanceof DossierGone) return true;
    await putOff(platform, row, error);
    return false;
  }
}

/** Puts the heads that these rows name under one time-stamp. False: all were put off; else the rows are to be deleted. */
export async function anchorAll(platform: Platform, rows: readonly OutboxRow[]): Promise<boolean> {
  if (rows.length === 0) return true;
  try {
    await anchorHeads(platform, rows);
    return true;
  } catch (error) {
    await Promise.all(rows.map((row) => putOff(platform, row, error)));
    return false;
  }
}

async function handle(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const handler: Handler | undefined = (HANDLERS as Partial<Record<OutboxRow['kind'], Handler>>)[row.kind];
  if (!handler) throw new Error(`outbox ${row.id}: no handler for ${row.kind}`);
  await handler(platform, catalogue, row);
}

async function putOff(platform: Platform, row: OutboxRow, error: unknown): Promise<void> {
  platform.failed?.(row, error);
  const attempts = row.attempts + 1;
  const within = error instanceof TaskRetryable ? (error.within ?? LONGEST_WAIT) : LONGEST_WAIT;
  const wait = Math.max(Math.min(WAITS[attempts - 1] ?? LONGEST_WAIT, within), askedToWait(error));
  const hopeless = isInVain(row, error) || (!WITHOUT_END.has(row.kind) && attempts > WAITS.length);
  const dead = hopeless && (await isRecorded(platform, row, error));
  const { name, message } = tellableOf(error);
  await platform.store.outboxRetry({
    id: row.id,
    at: platform.clock.now() + wait,
    attempts,
    error: `${name}: ${message}`.slice(0, 500),
    ...(dead && { dead }),
  });
}

/** What cannot be done at all is given up at once; work too: a dossier that waited for it was parked, and the row is done. */
function isInVain({ kind }: OutboxRow, error: unknown): boolean {
  return error instanceof TaskTerminal && (kind === 'work' || !WITHOUT_END.has(kind));
}

/** Whoever asks for patience gets it, up to a day: else one answer could put a delivery off for ever. */
function askedToWait(error: unknown): number {
  return error instanceof TaskRetryable ? Math.min(error.retryAfter ?? 0, LONGEST_WAIT) : 0;
}

/** What an applicant, or a keeper of numbers, was not told stands in the record before it is given up. If that fails, the row is tried once more. */
async function isRecorded(platform: Platform, row: OutboxRow, error: unknown): Promise<boolean> {
  const record = RECORDS[row.kind];
  if (!record) return true;
  // The message of a defect may quote anything; those of ours name identifiers alone.
  const ours = error instanceof TaskTerminal || error instanceof TaskRetryable;
  const reason = ours ? error.message : 'the message could not be written';
  return record(platform, row, reason.slice(0, 500)).then(
    () => true,
    () => false,
  );
}

async function startRun(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const run = Number(row.body['run']);
  const loaded = await loadAtLeast(platform, row.dossier, ({ dossier }) => dossier.run >= run);
  if (!loaded) return;
  const pinned = await catalogue.pinned(loaded.dossier.procedure, loaded.dossier.procedureVersion);
  const { machine } = pinned.record;
  if (!machine)
    throw new Error(`procedure ${loaded.dossier.procedure}@${loaded.dossier.procedureVersion}: it has no machine`);
  if (run > 1)
    await platform.engine.stop(executionArn(machine.arn, executionName(row.dossier, run - 1)), {
      error: ENDED_BY_PLATFORM.newRun,
      cause: `run ${run} was requested`,
    });
  if (loaded.dossier.run !== run) return;
  if (run > 1) await askForPapers(platform, pinned.procedure, loaded.dossier);
  const { result } = await platform.engine.start({
    machineArn: machine.arn,
    name: executionName(row.dossier, run),
    input: { dossierId: row.dossier, run, stage: String(row.body['stage']) },
  });
  // What had this name has ended, or is at another stage, as where the record was restored to an earlier instant: it does nothing for this run.
  if (result === 'taken') await replaceRun(platform, row.dossier, run);
}

/** Who let the dossier go on has put right what stood in the way of a paper. */
async function askForPapers(platform: Platform, procedure: Procedure, dossier: Dossier): Promise<void> {
  const rows = unmadePapers(procedure, dossier, platform.clock.now());
  if (rows.length === 0) return;
  await platform.store.outboxAdd(rows);
  platform.ring(rows);
}

async function stopRun(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const loaded = await platform.cache.load(row.dossier, platform.store, platform.masterKey);
  if (!loaded) return;
  const { machine } = (await catalogue.pinned(loaded.dossier.procedure, loaded.dossier.procedureVersion)).record;
  if (machine)
    await platform.engine.stop(executionArn(machine.arn, executionName(row.dossier, Number(row.body['run']))), {
      error: ENDED_BY_PLATFORM.ended,
      cause: 'the dossier was closed',
    });
}

/** Tells the engine that a stage was left. Where nobody listens any more, the run is looked at and, if it has not advanced, replaced. */
async function completeStage(platform: Platform, _catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { run, stage, visit, next } = row.body as { run: number; stage: string; visit: number; next: string };
  const token = await platform.store.tokenFor(row.dossier, stage, visit);
  if (token?.run === run && (await platform.engine.complete(token.token, { next })) === 'told') return;
  await appendSurely(platform, row.dossier, ({ dossier }) => {
    const advanced =
      dossier.run !== run || dossier.stage !== next || dossier.stages[next]?.left === null || dossier.parked !== null;
    return {
      decision: advanced ? { ok: true, events: [] } : requestRun(dossier, { stage: next, reason: 'execution-lost' }),
      actor: { kind: 'platform' },
    };
  });
}
