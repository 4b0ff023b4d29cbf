import type { Actor } from '../../schemas/actor.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { BookedMoney } from '../ports/dossier-store.ts';
import type { Dossier, WaitingMoney } from './state.ts';

/** What events put into the books: of the units to which it was owed - the one that received the dossier, where nothing else is said -, or that give it back. */
export function moneyEntries(
  before: Dossier | undefined,
  after: Dossier,
  events: readonly DossierEvent[],
): BookedMoney[] {
  return events.flatMap((event): BookedMoney[] => {
    const { at, dossier, seq } = event;
    if (event.type === 'PaymentRecorded') {
      const { payment, amount, effect, refund, parts } = event.data;
      const kind = effect === 'settled' ? 'settled' : 'to-refund';
      const whose = parts ?? [{ unit: refund?.opening.unit ?? after.receivingUnit, amount }];
      const system = payerOf(event.actor);
      return whose.map((part) => ({ unit: part.unit, at, kind, system, payment, amount: part.amount, dossier, seq }));
    }
    if (event.type === 'RefundMade') {
      const { payment, amount, task } = event.data;
      const unit = after.tasks[task]?.unit ?? after.receivingUnit;
      const system = (before && waitingBy(before, task))?.system ?? null;
      return [{ unit, at, kind: 'refunded', system, payment, amount, dossier, seq }];
    }
    return [];
  });
}

/** By what a payment is known in its dossier. Each payment system gives its own ids, and the cash desk too: two may give the same one. */
export function paymentKey(actor: Actor, payment: string): string {
  return `${payerOf(actor) ?? ''} ${payment}`;
}

/** The money that a task gives back. */
export function waitingBy({ refunds }: Pick<Dossier, 'refunds'>, task: string): WaitingMoney | undefined {
  return Object.values(refunds ?? {}).find((each) => each.task === task);
}

/** The payment system that told of a payment; null: the cash desk. */
export function payerOf(actor: Actor): string | null {
  return actor.kind === 'agency' ? actor.system : null;
}
