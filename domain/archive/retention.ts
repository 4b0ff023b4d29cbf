import type { Keep } from '../../schemas/procedure/head.ts';

const HOUR_MS = 3_600_000;
/** The first and the last place on earth to begin a day, from UTC. */
const FIRST_MS = 14 * HOUR_MS;
const LAST_MS = 12 * HOUR_MS;

type Years = Pick<Keep, 'years'>;

/**
 * The first day on which a record may be disposed of, YYYY-MM-DD; nothing: it is kept for good. Years of retention begin with the year after the one
 * in which the dossier was closed. The year is the later one where it is not the same everywhere: a record is kept too long rather than too short.
 */
export function fallsDue({ years }: Years, closed: string): string | undefined {
  if (years === 'permanent') return undefined;
  const year = new Date(Date.parse(closed) + FIRST_MS).getUTCFullYear() + years + 1;
  return `${String(year).padStart(4, '0')}-01-01`;
}

/** Whether that day has begun everywhere. */
export function hasFallenDue(keep: Years, closed: string, now: number): boolean {
  const due = fallsDue(keep, closed);
  return due !== undefined && Date.parse(`${due}T00:00:00.000Z`) + LAST_MS <= now;
}

/** What was closed before this instant has fallen due by `now`; nothing: nothing ever does. */
export function closedBefore({ years }: Years, now: number): string | undefined {
  if (years === 'permanent') return undefined;
  const year = new Date(now - LAST_MS).getUTCFullYear() - years;
  return new Date(Date.UTC(year, 0, 1) - FIRST_MS).toISOString();
}
