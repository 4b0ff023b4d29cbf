import { instantOf } from '../../domain/time/working-calendar.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { listAll } from '../organisation/list-all.ts';
import { listVersions } from './catalogue.ts';

const DAY_MS = 86_400_000;

/** From when new dossiers start on a version, and from when none does any more (`effective.until`). Instants in UTC. */
export interface InForce {
  effectiveFrom: string;
  retiredFrom: string | null;
}

/**
 * When a version comes into force: at `wanted`, else from the day its text announces, at once if that has passed. Refused (`effective-invalid`): before the
 * announced day, after its last day, and in the past once another version has started dossiers, for the record of those would then be wrong.
 */
export async function inForce(
  registry: Registry,
  { effective, procedure, version }: Pick<Procedure, 'effective' | 'procedure' | 'version'>,
  { wanted, now }: { wanted: string | undefined; now: number },
): Promise<{ ok: true; inForce: InForce } | Refused> {
  const zones = await timeZones(registry);
  const announced = Math.max(...startsOf(effective.from, zones));
  const earliest = (await hasPredecessor(registry, procedure, version)) ? Math.max(announced, now) : announced;
  const from = wanted === undefined ? earliest : Date.parse(wanted);
  if (from < announced)
    return invalid(`expected an instant from ${effective.from} on, as its text announces`, new Date(from));
  if (from < earliest)
    return invalid(
      'expected an instant that has not passed, for dossiers started on another version since',
      new Date(from),
    );
  const end = endOf(effective, zones);
  if (end !== undefined && from >= end)
    return invalid(`expected an instant up to ${effective.until ?? ''}, its last day`, new Date(from));
  return {
    ok: true,
    inForce: {
      effectiveFrom: new Date(from).toISOString(),
      retiredFrom: end === undefined ? null : new Date(end).toISOString(),
    },
  };
}

/** The instant after the last day that a text announces for itself (`effective.until`), if it does. */
export async function announcedEnd(
  registry: Registry,
  { effective }: Pick<Procedure, 'effective'>,
): Promise<number | undefined> {
  return endOf(effective, await timeZones(registry));
}

function endOf({ until }: Procedure['effective'], zones: readonly string[]): number | undefined {
  return until === undefined ? undefined : Math.min(...startsOf(dayAfter(until), zones));
}

function invalid(expected: string, found: Date): Refused {
  const at = found.toISOString();
  return refuse('effective-invalid', `${expected}; got ${at}`, [{ at: '/effectiveFrom', expected, found: at }]);
}

/** The zones in which the organisation counts its days; UTC while it has no calendar. */
async function timeZones(registry: Registry): Promise<string[]> {
  const zones = new Set((await listAll(registry, 'calendar')).map(({ record }) => record.timeZone));
  return zones.size === 0 ? ['UTC'] : [...zones];
}

/** The instants at which a day begins: one for each zone. */
function startsOf(date: string, zones: readonly string[]): number[] {
  return zones.map((timeZone) => instantOf({ timeZone }, date, '00:00'));
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
}

/** Whether dossiers may have started on another version of the procedure. */
async function hasPredecessor(registry: Registry, procedure: string, version: string): Promise<boolean> {
  const versions = await listVersions(registry, procedure);
  return versions.some((other) => other.status !== 'draft' && other.version !== version);
}
