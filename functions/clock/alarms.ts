import { promisedInstead } from '../../domain/dossier/fold-clock.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { instantBefore } from '../../domain/time/around-deadline.ts';
import { limitOf } from '../../domain/time/clock-policy.ts';
import type { DueDeadline } from '../../domain/time/derive-deadline.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';
import type { Standing } from '../stages/standing.ts';

type ClockDate = Pick<EventData<'PromiseMade'>, 'due' | 'dueAt' | 'calendar' | 'alarms'>;
type Alarms = NonNullable<ClockDate['alarms']>;
type Promised = Pick<ClockDate, 'due' | 'dueAt'>;

/** Of a dossier that is submitted only now there is nothing to know yet. */
interface Counting extends Pick<Standing, 'procedure' | 'calendar'> {
  loaded?: { dossier: Dossier };
}

/** The date that a running clock comes to, with what it does by itself before and after it, and before and after the date that is promised. */
export async function clockDate(
  counting: Counting,
  evaluator: Evaluator,
  { due, dueAt: reckoned, calendar: counted }: DueDeadline,
  promise?: Promised,
): Promise<ClockDate> {
  const { late, silence } = counting.procedure.clock;
  const dueAt = new Date(reckoned).toISOString();
  const promised = promise ?? promisedInstead(counting.loaded?.dossier ?? {}, { due, dueAt });
  const alarms: Alarms = await latenessAlarms(counting, evaluator, promised);
  if (late?.warn !== undefined) alarms.warn = await before(counting, evaluator, { term: 'warn', dueAt });
  // At the instant itself a decision is still in time.
  if (silence && (silence.when === undefined || (await evaluator.test(silence.when)))) alarms.silence = after(dueAt);
  return { due, dueAt, calendar: counted, ...(Object.keys(alarms).length > 0 && { alarms }) };
}

/**
 * When an apology is asked for, where the procedure knows one and the law still lets it move this date; and when the date has passed, whatever the procedure
 * says. Each once for one date.
 */
export async function latenessAlarms(
  counting: Counting,
  evaluator: Evaluator,
  { dueAt }: Pick<Promised, 'dueAt'>,
  taken = counting.loaded?.dossier.reappointed?.times ?? 0,
): Promise<Pick<Alarms, 'apology' | 'late'>> {
  const { late } = counting.procedure.clock;
  const { apology, missed } = counting.loaded?.dossier ?? {};
  const mayAsk = late?.apology !== undefined && taken < mostReappointments(late);
  const isAsked = apology?.against === dueAt || missed === dueAt;
  return {
    ...(mayAsk && !isAsked && { apology: await before(counting, evaluator, { term: 'apology', dueAt }) }),
    ...(missed !== dueAt && { late: after(dueAt) }),
  };
}

/** How often a new date may be promised: Decree 61/2018 art. 19(9) lets it be once. */
export function mostReappointments({ reappoint = 1 }: { reappoint?: number | undefined }): number {
  return reappoint;
}

async function before(
  { procedure, calendar }: Counting,
  evaluator: Evaluator,
  { term, dueAt }: { term: 'warn' | 'apology'; dueAt: string },
): Promise<string> {
  const limit = limitOf((await evaluator.value(procedure.clock.late?.[term])) as Parameters<typeof limitOf>[0]);
  if (!limit) throw new TaskTerminal(`clock.late.${term}: expected one unit with an amount`);
  const found = instantBefore(calendar, dueAt, limit);
  if (!found.ok) throw new TaskTerminal(`clock.late.${term}: ${found.refusal.detail}`);
  return new Date(found.value).toISOString();
}

function after(instant: string): string {
  return new Date(Date.parse(instant) + 1).toISOString();
}
