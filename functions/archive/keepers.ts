import { COORDINATION } from '../../domain/dossier/coordination.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Head } from '../../schemas/dossier.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';

export type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** The role that looks after records, in each unit. */
export const ARCHIVIST = 'archivist';

/** Who looks after the records of a unit: its archivist, and who heads it. `undefined`: neither. */
export async function keeperOf(
  catalogue: Catalogue,
  { unit, role }: Pick<OfficialActor, 'unit' | 'role'>,
): Promise<'archivist' | 'head' | undefined> {
  const head = (await catalogue.units()).find(({ id }) => id === unit)?.head;
  if (head !== undefined && role === head) return 'head';
  return role === ARCHIVIST ? 'archivist' : undefined;
}

/** Units whose records are this one's: its own and those that it took over. Of coordination also what nobody ever placed. */
export async function unitsKept(catalogue: Catalogue, unit: string, now: number): Promise<(string | null)[]> {
  const moved = (await catalogue.reorganisations()).flatMap(({ moves }) => moves.map(({ from }) => from));
  const kept: (string | null)[] = [unit];
  for (const former of new Set(moved))
    if (former !== unit && (await catalogue.standIn(former, { now })).includes(unit)) kept.push(former);
  if (unit === COORDINATION.unit) kept.push(null);
  return kept;
}

/** Refuses whoever looks after no unit's records; `only`: whoever does not head one. */
export async function refuseStranger(
  catalogue: Catalogue,
  by: Pick<OfficialActor, 'unit' | 'role'>,
  only?: 'head',
): Promise<Refused | undefined> {
  const keeper = await keeperOf(catalogue, by);
  if (keeper !== undefined && (only === undefined || keeper === only)) return undefined;
  return refuse('wrong-role', `expected ${only ? '' : 'the archivist, or '}who heads the unit; acted as ${by.role}`);
}

/** Refuses whoever does not look after this dossier's record. */
export async function refuseKeeper(
  catalogue: Catalogue,
  by: Pick<OfficialActor, 'unit' | 'role'>,
  { dossier, now, only }: { dossier: Pick<Head, 'id' | 'unit'>; now: number; only?: 'head' },
): Promise<Refused | undefined> {
  const refused = await refuseStranger(catalogue, by, only);
  if (refused) return refused;
  if ((await unitsKept(catalogue, by.unit, now)).includes(dossier.unit)) return undefined;
  return refuse('wrong-unit', `expected an office of ${dossier.unit ?? COORDINATION.unit}, acted in ${by.unit}`);
}
