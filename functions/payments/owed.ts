import type { Dossier } from '../../domain/dossier/state.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';

/** What is unpaid of the fees that a stage waits for, in the currency in which they were fixed; no amount where nothing is, and at a stage of another kind. */
export function owedAt(
  { fees }: Pick<Dossier, 'fees'>,
  stage: Stage | undefined,
): { fees: string[]; amount: Amount | undefined } {
  const owed = Object.entries(fees).filter(
    ([fee, state]) =>
      stage?.kind === 'pay' &&
      stage.fees.includes(fee) &&
      !state.exempt &&
      state.paid === null &&
      state.amount.value > 0,
  );
  const [first] = owed;
  const value = owed.reduce((total, [, { amount }]) => total + amount.value, 0);
  return {
    fees: owed.map(([fee]) => fee),
    amount: first && { value, currency: first[1].amount.currency },
  };
}

/** Whether what a stage waits for came while it has stood open. It is left with the payment, or, where that was not possible, as soon as it is. */
export function isPaidAt({ stages, fees }: Pick<Dossier, 'stages' | 'fees'>, name: string, stage: Stage): boolean {
  const state = stages[name];
  if (stage.kind !== 'pay' || state?.left !== null || owedAt({ fees }, stage).amount !== undefined) return false;
  return stage.fees.some((fee) => (fees[fee]?.paid ?? '') >= state.entered);
}
