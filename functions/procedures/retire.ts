import type { Registry } from '../../domain/ports/registry.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { ProcedureVersion } from '../../schemas/organisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { announcedEnd } from './effective.ts';

/** What a version is at an instant: a retirement that is announced changes nothing until it comes. */
export function statusAt({ status, retiredFrom }: ProcedureVersion, now: number): ProcedureVersion['status'] {
  return status === 'published' && retiredFrom !== null && Date.parse(retiredFrom) <= now ? 'retired' : status;
}

/**
 * From an instant on, no new dossier starts on a version; those that are open go on under it. An announced retirement can be moved, or taken back by `null`,
 * until it has come; a past one stands, and one that the text itself sets (`effective.until`) cannot be moved beyond it.
 */
export async function retireVersion(
  { registry, clock }: { registry: Registry; clock: Clock },
  version: { id: string; version: string },
  { from }: { from?: string | null | undefined },
): Promise<{ ok: true; record: ProcedureVersion } | Refused> {
  const key = `${version.id}@${version.version}`;
  const now = clock.now();
  const known = await registry.get('procedure', key);
  if (!known) return refuse('unknown-procedure', `expected a version that was handed in, got ${key}`);
  const { record, revision } = known;
  if (record.status === 'draft') return refuse('not-published', `${key} was never published`);
  const retiredFrom = from === undefined ? new Date(now).toISOString() : from && new Date(from).toISOString();
  if (statusAt(record, now) === 'retired') {
    if (from === undefined || retiredFrom === record.retiredFrom) return { ok: true, record };
    return refuse('wrong-status', `${key} is retired since ${record.retiredFrom ?? ''}, which does not change`);
  }
  const { readDefinition } = await import('../../schemas/procedure/definition.ts');
  const end = await announcedEnd(registry, readDefinition(record.definition).procedure);
  const refused = refuseInstant(retiredFrom === null ? undefined : Date.parse(retiredFrom), { end, now });
  if (refused) return refused;
  const retired: ProcedureVersion = { ...record, retiredFrom };
  const put = await registry.put('procedure', key, retired, revision);
  return put === 'put' ? { ok: true, record: retired } : refuse('conflict', `${key} was changed meanwhile`);
}

function refuseInstant(
  wanted: number | undefined,
  { end, now }: { end: number | undefined; now: number },
): Refused | undefined {
  if (end !== undefined && (wanted ?? Infinity) > end)
    return invalid(`expected an instant up to ${new Date(end).toISOString()}, when its text ends`, wanted);
  if (wanted !== undefined && wanted < now)
    return invalid('expected an instant that has not passed: dossiers may have started since', wanted);
  return undefined;
}

function invalid(expected: string, found: number | undefined): Refused {
  const got = found === undefined ? 'none' : new Date(found).toISOString();
  return refuse('effective-invalid', `${expected}; got ${got}`, [{ at: '/from', expected, found: got }]);
}
