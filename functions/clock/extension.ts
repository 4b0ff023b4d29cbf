import { following, hasEnded } from '../../domain/dossier/fold-clock.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { limitOf } from '../../domain/time/clock-policy.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Standing } from '../stages/standing.ts';
import { dateAfter } from './move-clock.ts';

export type Extension = NonNullable<Procedure['clock']['extend']>[number];

/** The extension that is decided by a paper signed at this stage. */
export function decidedAt({ clock }: Procedure, stage: string): Extension | undefined {
  return clock.extend?.find(({ at }) => at === stage);
}

/** The clock as this extension moves it now, or why the law does not let it: as often as may be, its condition, a limit that has not passed. */
export async function extendedBy(
  standing: Standing,
  extension: Extension,
): Promise<{ ok: true; event: EventBody; date: EventData<'ClockExtended'>['date'] } | Refused> {
  const { loaded, evaluator, now } = standing;
  const { dossier } = loaded;
  const { id, times, when } = extension;
  const idle = refuseUnlessRunning(dossier);
  if (idle) return idle;
  const taken = dossier.clock.filter(({ kind, cause }) => kind === 'extend' && cause === id).length;
  if (taken >= times) return refuse('extension-unlawful', `extension ${id} may be taken ${times} times, and has been`);
  if (when !== undefined && !(await evaluator.test(when)))
    return refuse('extension-unlawful', `extension ${id}: its condition does not hold`);
  const limit = limitOf((await evaluator.value(extension.by)) as Parameters<typeof limitOf>[0]);
  if (!limit) throw new TaskTerminal(`clock.extend.${id}: expected one unit with an amount`);
  const happening = { at: new Date(now).toISOString(), kind: 'extend' as const, cause: id, limit };
  const clock = following(dossier.clock, happening);
  const { date, deadline } = await dateAfter(standing, clock);
  if (deadline.facts.some((fact) => fact.rule === 'passed' && fact.happening.at === clock.at(-1)?.at))
    return refuse('clock-not-running', 'expected a limit that has not passed; an extension comes before its end');
  return { ok: true, event: { type: 'ClockExtended', data: { extension: id, limit, ...(date && { date }) } }, date };
}

/** A clock that has not begun, or has ended, is neither extended nor paused. */
export function refuseUnlessRunning(d: Dossier): Refused | undefined {
  if (d.promise !== null && !hasEnded(d) && d.settled === null) return undefined;
  return refuse('clock-not-running', 'expected a clock that has begun and has not ended');
}
