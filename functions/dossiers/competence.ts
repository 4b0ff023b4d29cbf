import type { Unit } from '../../schemas/organisation.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { type Evaluator, NothingToDecideBy } from './evaluator.ts';

/** The unit that decides, of those in force; null when the procedure cannot tell. */
export async function decidingUnit(
  procedure: Procedure,
  receiving: Unit,
  evaluator: Evaluator,
  units: readonly Unit[],
): Promise<string | null> {
  const decide = procedure.competence?.decide;
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
    return findUnit(units, receiving, String(unit), area === undefined ? undefined : where);
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

/** A unit by its name; else the only unit of that level competent for the area; `competent` is the receiving one. */
function findUnit(units: readonly Unit[], receiving: Unit, wanted: string, area: unknown): string | null {
  if (units.some((unit) => unit.id === wanted)) return wanted;
  const candidates = units.filter(
    (unit) =>
      unit.level === wanted &&
      (area === undefined ? unit.id === receiving.id : typeof area === 'string' && unit.area.includes(area)),
  );
  if (wanted === 'competent' && area === undefined) return receiving.id;
  return candidates.length === 1 ? (candidates[0]?.id ?? null) : null;
}
