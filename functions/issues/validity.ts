import { limitOf } from '../../domain/time/clock-policy.ts';
import { endOfValidity, isCivil, reminderBefore } from '../../domain/time/validity.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventData } from '../../schemas/events.ts';
import { endOfTerm } from '../dossiers/deadline.ts';
import type { Standing } from '../stages/standing.ts';

type Valid = NonNullable<EventData<'IssueSealed'>['valid']>;
type Counting = Pick<Standing, 'procedure' | 'evaluator' | 'calendar'>;

/** Until when a paper that is sealed at an instant holds, and when its holder is reminded; nothing where its procedure sets no end. */
export async function validityOf(standing: Counting, issue: string, sealed: number): Promise<Valid | undefined> {
  const { valid, remind } = standing.procedure.issues?.[issue] ?? {};
  if (valid === undefined) return undefined;
  const { calendar } = standing;
  const term = await termOf(standing, valid, `issues.${issue}.valid`);
  const until = isCivil(term)
    ? new Date(endOfValidity(calendar, sealed, term)).toISOString()
    : await endOfTerm(valid, sealed, standing.evaluator, calendar);
  if (remind === undefined) return { until };
  const before = await termOf(standing, remind, `issues.${issue}.remind`);
  if (!isCivil(before)) throw new TaskTerminal(`issues.${issue}.remind: expected calendar days or months`);
  const at = reminderBefore(calendar, Date.parse(until), before);
  return { until, ...(at > sealed && { remind: new Date(at).toISOString() }) };
}

async function termOf({ evaluator }: Counting, value: unknown, at: string) {
  const term = limitOf((await evaluator.value(value)) as Parameters<typeof limitOf>[0]);
  if (!term) throw new TaskTerminal(`${at}: expected one unit with an amount`);
  return term;
}
