import type { Actor } from '../../../schemas/actor.ts';
import type { EventData } from '../../../schemas/events.ts';
import { refuse } from '../../../schemas/refusals.ts';
import { REFUNDED } from '../fold-money.ts';
import { waitingBy } from '../money-entries.ts';
import { REFUND, type Dossier, type TaskState } from '../state.ts';
import { openBeside } from './beside.ts';
import { accept, type Decision } from './decision.ts';
import { refuseTask } from './tasks.ts';

type Refund = NonNullable<EventData<'PaymentRecorded'>['refund']>;

/** Giving money back is work of the office that receives dossiers, beside the stages and after them. */
export function openRefund(d: Dossier, { unit, role }: { unit: string; role: string }): Refund {
  return openBeside(d, REFUND, { unit, role, outcomes: [REFUNDED] });
}

/** Says that money went back, whatever became of the dossier meanwhile. The reason names the transfer, so that who reconciles accounts finds it. */
export function makeRefund(
  d: Dossier,
  { task, by, comment }: { task: TaskState; by: Extract<Actor, { kind: 'official' }>; comment: string | undefined },
): Decision {
  const refused = refuseTask(d, task, by, { outcome: REFUNDED });
  if (refused) return refused;
  if (comment === undefined || comment.trim() === '')
    return refuse('reason-missing', 'expected how the money went back: the transfer, or the voucher of the cash desk', [
      { at: '/comment', expected: 'the number of the transfer or voucher' },
    ]);
  const waiting = waitingBy(d, task.task);
  if (!waiting) throw new Error(`task ${task.task}: expected money that waits to go back`);
  const { payment, amount } = waiting;
  return accept({ type: 'RefundMade', data: { task: task.task, payment, amount }, secret: { comment } });
}
