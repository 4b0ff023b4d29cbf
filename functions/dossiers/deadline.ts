import {
  limitOf,
  policyOf,
  type ClockPolicy,
  type Happening,
  type LegalBasis,
} from '../../domain/time/clock-policy.ts';
import { deriveDeadline, type Deadline } from '../../domain/time/derive-deadline.ts';
import type { WorkingCalendar } from '../../domain/time/working-calendar.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { clockAtStage } from '../clock/during.ts';
import type { Evaluator } from './evaluator.ts';
import { stageInWords, titleInWords } from './stage-in-words.ts';

interface Lawful {
  procedure: Procedure;
  calendar: WorkingCalendar;
}

/** Derives the statutory deadline from the procedure's clock and what has moved it. Throws `TaskTerminal` if the calendar or the clock cannot say: a person must look. */
export async function statutoryDeadline(
  { procedure, calendar }: Lawful,
  happenings: readonly Happening[],
  evaluator: Evaluator,
): Promise<Extract<Deadline, { ok: true }>> {
  const policy = await policyFor(procedure, evaluator);
  const deadline = deriveDeadline({ calendar, policy, happenings: withGrounds(procedure, happenings) });
  if (!deadline.ok) throw new TaskTerminal(`deadline: ${deadline.refusal.detail}`);
  return deadline;
}

/** The clock's policy with the limit that holds for the dossier. */
export async function policyFor({ clock }: Procedure, evaluator: Evaluator): Promise<ClockPolicy> {
  const term = await evaluator.term(clock.limit);
  const policy = policyOf(clock, term as Parameters<typeof policyOf>[1]);
  if (!policy.ok) throw new TaskTerminal(`deadline: ${policy.refusal.detail}`);
  return policy.policy;
}

/** Each happening with the law that the procedure names for it, and with what people call the stage, extension or pause behind it. */
export function withGrounds(procedure: Procedure, happenings: readonly Happening[]): Happening[] {
  const { clock, stages } = procedure;
  return happenings.map((happening) => {
    const { kind, cause, ground } = happening;
    if (kind === 'extend')
      return withTitle(
        happening,
        clock.extend?.find(({ id }) => id === cause),
      );
    if (ground !== undefined)
      return withTitle(
        happening,
        clock.pauses?.find(({ id }) => id === ground),
      );
    // A stage that opens is named alone, one that is left with its outcome.
    const [name = ''] = cause.split('.');
    const stage = stages[name];
    if (!stage) return happening;
    const told = { ...happening, label: stageInWords(stage) };
    const during = clockAtStage(procedure, name);
    const isInterval = kind === 'stop' || kind === 'shift' || kind === 'restart' || during?.effect === 'shifts';
    return isInterval ? withLaw(told, during?.legalBasis === undefined ? stage : during) : told;
  });
}

/** With the law of an extension or a pause, and its title where it has one. */
function withTitle(
  happening: Happening,
  named: { title?: Procedure['title'] | undefined; legalBasis?: LegalBasis | undefined } | undefined,
): Happening {
  const told = withLaw(happening, named);
  return named?.title === undefined ? told : { ...told, label: titleInWords(named.title) };
}

function withLaw(happening: Happening, named: { legalBasis?: LegalBasis | undefined } | undefined): Happening {
  return named?.legalBasis === undefined || happening.legalBasis !== undefined
    ? happening
    : { ...happening, legalBasis: named.legalBasis };
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
