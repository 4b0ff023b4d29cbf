import type { Actor } from '../../schemas/actor.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { BookedMoney } from '../ports/dossier-store.ts';
import type { Dossier } from './state.ts';

/** What events put into the books: of the unit that received the dossier, or has taken over what goes back. */
export function moneyEntries(
  before: Dossier | undefined,
  after: Dossier,
  events: readonly DossierEvent[],
): BookedMoney[] {
  return events.flatMap((event): BookedMoney[] => {
    const { at, dossier, seq } = event;
    if (event.type === 'PaymentRecorded') {
      const { payment, amount, effect, refund } = event.data;
      const unit = refund?.opening.unit ?? after.receivingUnit;
      const kind = effect === 'settled' ? 'settled' : 'to-refund';
      return [{ unit, at, kind, system: payerOf(event.actor), payment, amount, dossier, seq }];
    }
    if (event.type === 'RefundMade') {
      const { payment, amount, task } = event.data;
      const unit = after.tasks[task]?.unit ?? after.receivingUnit;
      const system = before?.refunds?.[payment]?.system ?? null;
      return [{ unit, at, kind: 'refunded', system, payment, amount, dossier, seq }];
    }
    return [];
  });
}

/** The payment system that told of a payment; null: the cash desk. */
export function payerOf(actor: Actor): string | null {
  return actor.kind === 'agency' ? actor.system : null;
}
