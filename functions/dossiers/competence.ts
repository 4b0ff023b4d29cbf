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
  try {
    const chosen = await evaluator.value(
      Array.isArray(decide) ? decide.map((each) => ({ ...each, is: literalArea(each.is) })) : literalArea(decide),
    );
    if (typeof chosen !== 'object' || chosen === null) return null;
    const { unit, area } = chosen as { unit?: unknown; area?: unknown };
    const where =
      typeof area === 'object' && area !== null && 'expression' in area
        ? await evaluator.optional(String(area.expression))
        : undefined;
    const wanted = String(unit);
    if (await catalogue.unit(wanted)) return wanted;
    return findUnit(await catalogue.unitsInForce(now), receiving, wanted, area === undefined ? undefined : where);
  } catch (error) {
    if (error instanceof NothingToDecideBy) return null;
    throw error;
  }
}

/** `area` is an expression without `=`: kept aside while the unit is chosen. */
function literalArea(decide: unknown): unknown {
  if (typeof decide !== 'object' || decide === null || !('area' in decide)) return decide;
  return { ...decide, area: { expression: decide.area } };
}

/** The only unit of that level competent for the area; `competent` is the receiving one. */
function findUnit(units: readonly Unit[], receiving: Unit, wanted: string, area: unknown): string | null {
  const candidates = units.filter(
    (unit) =>
      unit.level === wanted &&
      (area === undefined ? unit.id === receiving.id : typeof area === 'string' && unit.area.includes(area)),
  );
  if (wanted === 'competent' && area === undefined) return receiving.id;
  return candidates.length === 1 ? (candidates[0]?.id ?? null) : null;
}
