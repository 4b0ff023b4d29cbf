import { InvalidCursor } from '../../domain/ports/dossier-store.ts';
import type { Head } from '../../schemas/dossier.ts';
import type { ProcedureVersion } from '../../schemas/organisation.ts';
import type { RebuildAnswer } from '../../schemas/api.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { executionArn, executionName } from '../relay/execution-names.ts';
import { replaceRun } from '../relay/replace-run.ts';
import type { Platform } from '../runtime/platform.ts';

/** Dossiers looked at side by side. */
const AT_ONCE = 8;
/** Versions looked at in one call, however few dossiers they have: a call must end. */
const VERSIONS = 20;

/** What became of one dossier: a new run was asked for, it runs, its start is on the way, a person has to resume it, it went on meanwhile. */
type Found = 'restarted' | 'running' | 'starting' | 'parked' | 'changed';

/**
 * Gives every open dossier whose execution is gone a new run at the stage where it stands, and every version its machine. One page of them: `next` goes on. What runs is left alone, so it
 * may be called again at any time, and by two at once; runs are fenced, so whatever an older execution still does is refused.
 */
export async function rebuild(
  platform: Platform,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<{ ok: true; page: RebuildAnswer } | Refused> {
  const counts: Record<Found, number> = { restarted: 0, running: 0, starting: 0, parked: 0, changed: 0 };
  let place = after === undefined ? await nextVersion(platform, undefined) : await placeOf(platform, after);
  let looked = 0;
  for (let versions = 0; place && looked < limit && versions < VERSIONS; versions += 1) {
    const { record, cursor } = place;
    const page = { limit: limit - looked, ...(cursor !== undefined && { after: cursor }) };
    const { items, next } = await platform.store.openDossiers({ procedure: record.id, version: record.version }, page);
    const machine = await ensureMachine(platform, record);
    if (!machine.ok) return machine;
    for (let i = 0; i < items.length; i += AT_ONCE) {
      const some = items.slice(i, i + AT_ONCE);
      for (const found of await Promise.all(some.map((head) => restart(platform, machine.arn, head))))
        counts[found] += 1;
    }
    looked += items.length;
    place = next === undefined ? await nextVersion(platform, keyOf(record)) : { record, cursor: next };
  }
  return { ok: true, page: { ...counts, ...(place && { next: cursorOf(place) }) } };
}

async function restart(platform: Platform, machineArn: string, head: Head): Promise<Found> {
  if (head.status === 'parked') return 'parked';
  const rows = await platform.store.outboxByGroup(`${head.id}:engine`);
  if (rows.some(({ kind, body }) => kind === 'start' && body['run'] === head.run)) return 'starting';
  const execution = await platform.engine.describe(executionArn(machineArn, executionName(head.id, head.run)));
  if (execution?.status === 'RUNNING') return 'running';
  // Else somebody has dealt with it since it was looked at.
  return (await replaceRun(platform, head.id, head.run)) ? 'restarted' : 'changed';
}

/** Machines may be gone with their executions. Each is made again from the registry, also where no dossier is open: the next one starts on it. It must be where the registry says it is. */
async function ensureMachine(
  { engine }: Platform,
  { id, version, machine }: ProcedureVersion,
): Promise<{ ok: true; arn: string } | Refused> {
  if (!machine) throw new Error(`procedure ${id}@${version}: it is published and has no machine`);
  const { arn } = await engine.createMachine({ name: machine.name, definition: machine.asl });
  return arn === machine.arn
    ? { ok: true, arn }
    : refuse('conflict', `expected the machine of ${id}@${version} at ${machine.arn}, the engine has it at ${arn}`);
}

interface Place {
  record: ProcedureVersion;
  /** Of the store's list of this version; absent: its beginning. */
  cursor: string | undefined;
}

/** The next version in order of name that can have dossiers. */
async function nextVersion({ registry }: Platform, after: string | undefined): Promise<Place | undefined> {
  for (let last = after; ;) {
    const { items } = await registry.list('procedure', { limit: 1, ...(last !== undefined && { after: last }) });
    const [found] = items;
    if (!found) return undefined;
    if (found.record.status !== 'draft') return { record: found.record, cursor: undefined };
    last = found.id;
  }
}

function keyOf({ id, version }: ProcedureVersion): string {
  return `${id}@${version}`;
}

function cursorOf({ record, cursor }: Place): string {
  return Buffer.from(JSON.stringify([keyOf(record), cursor ?? null])).toString('base64url');
}

async function placeOf({ registry }: Platform, text: string): Promise<Place> {
  const [key, cursor] = readCursor(text);
  const found = await registry.get('procedure', key);
  if (!found) throw new InvalidCursor();
  return { record: found.record, cursor };
}

function readCursor(text: string): [string, string | undefined] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw new InvalidCursor();
  }
  const [key, cursor] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof key !== 'string' || (typeof cursor !== 'string' && cursor !== null)) throw new InvalidCursor();
  return [key, cursor ?? undefined];
}
