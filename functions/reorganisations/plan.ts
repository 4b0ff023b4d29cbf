import { isInForce, type OfficeName } from '../../domain/authority/organisation.ts';
import { refuseReorganisation } from '../../domain/organisation/succession.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { Official } from '../../schemas/organisation.ts';
import type { Reorganisation, ReorganisationRecord } from '../../schemas/reorganisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { listAll } from '../organisation/list-all.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { countLeft } from './follow.ts';

/** A count goes up to this: whoever plans must know whether there are ten dossiers or thousands. */
export const COUNT_CAP = 1_000;

/** What a reorganisation would do, and what must still be seen to before its instant. */
export interface Impact {
  /** Open dossiers that would follow now, counted up to 1,000. */
  dossiers: number;
  /** Units that end. */
  ends: string[];
  /** Offices that have holders today and would have none where their work goes. */
  vacant: OfficeName[];
  /** Systems of agencies that speak for a unit that ends. */
  systems: string[];
  /** Subscriptions to a unit that ends: its dossiers’ later events are the new unit’s. */
  subscriptions: string[];
  /** Instruments of offices that end with their unit. */
  instruments: string[];
}

export async function impactOf(platform: Platform, catalogue: Catalogue, planned: Reorganisation): Promise<Impact> {
  const ends = planned.moves.filter(({ procedures }) => procedures === undefined).map(({ from }) => from);
  const isEnding = (unit: string): boolean => ends.includes(unit);
  const [officials, systems, subscriptions, instruments] = await Promise.all([
    listAll(platform.registry, 'official'),
    listAll(platform.registry, 'system'),
    listAll(platform.registry, 'subscription'),
    listAll(platform.registry, 'instrument'),
  ]);
  const idsOf = <T extends { id: string }>(
    items: readonly { record: T }[],
    concerns: (record: T) => boolean,
  ): string[] => items.filter(({ record }) => concerns(record)).map(({ record }) => record.id);
  return {
    dossiers: await countLeft(platform, planned, COUNT_CAP),
    ends,
    vacant: await vacantOffices(
      catalogue,
      planned,
      officials.map(({ record }) => record),
      platform.clock.now(),
    ),
    systems: idsOf(systems, ({ units }) => units.some(isEnding)),
    subscriptions: idsOf(subscriptions, ({ units }) => units.some(isEnding)),
    instruments: idsOf(instruments, (each) => isEnding(each.for.unit) || isEnding(each.holder.unit)),
  };
}

async function vacantOffices(
  catalogue: Catalogue,
  { at, moves }: Reorganisation,
  officials: readonly Official[],
  now: number,
): Promise<OfficeName[]> {
  const rolesHeld = async (unit: string, instant: number): Promise<Set<string>> => {
    const day = localDate(await catalogue.calendarOf(unit), instant);
    const held = officials
      .flatMap(({ appointments }) => appointments)
      .filter((each) => each.unit === unit && isInForce(each, day));
    return new Set(held.map(({ role }) => role));
  };
  const vacant = new Map<string, OfficeName>();
  for (const { from, to } of moves) {
    const roles = await rolesHeld(from, now);
    for (const unit of to) {
      const held = await rolesHeld(unit, Date.parse(at));
      for (const role of roles) if (!held.has(role)) vacant.set(`${unit}/${role}`, { unit, role });
    }
  }
  return [...vacant.values()];
}

/** Why this cannot be planned, as things are now. */
export async function refusePlan(
  { clock }: Pick<Platform, 'clock'>,
  catalogue: Catalogue,
  planned: Reorganisation,
): Promise<Refused | undefined> {
  const now = clock.now();
  const others = await catalogue.reorganisations();
  const known = others.find(({ id }) => id === planned.id);
  return (known && refuseBegun(known, now)) ?? refuseReorganisation(planned, others, await catalogue.units(), now);
}

/** Plans a reorganisation, or plans it anew before its instant. */
export async function planReorganisation(
  { registry, clock }: Pick<Platform, 'registry' | 'clock'>,
  catalogue: Catalogue,
  planned: Reorganisation,
): Promise<{ ok: true; record: ReorganisationRecord } | Refused> {
  const refused = await refusePlan({ clock }, catalogue, planned);
  if (refused) return refused;
  const known = await registry.get('reorganisation', planned.id);
  const record = { ...planned, moved: 0, settled: null };
  const put = await registry.put('reorganisation', planned.id, record, known?.revision ?? 0);
  return put === 'put'
    ? { ok: true, record }
    : refuse('conflict', `reorganisation ${planned.id} was changed meanwhile`);
}

/** Takes a plan back. */
export async function cancelReorganisation(
  { registry, clock }: Pick<Platform, 'registry' | 'clock'>,
  { id, at }: ReorganisationRecord,
): Promise<Refused | undefined> {
  const refused = refuseBegun({ id, at }, clock.now());
  if (!refused) await registry.remove('reorganisation', id);
  return refused;
}

function refuseBegun({ id, at }: Pick<ReorganisationRecord, 'id' | 'at'>, now: number): Refused | undefined {
  return Date.parse(at) <= now
    ? refuse('effective-invalid', `reorganisation ${id} is in force since ${at}: only another one can change that`)
    : undefined;
}
