import type { Unit } from '../../schemas/organisation.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { type Evaluator, NothingToDecideBy } from './evaluator.ts';

/** The unit that decides now; null when the procedure cannot tell, or several took over from the one that it names. */
export async function decidingUnit(
  procedure: Procedure,
  receiving: Unit,
  evaluator: Evaluator,
  { catalogue, now }: { catalogue: Catalogue; now: number },
): Promise<string | null> {
  const found = await competentUnit(procedure, receiving, evaluator, { catalogue, now });
  return found === null ? null : (await catalogue.workOf({ procedure: procedure.procedure, now }))(found);
}

async function competentUnit(
  { competence }: Procedure,
  receiving: Unit,
  evaluator: Evaluator,
  { catalogue, now }: { catalogue: Catalogue; now: number },
): Promise<string | null> {
  const decide = competence?.decide;
  if (!decide) return receiving.id;
  const areas: string[] = [];
  try {
    const chosen = await evaluator.value(
      Array.isArray(decide)
        ? decide.map((each) => ({ ...each, is: keepArea(each.is, areas) }))
        : keepArea(decide, areas),
    );
    if (typeof chosen !== 'object' || chosen === null) return null;
    const { unit, area } = chosen as { unit?: unknown; area?: unknown };
    return await unitFor(
      { unit: String(unit), area: typeof area === 'number' ? areas[area] : undefined },
      { receiving, evaluator, catalogue, now },
    );
  } catch (error) {
    if (error instanceof NothingToDecideBy) return null;
    throw error;
  }
}

interface Finding {
  /** Where the dossier was received: the one that is meant where a kind of unit is named without an area. */
  receiving: Unit;
  evaluator: Evaluator;
  catalogue: Pick<Catalogue, 'unit' | 'unitsInForce'>;
  now: number;
}

/**
 * The unit of that name, or the only one of that kind that is competent for the area; null where none is, or several are. The name is plain text, for
 * it may be an applicant's; the area is an expression of the procedure.
 */
export async function unitFor(
  { unit, area }: { unit: string; area?: string | undefined },
  { receiving, evaluator, catalogue, now }: Finding,
): Promise<string | null> {
  const where = area === undefined ? undefined : await evaluator.optional(area);
  if (await catalogue.unit(unit)) return unit;
  return findUnit(await catalogue.unitsInForce(now), { receiving, wanted: unit }, { asked: area !== undefined, where });
}

/** `area` is an expression without `=`, and no part of the value: what stands for it until the unit is chosen is its place among `areas`. */
function keepArea(decide: unknown, areas: string[]): unknown {
  if (typeof decide !== 'object' || decide === null || !('area' in decide)) return decide;
  return { ...decide, area: areas.push(String(decide.area)) - 1 };
}

/** `competent` is the receiving one. An area that the dossier does not say is competent for nothing. */
function findUnit(
  units: readonly Unit[],
  { receiving, wanted }: { receiving: Unit; wanted: string },
  { asked, where }: { asked: boolean; where: unknown },
): string | null {
  if (wanted === 'competent' && !asked) return receiving.id;
  const candidates = units.filter(
    (unit) =>
      unit.level === wanted &&
      (asked ? typeof where === 'string' && unit.area.includes(where) : unit.id === receiving.id),
  );
  return candidates.length === 1 ? (candidates[0]?.id ?? null) : null;
}
