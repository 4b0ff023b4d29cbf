import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Fee } from '../../schemas/procedure/papers.ts';
import { unitFor } from '../dossiers/competence.ts';
import { NothingToDecideBy } from '../dossiers/evaluator.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Standing } from '../stages/standing.ts';

export type Part = NonNullable<EventData<'PaymentRecorded'>['parts']>[number];

/**
 * The unit whose money a fee is: one that the procedure names, or the one of that kind which decides or receives the dossier. Throws `NothingToDecideBy` where none is, or
 * several have taken over from it: then nobody can be told whom to pay.
 */
export async function payeeOf(
  catalogue: Catalogue,
  { procedure, evaluator, now, loaded: { dossier } }: Standing,
  fee: string,
  payee: NonNullable<Fee['payee']>,
): Promise<string> {
  const named = String(await evaluator.value(payee));
  for (const id of new Set([dossier.unit ?? dossier.receivingUnit, dossier.receivingUnit])) {
    const receiving = await catalogue.unit(id);
    const found = receiving && (await unitFor({ unit: named }, { receiving, evaluator, catalogue, now }));
    if (found == null) continue;
    const standing = (await catalogue.workOf({ procedure: procedure.procedure, now }))(found);
    if (standing !== null) return standing;
  }
  throw new NothingToDecideBy(`fee ${fee}: expected one unit to which it is owed, found none for ${named}`);
}

/** Whose money is how much of what is owed, as units stand now; none where the procedure names no payee of it: then all of it is the receiving unit's. */
export async function partsOf(
  catalogue: Catalogue,
  standing: { procedure: { procedure: string }; now: number },
  dossier: Pick<Dossier, 'fees' | 'receivingUnit'>,
  fees: readonly string[],
): Promise<Part[]> {
  if (fees.every((fee) => dossier.fees[fee]?.payee === undefined)) return [];
  const parts = new Map<string, Part>();
  for (const fee of fees) {
    const state = dossier.fees[fee];
    if (!state) throw new Error(`fee ${fee}: expected one that was fixed`);
    const unit = await standsFor(catalogue, standing, state.payee ?? dossier.receivingUnit);
    const part = parts.get(unit);
    const amount = { ...state.amount, value: state.amount.value + (part?.amount.value ?? 0) };
    parts.set(unit, { unit, fees: [...(part?.fees ?? []), fee], amount });
  }
  return [...parts.values()];
}

/** Who gives back what settles nothing: the only unit to which anything was owed, else the one that receives dossiers, for nobody can tell whose it was. */
export async function refundingUnit(
  catalogue: Catalogue,
  standing: { procedure: { procedure: string }; now: number },
  dossier: Pick<Dossier, 'fees' | 'receivingUnit'>,
  owed: readonly string[],
): Promise<string> {
  const ever = Object.entries(dossier.fees).filter(([, { exempt, amount }]) => !exempt && amount.value > 0);
  const meant = owed.length > 0 ? owed : ever.map(([fee]) => fee);
  const [only, ...others] = await partsOf(catalogue, standing, dossier, meant);
  return only && others.length === 0 ? only.unit : standsFor(catalogue, standing, dossier.receivingUnit);
}

/** The unit itself, or the first that took over from it. */
async function standsFor(
  catalogue: Catalogue,
  { procedure, now }: { procedure: { procedure: string }; now: number },
  unit: string,
): Promise<string> {
  const [heir = unit] = await catalogue.standIn(unit, { procedure: procedure.procedure, now });
  return heir;
}
