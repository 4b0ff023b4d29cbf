import type { Dossier } from '../../domain/dossier/state.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';

/** What is unpaid of the fees that a stage waits for; nothing at a stage of another kind. */
export function owedAt({ fees }: Pick<Dossier, 'fees'>, stage: Stage | undefined): { fees: string[]; sum: number } {
  const owed = Object.entries(fees).filter(
    ([fee, state]) =>
      stage?.kind === 'pay' &&
      stage.fees.includes(fee) &&
      !state.exempt &&
      state.paid === null &&
      state.amount.value > 0,
  );
  return { fees: owed.map(([fee]) => fee), sum: owed.reduce((total, [, { amount }]) => total + amount.value, 0) };
}
