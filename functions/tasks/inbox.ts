import { appointmentOn, type OfficeName, type Organisation } from '../../domain/authority/organisation.ts';
import { officesReached } from '../../domain/authority/reach.ts';
import type { DueRange, Listing, Page, Queue, TaskQuery } from '../../domain/ports/dossier-store.ts';
import { dayAfter } from '../../domain/time/day-after.ts';
import type { InboxQuery } from '../../schemas/api.ts';
import type { Task } from '../../schemas/dossier.ts';
import type { Official } from '../../schemas/organisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';

/** An official in the appointment in which he looks. */
export interface Looker {
  official: Official;
  appointment: OfficeName;
}

/** What an official may look into today: whole units in which he holds an appointment, and offices for which he may act. */
export interface Sight {
  units: string[];
  offices: OfficeName[];
}

export function sightOf(organisation: Organisation, { official }: Looker): Sight {
  const held = official.appointments.filter((own) => {
    const today = organisation.today(own.unit);
    return today !== undefined && appointmentOn(official, own, today);
  });
  const reached = held.flatMap((own) => officesReached(organisation, { ...own, official: official.id }));
  const units = [...new Set(held.map(({ unit }) => unit))];
  return { units, offices: distinct(reached.filter(({ unit }) => !units.includes(unit))) };
}

/** One page of open work. Without unit, role and person: the office in which he looks, and those for which he may act in it. */
export async function listInbox(
  { store, clock }: Pick<Platform, 'store' | 'clock'>,
  catalogue: Catalogue,
  looker: Looker,
  { limit, after, ...asked }: InboxQuery,
): Promise<{ ok: true; page: Listing<Task> } | Refused> {
  const now = clock.now();
  const organisation = await catalogue.directory.at(catalogue, now);
  const unit = asked.unit === undefined ? undefined : await standingFor(catalogue, organisation, asked.unit, now);
  const queues = queuesOf(organisation, looker, { ...asked, unit });
  if (!queues.ok) return queues;
  const today = organisation.today(looker.appointment.unit) ?? '';
  const former = await catalogue.handingOn(now);
  const query = { queues: withFormer(queues.queues, former), ...narrowing(asked, today) };
  const page: Page = { limit, ...(after !== undefined && { after }) };
  const listed = await store.openTasks(query, page);
  if (former.length === 0) return { ok: true, page: listed };
  const units = new Set(queues.queues.flatMap((queue) => ('unit' in queue ? [queue.unit] : [])));
  const items: Task[] = [];
  for (const task of listed.items) if (units.has(await workOf(catalogue, task, now))) items.push(task);
  return { ok: true, page: { ...listed, items } };
}

/** A unit that has ended is asked for as the one that took over. */
async function standingFor(
  catalogue: Catalogue,
  organisation: Organisation,
  unit: string,
  now: number,
): Promise<string> {
  if (organisation.today(unit) !== undefined) return unit;
  const [only, ...others] = await catalogue.standIn(unit, { now });
  return only === undefined || others.length > 0 ? unit : only;
}

type Asked = Pick<InboxQuery, 'unit' | 'role' | 'person'>;

function queuesOf(
  organisation: Organisation,
  looker: Looker,
  { unit, role, person: named }: { [K in keyof Asked]: Asked[K] | undefined },
): { ok: true; queues: Queue[] } | Refused {
  const { official, appointment } = looker;
  const sight = sightOf(organisation, looker);
  const person = named === 'me' ? official.id : named;
  if (person !== undefined) return queuesOfPerson(sight, looker, { unit, person });
  if (unit === undefined && role === undefined) {
    const reached = officesReached(organisation, { ...appointment, official: official.id });
    return { ok: true, queues: distinct([appointment, ...reached]) };
  }
  const place = unit ?? appointment.unit;
  if (sight.units.includes(place)) return { ok: true, queues: [{ unit: place, ...(role !== undefined && { role }) }] };
  const offices = sight.offices.filter((office) => office.unit === place && office.role === (role ?? office.role));
  return offices.length > 0 ? { ok: true, queues: offices } : refuseUnit(place);
}

/** One's own claims wherever one may look; those of others in units of one's own alone. */
function queuesOfPerson(
  sight: Sight,
  { official }: Looker,
  { unit, person }: { unit: string | undefined; person: string },
): { ok: true; queues: Queue[] } | Refused {
  const own = person === official.id;
  const seen = own ? [...sight.units, ...sight.offices.map((office) => office.unit)] : sight.units;
  if (unit !== undefined && !seen.includes(unit)) return refuseUnit(unit);
  const units = unit === undefined ? [...new Set(seen)] : [unit];
  return { ok: true, queues: units.map((each) => ({ unit: each, person })) };
}

function refuseUnit(unit: string): Refused {
  return refuse('wrong-unit', `expected a unit in which you hold an appointment, or may act for somebody; got ${unit}`);
}

/** Late is what should have been done before today, by the date where the official is. */
export function narrowing(
  { status, due, dueBefore, procedure, stage }: Partial<InboxQuery>,
  today: string,
): Omit<TaskQuery, 'queues'> {
  const befores = [
    ...(status === 'late' ? [today] : []),
    ...(dueBefore === undefined ? [] : [dueBefore]),
    ...(due === undefined ? [] : [dayAfter(due)]),
  ].toSorted();
  const [before] = befores;
  const range: DueRange | undefined =
    before === undefined ? undefined : { before, ...(due !== undefined && { from: due }) };
  return {
    ...(range && { due: range }),
    ...(status === 'claimed' && { taken: true }),
    ...(status === 'unclaimed' && { taken: false }),
    ...(procedure !== undefined && { procedure }),
    ...(stage !== undefined && { stage }),
  };
}

/** Work that a unit which hands on has not passed over yet is found by those who took over. */
function withFormer(queues: readonly Queue[], former: readonly { unit: string; to: readonly string[] }[]): Queue[] {
  return queues.flatMap((queue) => [
    queue,
    ...former.flatMap(({ unit, to }) =>
      'unit' in queue && queue.unit !== null && to.includes(queue.unit) ? [{ ...queue, unit }] : [],
    ),
  ]);
}

async function workOf(catalogue: Catalogue, { procedure, unit }: Task, now: number): Promise<string | null> {
  return unit === null ? null : (await catalogue.workOf({ procedure, now }))(unit);
}

function distinct(offices: readonly OfficeName[]): OfficeName[] {
  return [...new Map(offices.map(({ unit, role }) => [`${unit}/${role}`, { unit, role }])).values()];
}
