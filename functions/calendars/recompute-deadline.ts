import { TaskTerminal } from '../../domain/failures.ts';
import { hasEnded, promisedInstead } from '../../domain/dossier/fold-clock.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import { clockDate } from '../clock/alarms.ts';
import { dateAfter } from '../clock/move-clock.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { amendedTerms } from './amended-terms.ts';

type Policy = NonNullable<Calendar['amends']>['promises'];
type Recomputed = EventData<'DeadlineRecomputed'>;

/**
 * What an amended calendar makes of a dossier's date: the law's date anew, and the date told as the policy has it. Nothing where the clock has not begun,
 * stands still (it will go on by the new calendar) or has ended, or where the date is what it was.
 */
export async function amendedDate(standing: Standing, policy: Policy): Promise<Recomputed | undefined> {
  const { dossier } = standing.loaded;
  const { promise } = dossier;
  if (promise === null || dossier.settled !== null || hasEnded(dossier)) return undefined;
  const { date: lawful, deadline } = await dateAfter(standing, dossier.clock);
  if (!lawful || deadline.state !== 'due') return undefined;
  const follows = policy === 'follow' || Date.parse(lawful.dueAt) < Date.parse(promise.dueAt);
  const { due, dueAt } = promisedInstead(dossier, follows ? lawful : promise);
  const date = await clockDate(standing, standing.evaluator, deadline, { due, dueAt });
  return isKnown(dossier, date) ? undefined : { ...date, promised: { due, dueAt } };
}

function isKnown({ lawful, alarms }: Dossier, date: Omit<Recomputed, 'promised'>): boolean {
  const { silence, warn, apology } = date.alarms ?? {};
  // A warning that has been given for a date is not given for it again.
  return (
    date.dueAt === lawful?.dueAt &&
    silence === alarms.silence &&
    (alarms.warn === undefined || warn === alarms.warn) &&
    (alarms.apology === undefined || apology === alarms.apology)
  );
}

/** Lets one dossier follow its calendar; answers whether its date, or a term that runs, is another. Repeated, it finds nothing to do. A clock that cannot be reckoned keeps no term from moving. */
export async function recomputeDeadline(
  platform: Platform,
  catalogue: Catalogue,
  dossier: string,
  policy: Policy,
): Promise<boolean> {
  let unclear: TaskTerminal | undefined;
  const appended = await appendSurely(platform, dossier, async (loaded) => {
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const data = await amendedDate(standing, policy).catch((error: unknown) => {
      if (!(error instanceof TaskTerminal)) throw error;
      unclear = error;
      return undefined;
    });
    return {
      decision: { ok: true, events: eventsOf(platform, standing, data, await amendedTerms(standing)) },
      actor: { kind: 'platform' },
    };
  });
  if (unclear) throw unclear;
  return appended.events.length > 0;
}

/** Who was told another date, or another term to answer or to pay, is told this one. */
function eventsOf(
  platform: Platform,
  standing: Standing,
  date: Recomputed | undefined,
  terms: readonly EventData<'TermRecomputed'>[],
): EventBody[] {
  const { promise, stages } = standing.loaded.dossier;
  const isHis = ({ stage, task, child }: EventData<'TermRecomputed'>): boolean =>
    task === undefined && child === undefined && stages[stage]?.kind !== 'wait';
  const told = (date && date.promised.dueAt !== promise?.dueAt) === true || terms.some(isHis);
  return [
    ...(date ? [{ type: 'DeadlineRecomputed', data: date } as const] : []),
    ...terms.map((data) => ({ type: 'TermRecomputed', data }) as const),
    ...(told ? noticeOf(platform, standing, 'amended') : []),
  ];
}
