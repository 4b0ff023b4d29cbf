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

/** Whose money is how much of what is owed, as units stand now - that of a unit which several took over stays in its own book, which each of them reads -; none where the procedure names no payee of it: then all of it is the receiving unit's. */
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
    const { payee } = state;
    const unit =
      payee === undefined
        ? await receiverOf(catalogue, standing, dossier.receivingUnit)
        : ((await heirOf(catalogue, standing, payee)) ?? payee);
    const part = parts.get(unit);
    const amount = { ...state.amount, value: state.amount.value + (part?.amount.value ?? 0) };
    parts.set(unit, { unit, fees: [...(part?.fees ?? []), fee], amount });
  }
  return [...parts.values()];
}

/** Who gives back what settles nothing: the only unit to which anything was owed, else the one that receives dossiers, for nobody can tell whose it was, or which of several took that over. */
export async function refundingUnit(
  catalogue: Catalogue,
  standing: { procedure: { procedure: string }; now: number },
  dossier: Pick<Dossier, 'fees' | 'receivingUnit'>,
  owed: readonly string[],
): Promise<string> {
  const ever = Object.entries(dossier.fees).filter(([, { exempt, amount }]) => !exempt && amount.value > 0);
  const meant = owed.length > 0 ? owed : ever.map(([fee]) => fee);
  const [only, ...others] = await partsOf(catalogue, standing, dossier, meant);
  const sole = only && others.length === 0 ? await heirOf(catalogue, standing, only.unit) : null;
  return sole ?? receiverOf(catalogue, standing, dossier.receivingUnit);
}

/** The unit whose money a payee's is now: its own, or that of the only one that took over from it; null where several did, and nobody can tell whose it is. */
async function heirOf(
  catalogue: Catalogue,
  { procedure, now }: { procedure: { procedure: string }; now: number },
  payee: string,
): Promise<string | null> {
  return (await catalogue.workOf({ procedure: procedure.procedure, now }))(payee);
}

/** The unit that receives, or the first that took over from it, as its dossiers follow. */
export async function receiverOf(
  catalogue: Catalogue,
  { procedure, now }: { procedure: { procedure: string }; now: number },
  unit: string,
): Promise<string> {
  const [heir = unit] = await catalogue.standIn(unit, { procedure: procedure.procedure, now });
  return heir;
}
