import type { Unit } from '../../schemas/organisation.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Competent } from '../../schemas/procedure/values.ts';
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
    const { unit, area } = chosen as { unit?: unknown; area?: { expression: string } };
    return await unitFor(
      { unit: String(unit), ...(area && { area: area.expression }) },
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

/** The unit of that name, or the only one of that kind that is competent for the area; null where none is, or several are. */
export async function unitFor(
  { unit, area }: Competent,
  { receiving, evaluator, catalogue, now }: Finding,
): Promise<string | null> {
  const where = area === undefined ? undefined : await evaluator.optional(area);
  const wanted = String(await evaluator.value(unit));
  if (await catalogue.unit(wanted)) return wanted;
  return findUnit(await catalogue.unitsInForce(now), { receiving, wanted }, { asked: area !== undefined, where });
}

/** `area` is an expression without `=`: kept aside while the unit is chosen. */
function literalArea(decide: unknown): unknown {
  if (typeof decide !== 'object' || decide === null || !('area' in decide)) return decide;
  return { ...decide, area: { expression: decide.area } };
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
