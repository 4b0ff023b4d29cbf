import type { Dossier } from '../../domain/dossier/state.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { Procedure } from '../../schemas/procedure.ts';

/** What was paid at the stage that makes a receipt, by the payment that settled it. */
export interface Received {
  fees: { fee: string; amount: Amount }[];
  sum: Amount;
  /** When it was recorded. */
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
  // One payment settles its fees at one instant; what another stage was paid before has a receipt of its own.
  const at = paid
    .map((each) => each.at)
    .toSorted()
    .at(-1);
  const last = paid.filter((each) => each.at === at);
  const [first] = last;
  if (!first) return undefined;
  const value = last.reduce((total, { amount }) => total + amount.value, 0);
  return {
    fees: last.map(({ fee, amount }) => ({ fee, amount })),
    sum: { value, currency: first.amount.currency },
    at: first.at,
  };
}
