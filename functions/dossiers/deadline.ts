import { limitOf, policyOf, type Happening } from '../../domain/time/clock-policy.ts';
import { deriveDeadline, type Deadline } from '../../domain/time/derive-deadline.ts';
import type { WorkingCalendar } from '../../domain/time/working-calendar.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Evaluator } from './evaluator.ts';

/** Derives the statutory deadline from the procedure's clock and what has moved it. Throws `TaskTerminal` if the calendar or the clock cannot say: a person must look. */
export async function statutoryDeadline(
  procedure: Procedure,
  happenings: readonly Happening[],
  evaluator: Evaluator,
  calendar: WorkingCalendar,
): Promise<Extract<Deadline, { ok: true }>> {
  const term = await evaluator.value(procedure.clock.limit);
  const policy = policyOf(procedure.clock, term as Parameters<typeof policyOf>[1]);
  if (!policy.ok) throw new TaskTerminal(`deadline: ${policy.refusal.detail}`);
  const deadline = deriveDeadline({ calendar, policy: policy.policy, happenings });
  if (!deadline.ok) throw new TaskTerminal(`deadline: ${deadline.refusal.detail}`);
  return deadline;
}

/** The instant at which a term that begins now has passed. */
export async function endOfTerm(
  term: unknown,
  now: number,
  evaluator: Evaluator,
  calendar: WorkingCalendar,
): Promise<string> {
  const limit = limitOf((await evaluator.value(term)) as Parameters<typeof limitOf>[0]);
  if (!limit) throw new TaskTerminal('term: expected one unit with an amount');
  const deadline = deriveDeadline({
    calendar,
    policy: { limit, firstDay: 'next', onDayOff: 'next' },
    happenings: [{ at: new Date(now).toISOString(), kind: 'start', cause: 'term' }],
  });
  if (!deadline.ok) throw new TaskTerminal(`term: ${deadline.refusal.detail}`);
  if (deadline.state !== 'due') throw new TaskTerminal('term: expected a date');
  return new Date(deadline.dueAt).toISOString();
}
