import { createHash } from 'node:crypto';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { stageOf } from '../stages/standing.ts';

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

/** What one visit to a stage asks to be paid, in one sum. */
export interface Owed {
  /** The same for what is owed by the same visit: who pays twice pays the same order. Told with its parts by `tellOrder`. */
  order: string;
  amount: Amount;
  fees: string[];
}

/** What the stage at which the dossier stands waits for. */
export function owedNow(dossier: Dossier, procedure: Procedure): Owed | undefined {
  const name = dossier.stage;
  const state = name === null ? undefined : dossier.stages[name];
  if (name === null || state?.left !== null) return undefined;
  const { fees, amount } = owedAt(dossier, stageOf(procedure, name));
  return amount && { order: orderOf(dossier.id, name, state.visits, amount.value), amount, fees };
}

/** What an order asked for, at whichever visit to a stage it was owed; paid since or not. Undefined: nothing of the kind was ever owed. */
export function askedBy(
  dossier: Dossier,
  procedure: Procedure,
  order: string,
): { stage: string; fees: string[] } | undefined {
  for (const [stage, { kind, visits }] of Object.entries(dossier.stages))
    for (const { fees, amount } of kind === 'pay' ? everOwedAt(dossier, stageOf(procedure, stage)) : [])
      for (let visit = visits; amount && visit > 0; visit -= 1)
        if (orderOf(dossier.id, stage, visit, amount.value) === order) return { stage, fees };
  return undefined;
}

/** What a stage waited for before each payment that settled, and what it would wait for now. */
function everOwedAt({ fees }: Pick<Dossier, 'fees'>, stage: Stage): ReturnType<typeof owedAt>[] {
  const instants = Object.values(fees).flatMap(({ paid }) => paid ?? []);
  return [...new Set([...instants, undefined])].map((since) => {
    const unpaid = Object.entries(fees).map(([fee, { paid, ...state }]) => {
      const isLater = since !== undefined && paid !== null && paid >= since;
      return [fee, { ...state, paid: isLater ? null : paid }] as const;
    });
    return owedAt({ fees: Object.fromEntries(unpaid) }, stage);
  });
}

/**
 * An order as it is told: what is owed, and how the sum is divided. Divided otherwise - units have merged since - it is another order to who divides it, for whom one id
 * is one content; and the same debt, which either of them settles.
 */
export function tellOrder(order: string, parts: readonly { unit: string; amount: Amount }[]): string {
  if (parts.length === 0) return order;
  const divided = parts.map(({ unit, amount }) => `${unit}:${amount.value}`).join(',');
  return `${order}-${createHash('sha256').update(divided).digest('hex').slice(0, 8)}`;
}

/** What an order that was told is for, however it was divided then. */
export function debtOf(order: string): string {
  return order.split('-', 1)[0] ?? order;
}

function orderOf(dossier: string, stage: string, visit: number, sum: number): string {
  return createHash('sha256').update(`${dossier}:${stage}:${visit}:${sum}`).digest('hex').slice(0, 24);
}
