import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { canonical } from '../chain.ts';
import { openRefund } from '../dossier/commands/refunds.ts';
import { REFUNDED } from '../dossier/fold-money.ts';
import { refuseTask } from '../dossier/commands/tasks.ts';
import { paymentKey, waitingBy } from '../dossier/money-entries.ts';
import { type Dossier, type FeeState, REFUND, taskId } from '../dossier/state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
type Refund = NonNullable<EventData<'PaymentRecorded'>['refund']>;

/** The rule that it breaks: a payment counts once, only what is owed settles, only the rest goes back, and that once, as it came. */
export function ruleAgainstMoney(d: Dossier, event: Of<'PaymentRecorded'> | Of<'RefundMade'>): string | undefined {
  if (event.type === 'RefundMade') return ruleAgainstRefund(d, event);
  const { payment, effect, reason, refund } = event.data;
  if (d.payments.includes(paymentKey(event.actor, payment)))
    return `a payment other than ${payment}, which was recorded`;
  if ((effect === 'settled') !== (reason === 'exact')) return 'an exact sum that settles, or another that goes back';
  if (effect === 'settled')
    return refund
      ? 'no refund of what settles'
      : (ruleAgainstSettling(d, event.data) ?? ruleAgainstParts(d, event.data));
  if (event.data.parts) return 'no parts of what goes back';
  return refund && ruleAgainstOpening(d, refund);
}

function ruleAgainstSettling(d: Dossier, { fees, amount }: EventData<'PaymentRecorded'>): string | undefined {
  const named = fees.map((fee) => d.fees[fee]);
  const owed = named.filter((fee) => fee !== undefined && !fee.exempt && fee.paid === null) as FeeState[];
  if (owed.length === 0 || owed.length !== new Set(fees).size || named.length !== owed.length)
    return 'fees that are owed';
  const sum = owed.reduce((total, fee) => total + fee.amount.value, 0);
  const currency = owed[0]?.amount.currency ?? '';
  return sum === amount.value && currency === amount.currency ? undefined : `exactly ${sum} ${currency}`;
}

/** Whose money is whose: the fees that settle, each once, and what is owed to one unit in one part. Who took over from a unit is not in the record. */
function ruleAgainstParts(d: Dossier, { fees, parts }: EventData<'PaymentRecorded'>): string | undefined {
  const payees = fees.map((fee) => d.fees[fee]?.payee);
  const isNamed = payees.some((payee) => payee !== undefined);
  if (!parts) return isNamed ? 'parts, by whose money it is' : undefined;
  if (!isNamed) return 'no parts of what is owed to one unit';
  const listed = parts.flatMap((part) => part.fees);
  if (canonical(listed.toSorted()) !== canonical(fees.toSorted())) return 'parts of the fees that settle';
  const places = new Map(parts.flatMap((part, index) => part.fees.map((fee) => [d.fees[fee]?.payee ?? '', index])));
  for (const [index, { fees: own, amount }] of parts.entries()) {
    if (own.some((fee) => places.get(d.fees[fee]?.payee ?? '') !== index)) return 'one part for each unit';
    const sum = own.reduce((total, fee) => total + (d.fees[fee]?.amount.value ?? 0), 0);
    const currency = d.fees[own[0] ?? '']?.amount.currency ?? '';
    if (amount.value !== sum || amount.currency !== currency) return `a part of ${sum} ${currency}`;
  }
  return new Set(parts.map(({ unit }) => unit)).size === parts.length ? undefined : 'one part for each unit';
}

function ruleAgainstOpening(d: Dossier, { visit, opening }: Refund): string | undefined {
  const task = taskId(d.id, REFUND, visit, 'decision');
  if (opening.task !== task || Object.hasOwn(d.tasks, task)) return `a new task ${task}`;
  const { unit, role } = opening;
  const expected = unit === null || role === null ? undefined : openRefund(d, { unit, role }).opening;
  return expected && canonical(expected) === canonical(opening)
    ? undefined
    : 'a task that gives money back, and no other';
}

function ruleAgainstRefund(d: Dossier, { actor, data }: Of<'RefundMade'>): string | undefined {
  const [task, waiting] = [d.tasks[data.task], waitingBy(d, data.task)];
  if (!task || !waiting) return 'money that waits to go back';
  if (actor.kind !== 'official') return 'an official';
  const { payment, amount } = waiting;
  if (payment !== data.payment || amount.value !== data.amount.value || amount.currency !== data.amount.currency)
    return `payment ${payment}, ${amount.value} ${amount.currency}`;
  return refuseTask(d, task, actor, { outcome: REFUNDED })?.refusal.detail;
}
