import type { Decision } from '../../domain/dossier/commands/decision.ts';
import { openRefund } from '../../domain/dossier/commands/refunds.ts';
import { leaveStage } from '../../domain/dossier/commands/tasks.ts';
import { paymentKey } from '../../domain/dossier/money-entries.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { receptionOf } from '../../workflows/route.ts';
import { planLeaving } from '../stages/leaving.ts';
import { parkFor } from '../stages/park.ts';
import { askedBy, debtOf, owedAt, owedNow } from './owed.ts';
import { partsOf, refundingUnit } from './payees.ts';
import { type Standing, standingOf, stageOf } from '../stages/standing.ts';

export interface Payment {
  /** Id given by the payment system; the same id of the same system is recorded once. */
  payment: string;
  dossier: string;
  amount: Amount;
  /** What the payer was asked for, where the payment system says so: another order than the one that is owed now settles nothing. */
  order?: string | undefined;
}

/** Records what a payment system reports. Twice the same id of one system changes nothing; a wrong, late or unowed sum waits for its refund and settles nothing. */
export async function recordPayment(
  platform: Platform,
  catalogue: Catalogue,
  system: string,
  payment: Payment,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const actor = { kind: 'agency' as const, system };
  const appended = await append(platform, payment.dossier, async (loaded) =>
    proposePayment(platform, catalogue, await standingOf(catalogue, loaded, platform.clock.now()), {
      ...payment,
      actor,
    }),
  );
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

/** What a sum that came makes of the dossier; `voucher`: of the cash desk, kept as a secret. */
export async function proposePayment(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { payment, amount, order, actor, voucher }: Omit<Payment, 'dossier'> & { actor: Payer; voucher?: string },
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  if (dossier.payments.includes(paymentKey(actor, payment))) return { decision: { ok: true, events: [] }, actor };
  const { stage: name = '', visit, fees, reason } = judge(standing, amount, order);
  const parts = reason === 'exact' ? await partsOf(catalogue, standing, dossier, fees) : [];
  const recorded: EventBody = {
    type: 'PaymentRecorded',
    data: {
      payment,
      fees,
      amount,
      effect: reason === 'exact' ? 'settled' : 'refund-due',
      reason,
      ...(voucher !== undefined && { cash: true as const }),
      ...(parts.length > 0 && { parts }),
      ...(reason !== 'exact' && { refund: openRefund(dossier, await refundOffice(catalogue, standing, fees)) }),
    },
    ...(voucher !== undefined && { secret: { voucher } }),
  };
  if (reason !== 'exact') return { decision: { ok: true, events: [recorded] }, actor };
  const plan = await planLeaving(platform, catalogue, standing, {
    stage: name,
    outcome: 'paid',
    events: [recorded],
    actor,
  });
  if (plan.kind === 'refused') return { decision: plan.refused, actor };
  if (plan.kind === 'park') return prepend(recorded, parkFor(dossier, 'NothingToDecideBy', plan.cause).decision, actor);
  const left = leaveStage(dossier, {
    ...plan,
    stage: name,
    visit,
    outcome: 'paid',
    by: 'payment',
  });
  return { ...prepend(recorded, left, actor), outbox: plan.outbox };
}

/** Who tells of a payment: its system, or the official who took the cash. */
type Payer = Extract<Actor, { kind: 'agency' | 'official' }>;

/** The office that receives dossiers, of the unit whose money it is or which took over from it: money may come long after the dossier's end. */
async function refundOffice(
  catalogue: Catalogue,
  standing: Standing,
  owed: readonly string[],
): Promise<{ unit: string; role: string }> {
  const unit = await refundingUnit(catalogue, standing, standing.loaded.dossier, owed);
  return { unit, role: receptionOf(standing.procedure) };
}

interface Judged {
  /** The stage that waits for it. */
  stage?: string;
  visit: number;
  fees: string[];
  reason: 'exact' | 'wrong-amount' | 'late' | 'not-owed';
}

function judge({ procedure, loaded: { dossier } }: Standing, amount: Amount, told: string | undefined): Judged {
  const order = told === undefined ? undefined : debtOf(told);
  if (order !== undefined && order !== owedNow(dossier, procedure)?.order) return judgeOther(dossier, procedure, order);
  const name = dossier.stage ?? '';
  const stage = dossier.stage === null ? undefined : stageOf(procedure, name);
  const { fees, amount: owed } = owedAt(dossier, stage);
  const state = dossier.stages[name];
  if (stage?.kind !== 'pay' || state?.left !== null) {
    const isOver = Object.values(dossier.stages).some(({ kind, outcome }) => kind === 'pay' && outcome === 'expired');
    return { visit: 1, fees, reason: isOver ? 'late' : 'not-owed' };
  }
  const isExact = owed?.value === amount.value && owed.currency === amount.currency;
  return { stage: name, visit: state.visits, fees, reason: isExact ? 'exact' : 'wrong-amount' };
}

/** Of an order that is not owed now: it goes back to those to whom it was owed. */
function judgeOther(dossier: Dossier, procedure: Procedure, order: string): Judged {
  const { stage, fees } = askedBy(dossier, procedure, order) ?? { fees: [] };
  const isOver = stage !== undefined && dossier.stages[stage]?.outcome === 'expired';
  return { visit: 1, fees, reason: isOver ? 'late' : 'not-owed' };
}

function prepend<A>(event: EventBody, decision: Decision, actor: A): { decision: Decision; actor: A } {
  return {
    decision: decision.ok
      ? { ok: true, events: [event, ...decision.events] }
      : refuse('conflict', decision.refusal.detail),
    actor,
  };
}
