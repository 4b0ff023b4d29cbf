import type { DossierEvent } from '../../schemas/events.ts';
import { REFUNDED } from '../dossier/commands/refunds.ts';
import { refuseTask } from '../dossier/commands/tasks.ts';
import { type Dossier, REFUND, taskId } from '../dossier/state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;

/** The rule that it breaks: a payment counts once, only what settles nothing goes back, and that once, as it came. */
export function ruleAgainstMoney(d: Dossier, event: Of<'PaymentRecorded'> | Of<'RefundMade'>): string | undefined {
  if (event.type === 'RefundMade') return ruleAgainstRefund(d, event);
  const { payment, effect, reason, refund } = event.data;
  if (d.payments.includes(payment)) return `a payment other than ${payment}, which was recorded`;
  if ((effect === 'settled') !== (reason === 'exact')) return 'an exact sum that settles, or another that goes back';
  if (!refund) return undefined;
  if (effect === 'settled') return 'no refund of what settles';
  const task = taskId(d.id, REFUND, refund.visit, 'decision');
  return refund.opening.task === task && !Object.hasOwn(d.tasks, task) ? undefined : `a new task ${task}`;
}

function ruleAgainstRefund(d: Dossier, { actor, data }: Of<'RefundMade'>): string | undefined {
  const [task, waiting] = [d.tasks[data.task], d.refunds?.[data.task]];
  if (!task || !waiting) return 'money that waits to go back';
  if (actor.kind !== 'official') return 'an official';
  const { payment, amount } = waiting;
  if (payment !== data.payment || amount.value !== data.amount.value || amount.currency !== data.amount.currency)
    return `payment ${payment}, ${amount.value} ${amount.currency}`;
  return refuseTask(d, task, actor, { outcome: REFUNDED })?.refusal.detail;
}
