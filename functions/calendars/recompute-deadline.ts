import { TaskTerminal } from '../../domain/failures.ts';
import { hasEnded, promisedInstead } from '../../domain/dossier/fold-clock.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import { clockDate } from '../clock/alarms.ts';
import { dateAfter } from '../clock/move-clock.ts';
import { followTerms } from '../links/follow-terms.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { amendedTerms } from './amended-terms.ts';

/** A term takes up to five rows of a commit (`MAX_COMMIT_ROWS`): event, task, timer, and of a link the event and its mail. */
const TERMS_AT_ONCE = 10;

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
  let isMoved = false;
  for (;;) {
    const { events, left, unclear } = await recomputeSome(platform, catalogue, dossier, policy);
    isMoved ||= events > 0;
    if (left > 0) continue;
    if (unclear) throw unclear;
    return isMoved;
  }
}

/** In one commit: the date, and the first of the terms. `left`: as many have to follow. */
async function recomputeSome(
  platform: Platform,
  catalogue: Catalogue,
  dossier: string,
  policy: Policy,
): Promise<{ events: number; left: number; unclear: TaskTerminal | undefined }> {
  let unclear: TaskTerminal | undefined;
  let left = 0;
  const appended = await appendSurely(platform, dossier, async (loaded) => {
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const data = await amendedDate(standing, policy).catch((error: unknown) => {
      if (!(error instanceof TaskTerminal)) throw error;
      unclear = error;
      return undefined;
    });
    const terms = await amendedTerms(standing);
    const first = terms.slice(0, TERMS_AT_ONCE);
    left = terms.length - first.length;
    return {
      decision: { ok: true, events: eventsOf(platform, standing, data, first) },
      actor: { kind: 'platform' },
      goOn: followTerms(platform, catalogue, loaded.dossier, first),
    };
  });
  return { events: appended.events.length, left, unclear };
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
