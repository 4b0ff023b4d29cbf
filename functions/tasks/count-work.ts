import { isInForce, type OfficeName } from '../../domain/authority/organisation.ts';
import { decodeCursor, encodeCursor } from '../../domain/ports/cursor.ts';
import type { Listing, Queue } from '../../domain/ports/dossier-store.ts';
import { dayAfter } from '../../domain/time/day-after.ts';
import { addWorkingDays, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Looker, sightOf } from './inbox.ts';

/** Nothing is counted further than this: one look at an index, whatever lies there. */
export const MOST_COUNTED = 1_000;

export interface Counts {
  open: number;
  late: number;
  soon: number;
}

/** Work, and apart from it the passed dates that somebody there is to note. */
interface PlaceCounts extends Counts {
  notes: number;
}

export interface WorkCounts {
  today: string;
  /** The last day that is soon. */
  soonUntil: string;
  units: (Partial<OfficeName> & PlaceCounts)[];
  officials: Listing<Counts & { official: string }>;
}

/**
 * How much waits, by unit or office and by official: all that is open, what is late, and what is due soon, which is today or on the next working day where
 * the unit is. Officials are those of one unit, page by page.
 */
export async function countWork(
  { store, clock }: Pick<Platform, 'store' | 'clock'>,
  catalogue: Catalogue,
  looker: Looker,
  { unit: asked, limit, after }: { unit?: string | undefined; limit: number; after?: string | undefined },
): Promise<{ ok: true; counts: WorkCounts } | Refused> {
  const now = clock.now();
  const organisation = await catalogue.directory.at(catalogue, now);
  const sight = sightOf(organisation, looker);
  const places: { unit: string; role?: string }[] = [...sight.units.map((unit) => ({ unit })), ...sight.offices];
  const shown = asked === undefined ? places : places.filter(({ unit }) => unit === asked);
  if (shown.length === 0)
    return refuse(
      'wrong-unit',
      `expected a unit in which you hold an appointment, or may act for somebody; got ${asked ?? 'none'}`,
    );
  const place = asked ?? looker.appointment.unit;
  const calendar = await catalogue.calendarOf(place);
  const today = organisation.today(place) ?? '';
  const soonUntil = soonUntilOf(calendar, today);
  const count = async (queue: Queue): Promise<Counts> => {
    const most = MOST_COUNTED;
    const [open, late, soon] = await Promise.all([
      store.countTasks(queue, { most }),
      store.countTasks(queue, { most, due: { before: today } }),
      store.countTasks(queue, { most, due: { from: today, before: dayAfter(soonUntil) } }),
    ]);
    return { open, late, soon };
  };
  const people = sight.units.includes(place)
    ? (await catalogue.directory.officialsOf(place)).filter(({ appointments }) =>
        appointments.some((own) => own.unit === place && isInForce(own, today)),
      )
    : [];
  const from = after === undefined ? '' : String(decodeCursor(after, ['string'])[0]);
  const rest = people.map(({ id }) => id).filter((id) => id > from);
  const officials = rest.slice(0, limit);
  const last = officials.at(-1);
  const [units, persons] = await Promise.all([
    Promise.all(
      shown.map(async (queue) => {
        const [work, notes] = await Promise.all([
          count(queue),
          store.countTasks(queue, { most: MOST_COUNTED, notes: true }),
        ]);
        return { ...queue, ...work, notes };
      }),
    ),
    Promise.all(officials.map(async (official) => ({ official, ...(await count({ unit: place, person: official })) }))),
  ]);
  const page = { items: persons, ...(rest.length > limit && last !== undefined && { next: encodeCursor([last]) }) };
  return { ok: true, counts: { today, soonUntil, units, officials: page } };
}

/** The next working day: the last that is soon. */
export function soonUntilOf(calendar: WorkingCalendar, today: string): string {
  const next = addWorkingDays(calendar, today, 1);
  return next.ok ? next.value.date : dayAfter(today);
}
