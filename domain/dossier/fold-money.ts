import type { FinancialStatus } from '../../schemas/dossier.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import { openedTask } from './fold-stages.ts';
import { payerOf, paymentKey } from './money-entries.ts';
import { type Dossier, REFUND } from './state.ts';
import { FINANCIAL_TRANSITIONS, move } from './transitions.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;
/** How a refund ends. */
export const REFUNDED = 'refunded';

type MoneyEvent = Of<'FeesAssessed'> | Of<'PaymentRecorded'> | Of<'RefundMade'>;

/** What is owed, what was paid, and what has to go back. */
export function applyMoneyEvent(d: Dossier, event: MoneyEvent): Partial<Dossier> {
  switch (event.type) {
    case 'FeesAssessed':
      return assessed(d, event);
    case 'PaymentRecorded':
      return { ...(event.data.effect === 'settled' ? settled(d, event) : received(d, event)), ...vouched(d, event) };
    case 'RefundMade':
      return refunded(d, event);
  }
}

function assessed(d: Dossier, { data }: Of<'FeesAssessed'>): Partial<Dossier> {
  const fees = { ...d.fees };
  for (const { fee, kind, amount, exempt, payee } of data.fees)
    fees[fee] = { kind, amount, exempt, paid: null, ...(payee !== undefined && { payee }) };
  return { fees, financial: standing(d, isOwed(fees) ? 'owed' : 'nothing-owed') };
}

function settled(d: Dossier, { actor, data, at }: Of<'PaymentRecorded'>): Partial<Dossier> {
  const fees = { ...d.fees };
  for (const name of data.fees) {
    const fee = fees[name];
    if (fee) fees[name] = { ...fee, paid: at };
  }
  const rest = d.financial === 'refund-due' ? 'owed' : d.financial;
  return {
    payments: [...d.payments, paymentKey(actor, data.payment)],
    fees,
    financial: standing(d, isOwed(fees) ? rest : 'paid'),
  };
}

function vouched({ vouchers }: Dossier, { data, seq }: Of<'PaymentRecorded'>): Pick<Dossier, 'vouchers'> {
  return data.cash ? { vouchers: { ...vouchers, [data.payment]: seq } } : {};
}

/** A sum that settles nothing: it waits to go back. */
function received(d: Dossier, { data, at, actor }: Of<'PaymentRecorded'>): Partial<Dossier> {
  const { payment, amount, reason, refund } = data;
  const open =
    refund && openedTask(d, refund.opening, { stage: REFUND, visit: refund.visit, kind: REFUND, opened: at });
  const key = paymentKey(actor, payment);
  const waiting = { payment, task: open?.task ?? null, system: payerOf(actor), amount, reason, at };
  const refunds = { ...d.refunds, [key]: waiting };
  return {
    payments: [...d.payments, key],
    refunds,
    financial: standing({ ...d, refunds }, 'owed'),
    ...(open && { tasks: { ...d.tasks, [open.task]: open } }),
  };
}

function refunded(d: Dossier, { data, actor: by, at, seq }: Of<'RefundMade'>): Partial<Dossier> {
  const task = d.tasks[data.task];
  if (!task) throw new Error(`dossier ${d.id}: no money waits by task ${data.task}`);
  const tasks = { ...d.tasks, [task.task]: { ...task, decided: { outcome: REFUNDED, by, at, seq, missing: [] } } };
  const refunds = Object.fromEntries(
    Object.entries(d.refunds ?? {}).filter(([, waiting]) => waiting.task !== task.task),
  );
  return { tasks, refunds, financial: standing({ ...d, refunds }, withoutRefund(d)) };
}

/** Paying what is owed does not give back what came besides: as long as money waits, that is said first. */
function standing(d: Dossier, otherwise: FinancialStatus): FinancialStatus {
  const waits = Object.keys(d.refunds ?? {}).length > 0;
  return move(FINANCIAL_TRANSITIONS, d.financial, waits ? 'refund-due' : otherwise);
}

/** How things stand once nothing has to go back any more. */
function withoutRefund({ fees, stages }: Dossier): FinancialStatus {
  if (!isOwed(fees)) return Object.values(fees).some(({ paid }) => paid !== null) ? 'paid' : 'nothing-owed';
  const asked = Object.values(stages).filter(({ kind }) => kind === 'pay');
  const isOver = asked.every(({ left }) => left !== null) && asked.some(({ outcome }) => outcome === 'expired');
  return isOver ? 'expired' : 'owed';
}

function isOwed(fees: Dossier['fees']): boolean {
  return Object.values(fees).some((fee) => !fee.exempt && fee.amount.value > 0 && fee.paid === null);
}
