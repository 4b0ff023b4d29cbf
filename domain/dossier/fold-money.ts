import type { FinancialStatus } from '../../schemas/dossier.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import { REFUNDED } from './commands/refunds.ts';
import { openedTask } from './fold-stages.ts';
import { type Dossier, REFUND } from './state.ts';
import { FINANCIAL_TRANSITIONS, move } from './transitions.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
type MoneyEvent = Of<'FeesAssessed'> | Of<'PaymentRecorded'> | Of<'RefundMade'>;

/** What is owed, what was paid, and what has to go back. */
export function applyMoneyEvent(d: Dossier, event: MoneyEvent): Partial<Dossier> {
  switch (event.type) {
    case 'FeesAssessed':
      return assessed(d, event);
    case 'PaymentRecorded':
      return event.data.effect === 'settled' ? settled(d, event) : received(d, event);
    case 'RefundMade':
      return refunded(d, event);
  }
}

function assessed(d: Dossier, { data }: Of<'FeesAssessed'>): Partial<Dossier> {
  const fees = { ...d.fees };
  for (const { fee, kind, amount, exempt } of data.fees) fees[fee] = { kind, amount, exempt, paid: null };
  const nothing = d.financial === 'refund-due' ? 'refund-due' : 'nothing-owed';
  return { fees, financial: moved(d, isOwed(fees) ? 'owed' : nothing) };
}

function settled(d: Dossier, { data, at }: Of<'PaymentRecorded'>): Partial<Dossier> {
  const fees = { ...d.fees };
  for (const name of data.fees) {
    const fee = fees[name];
    if (fee) fees[name] = { ...fee, paid: at };
  }
  const refundDue = d.financial === 'refund-due';
  const rest = refundDue ? 'owed' : d.financial;
  // Paying what is owed does not give back what came besides.
  const paid = refundDue ? 'refund-due' : 'paid';
  return { payments: [...d.payments, data.payment], fees, financial: moved(d, isOwed(fees) ? rest : paid) };
}

/** A sum that settles nothing: it waits to go back. Records from before that was work opened none. */
function received(d: Dossier, { data, at }: Of<'PaymentRecorded'>): Partial<Dossier> {
  const { payment, amount, reason, refund } = data;
  const open =
    refund && openedTask(d, refund.opening, { stage: REFUND, visit: refund.visit, kind: REFUND, opened: at });
  return {
    payments: [...d.payments, payment],
    financial: moved(d, 'refund-due'),
    ...(open && {
      tasks: { ...d.tasks, [open.task]: open },
      refunds: { ...d.refunds, [open.task]: { payment, amount, reason, at } },
    }),
  };
}

function refunded(d: Dossier, { data, actor: by, at, seq }: Of<'RefundMade'>): Partial<Dossier> {
  const task = d.tasks[data.task];
  if (!task) throw new Error(`dossier ${d.id}: no money waits by task ${data.task}`);
  const tasks = { ...d.tasks, [task.task]: { ...task, decided: { outcome: REFUNDED, by, at, seq, missing: [] } } };
  const refunds = Object.fromEntries(Object.entries(d.refunds ?? {}).filter(([id]) => id !== data.task));
  const waits = Object.keys(refunds).length > 0;
  return { tasks, refunds, financial: waits ? d.financial : moved(d, withoutRefund(d)) };
}

/** How things stand once nothing has to go back any more. */
function withoutRefund({ fees, stages, financial }: Dossier): FinancialStatus {
  // Owed anew while money waited: that stands.
  if (financial !== 'refund-due') return financial;
  if (isOwed(fees))
    return Object.values(stages).some(({ kind, outcome }) => kind === 'pay' && outcome === 'expired')
      ? 'expired'
      : 'owed';
  return Object.values(fees).some(({ paid }) => paid !== null) ? 'paid' : 'nothing-owed';
}

function moved(d: Dossier, to: FinancialStatus): FinancialStatus {
  return move(FINANCIAL_TRANSITIONS, d.financial, to);
}

function isOwed(fees: Dossier['fees']): boolean {
  return Object.values(fees).some((fee) => !fee.exempt && fee.amount.value > 0 && fee.paid === null);
}
