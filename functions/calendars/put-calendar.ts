import { canonical } from '../../domain/chain.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { listAll } from '../organisation/list-all.ts';
import { compareVersions } from '../procedures/catalogue.ts';

/** The versions of a calendar that are kept, the latest first. */
export async function calendarVersions(registry: Registry, id: string): Promise<Calendar[]> {
  return (await listAll(registry, 'calendar'))
    .map(({ record }) => record)
    .filter((calendar) => calendar.id === id)
    .toSorted((a, b) => compareVersions(b.version, a.version));
}

/**
 * Whether this can be the next version of its calendar: later than all that are kept, in the same time zone, covering all that the one before it covers - a
 * date that was reckoned must stay one that can be reckoned - and with its reason.
 */
export async function refuseCalendar(registry: Registry, calendar: Calendar): Promise<Refused | undefined> {
  const { id, version } = calendar;
  const [latest] = await calendarVersions(registry, id);
  if (!latest) return undefined;
  const { from, to } = latest.covers;
  if (compareVersions(version, latest.version) <= 0)
    return refuse('version-exists', `expected a version after ${id}@${latest.version}, got ${version}`);
  if (calendar.timeZone !== latest.timeZone) return invalid('/timeZone', latest.timeZone, calendar.timeZone);
  if (calendar.covers.from > from || calendar.covers.to < to)
    return invalid('/covers', `at least ${from} to ${to}`, `${calendar.covers.from} to ${calendar.covers.to}`);
  if (!calendar.amends)
    return invalid('/amends', `why it amends ${id}@${latest.version}, and what becomes of promises`);
  return undefined;
}

/** Keeps the next version of a calendar. From then on every date is reckoned by it; open dossiers follow within minutes. The same again changes nothing. */
export async function putCalendar(
  registry: Registry,
  calendar: Calendar,
): Promise<{ ok: true; calendar: Calendar } | Refused> {
  const key = `${calendar.id}@${calendar.version}`;
  const known = await registry.get('calendar', key);
  if (known)
    return canonical(known.record) === canonical(calendar)
      ? { ok: true, calendar }
      : refuse('version-exists', `${key} is kept and never changes; give the data a new version`);
  const refused = await refuseCalendar(registry, calendar);
  if (refused) return refused;
  if ((await registry.put('calendar', key, calendar, 0)) === 'conflict')
    return refuse('conflict', `calendar ${key} was put meanwhile`);
  return { ok: true, calendar };
}

function invalid(at: string, expected: string, found?: string): Refused {
  const detail = `${at}: expected ${expected}${found === undefined ? '' : `, got ${found}`}`;
  return refuse('record-invalid', detail, [{ at, expected, ...(found !== undefined && { found }) }]);
}
