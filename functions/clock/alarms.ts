import { instantBefore } from '../../domain/time/around-deadline.ts';
import { limitOf } from '../../domain/time/clock-policy.ts';
import type { DueDeadline } from '../../domain/time/derive-deadline.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';
import type { Standing } from '../stages/standing.ts';

type ClockDate = Pick<EventData<'PromiseMade'>, 'due' | 'dueAt' | 'calendar' | 'alarms'>;

/** The date that a running clock comes to, with what it does by itself before and after it. */
export async function clockDate(
  { procedure, calendar }: Pick<Standing, 'procedure' | 'calendar'>,
  evaluator: Evaluator,
  { due, dueAt, calendar: counted }: DueDeadline,
): Promise<ClockDate> {
  const { late, silence } = procedure.clock;
  const at = Date.parse(dueAt);
  const alarms: { warn?: string; silence?: string } = {};
  if (late?.warn !== undefined) {
    const term = limitOf((await evaluator.value(late.warn)) as Parameters<typeof limitOf>[0]);
    if (!term) throw new TaskTerminal('clock.late.warn: expected one unit with an amount');
    const warn = instantBefore(calendar, dueAt, term);
    if (!warn.ok) throw new TaskTerminal(`clock.late.warn: ${warn.refusal.detail}`);
    alarms.warn = new Date(warn.value).toISOString();
  }
  // At the instant itself a decision is still in time.
  if (silence && (silence.when === undefined || (await evaluator.test(silence.when))))
    alarms.silence = new Date(at + 1).toISOString();
  return {
    due,
    dueAt: new Date(at).toISOString(),
    calendar: counted,
    ...(Object.keys(alarms).length > 0 && { alarms }),
  };
}
