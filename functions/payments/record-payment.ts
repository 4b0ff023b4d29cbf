import type { Decision } from '../../domain/dossier/commands/decision.ts';
import { openRefund } from '../../domain/dossier/commands/refunds.ts';
import { leaveStage } from '../../domain/dossier/commands/tasks.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { planLeaving } from '../stages/leaving.ts';
import { parkFor } from '../stages/park.ts';
import { owedAt } from './owed.ts';
import { standingOf, stageOf } from '../stages/standing.ts';

export interface Payment {
  /** Id given by the payment system; the same id is recorded once. */
  payment: string;
  dossier: string;
  amount: Amount;
}

/** Records what a payment system reports. Twice the same id changes nothing; a wrong, late or unowed sum waits for its refund and settles nothing. */
export async function recordPayment(
  platform: Platform,
  catalogue: Catalogue,
  system: string,
  payment: Payment,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const appended = await append(platform, payment.dossier, async (loaded) => {
    const { dossier } = loaded;
    const actor = { kind: 'agency' as const, system };
    if (dossier.payments.includes(payment.payment)) return { decision: { ok: true, events: [] }, actor };
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const name = dossier.stage ?? '';
    const stage = dossier.stage === null ? undefined : stageOf(standing.procedure, name);
    const open = stage?.kind === 'pay' && dossier.stages[name]?.left === null;
    const { fees, amount: owed } = owedAt(dossier, stage);
    const reason = judge(dossier, { open, owed, amount: payment.amount });
    const recorded: EventBody = {
      type: 'PaymentRecorded',
      data: {
        payment: payment.payment,
        fees,
        amount: payment.amount,
        effect: reason === 'exact' ? 'settled' : 'refund-due',
        reason,
        ...(reason !== 'exact' && { refund: openRefund(dossier, receptionOf(standing.procedure)) }),
      },
    };
    if (reason !== 'exact') return { decision: { ok: true, events: [recorded] }, actor };
    const plan = await planLeaving(platform, catalogue, standing, {
      stage: name,
      outcome: 'paid',
      events: [recorded],
      actor,
    });
    if (plan.kind === 'refused') return { decision: plan.refused, actor };
    if (plan.kind === 'park')
      return prepend(recorded, parkFor(dossier, 'NothingToDecideBy', plan.cause).decision, actor);
    const left = leaveStage(dossier, {
      ...plan,
      stage: name,
      visit: dossier.stages[name]?.visits ?? 1,
      outcome: 'paid',
      by: 'payment',
    });
    return { ...prepend(recorded, left, actor), outbox: plan.outbox };
  });
  if (!appended.ok) return appended;
  return { ok: true, dossier: appended.loaded.dossier };
}

/** The office to which applicants come. Where the platform receives by itself, its unit's reception. */
function receptionOf({ stages }: Procedure): string {
  const by = Object.values(stages).flatMap((stage) => (stage.kind === 'receive' ? [stage.by] : []))[0];
  const role = typeof by === 'object' && 'role' in by ? by.role : by;
  return typeof role === 'string' && role !== 'system' ? role : 'reception';
}

function judge(
  dossier: Dossier,
  { open, owed, amount }: { open: boolean; owed: Amount | undefined; amount: Amount },
): 'exact' | 'wrong-amount' | 'late' | 'not-owed' {
  const expired = Object.values(dossier.stages).some(({ kind, outcome }) => kind === 'pay' && outcome === 'expired');
  if (!open) return expired ? 'late' : 'not-owed';
  return owed?.value === amount.value && owed.currency === amount.currency ? 'exact' : 'wrong-amount';
}

function prepend<A>(event: EventBody, decision: Decision, actor: A): { decision: Decision; actor: A } {
  return {
    decision: decision.ok
      ? { ok: true, events: [event, ...decision.events] }
      : refuse('conflict', decision.refusal.detail),
    actor,
  };
}
