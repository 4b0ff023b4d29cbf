import type { Dossier } from '../../domain/dossier/state.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { Procedure } from '../../schemas/procedure.ts';

/** What was paid at the stage that makes a receipt. */
export interface Received {
  fees: { fee: string; amount: Amount }[];
  sum: Amount;
  /** When the last of it was recorded. */
  at: string;
}

/** What a paper is the receipt of; undefined for papers of another kind. */
export function receivedFor(procedure: Procedure, dossier: Dossier, issue: string): Received | undefined {
  const named = Object.values(procedure.stages).flatMap((stage) =>
    stage.kind === 'pay' && stage.makes === issue ? stage.fees : [],
  );
  const paid = named.flatMap((fee) => {
    const state = dossier.fees[fee];
    return state && state.paid !== null ? [{ fee, amount: state.amount, at: state.paid }] : [];
  });
  const [first] = paid;
  if (!first) return undefined;
  const value = paid.reduce((total, { amount }) => total + amount.value, 0);
  return {
    fees: paid.map(({ fee, amount }) => ({ fee, amount })),
    sum: { value, currency: first.amount.currency },
    at:
      paid
        .map(({ at }) => at)
        .toSorted()
        .at(-1) ?? first.at,
  };
}
