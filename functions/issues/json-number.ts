import { resume } from '../../domain/dossier/commands/stages.ts';
import { isOutage, notGiven, numberRequestOf, openNumber } from '../../domain/dossier/numbers.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely, type Extras } from '../runtime/append.ts';
import { loadAtLeast } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import type { First } from '../stages/call-system.ts';
import { following, parkingWith } from '../stages/going-on.ts';
import type { Standing } from '../stages/standing.ts';
import {
  ASKED_WITHIN_MS,
  askKeeper,
  askOrTake,
  failureOf,
  hearNumber,
  judgeNumber,
  NumberWithheld,
} from './kept-number.ts';
import type { Taken } from './make-paper.ts';

/** The keeper of a register is away: the dossier is parked, and goes on by itself when it is back. */
export class KeeperAway extends TaskTerminal {
  override readonly name = 'KeeperAway';
}

/** So long the stage itself is left to be answered, in milliseconds. */
const LOOKED_AFTER_MS = 30_000;

/**
 * The number of a paper that a stage makes at once, of a register that another system keeps. The request is recorded first and then asked; what cannot be had
 * now parks the dossier, and `awaitNumber` lets it go on.
 */
export async function numberAtOnce(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { name, copy, stage, register }: { name: string; copy: number; stage: string; register: string },
): Promise<Taken | First> {
  const { loaded } = standing;
  const { dossier } = loaded;
  const request = numberRequestOf(dossier.id, { issue: name, copy });
  const open = openNumber(dossier, request);
  if (!open) {
    const asked = await askOrTake(platform, catalogue, standing, { name, copy, stage, register });
    if (asked.numbers) return { event: asked.event, numbers: [...asked.numbers] };
    const outbox = [numberRow(dossier, standing.now, { request, stage, occasion: 'asked' })];
    return { first: { ...following(standing, [asked.event]), outbox }, thenParked: false };
  }
  const answer = await askKeeper(platform, loaded, request, open);
  const judged = await judgeNumber(platform, catalogue, loaded, { request, open, answer });
  if (!('why' in judged)) return { event: judged.event, numbers: [...judged.numbers] };
  const { message } = failureOf(open, judged);
  const isAway = isOutage(judged.why);
  const events = notGiven(dossier, request, judged);
  const outbox = isAway ? [numberRow(dossier, standing.now, { request, stage, occasion: String(dossier.run) })] : [];
  const failure = isAway ? new KeeperAway(message) : new NumberWithheld(message);
  return { first: { ...parkingWith(standing, { stage, events }, failure), outbox }, thenParked: true };
}

/** Work that looks after a number that was asked for. Of a group of its own: nothing else waits for it. */
function numberRow(
  { id }: Dossier,
  now: number,
  { request, stage, occasion }: { request: string; stage: string; occasion: string },
): NonNullable<Extras['outbox']>[number] {
  const at = now + LOOKED_AFTER_MS;
  const body = { work: 'number', request, stage };
  return { id: `${id}:number:${request}:${occasion}`, group: `${id}:number:${request}`, kind: 'work', at, body };
}

/**
 * Asks the keeper until it is back, then lets the dossier go on: the stage asks again under the same key. What was asked for and is no longer wanted, as the
 * dossier went elsewhere meanwhile, is heard here, and its number is void.
 */
export async function awaitNumber(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const request = String(row.body['request']);
  const stage = String(row.body['stage']);
  const loaded = await loadAtLeast(platform, row.dossier, ({ dossier }) => dossier.numbers?.[request] !== undefined);
  const open = loaded && openNumber(loaded.dossier, request);
  if (!open) return;
  const { dossier } = loaded;
  if (dossier.stage !== stage) return hearNumber(platform, catalogue, loaded, { request, isWanted: () => false });
  if (!isAwaiting(dossier, stage)) {
    // A person sees to what parked it otherwise; else the stage is at work.
    if (dossier.parked) return;
    throw new TaskRetryable(`stage ${stage}: its number is on the way`, { within: ASKED_WITHIN_MS });
  }
  const answer = await askKeeper(platform, loaded, request, open);
  if (answer.kind === 'failed') throw failureOf(open, { why: answer.why, detail: answer.detail });
  await appendSurely(platform, dossier.id, ({ dossier: now }) => ({
    decision: isAwaiting(now, stage) ? resume(now) : { ok: true, events: [] },
    actor: { kind: 'platform' },
  }));
}

function isAwaiting({ parked, stage: stands }: Dossier, stage: string): boolean {
  return stands === stage && parked?.error === 'KeeperAway';
}
