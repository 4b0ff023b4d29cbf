import type { ClockHappening, Dossier } from '../../domain/dossier/state.ts';
import { deriveDeadline } from '../../domain/time/derive-deadline.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { endOfTerm, policyFor } from '../dossiers/deadline.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { refuseUnlessCompetent } from './extend-clock.ts';
import { refuseUnlessRunning } from './extension.ts';
import { clockDate } from './alarms.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;
type Lawful = NonNullable<Standing['procedure']['clock']['pauses']>[number];

export interface PauseClock {
  pause: string;
  reason: string;
  /** When it began; absent: now. */
  since?: string | undefined;
  announced: { at: string; where: string };
  by: OfficialActor;
  idempotency?: Extras['idempotency'] | undefined;
}

export interface EndPause {
  pause: string;
  /** When it ended; absent: now. */
  until?: string | undefined;
  by: OfficialActor;
  idempotency?: Extras['idempotency'] | undefined;
}

type Answer = Promise<{ ok: true; dossier: Dossier } | Refused>;

/** Stops the clock for a ground outside the stages, such as an outage: only one that the procedure's law names, told to the public in time. */
export function pauseClock(platform: Platform, catalogue: Catalogue, id: string, command: PauseClock): Answer {
  return change(platform, catalogue, id, command, async (standing) => {
    const { pause: name, announced, reason } = command;
    const at = new Date(standing.now).toISOString();
    const since = command.since === undefined ? at : new Date(command.since).toISOString();
    if (since > at) return refuse('pause-unlawful', `expected a pause that has begun by ${at}, got ${since}`);
    const lawful = lawfulPause(standing, name);
    if ('ok' in lawful) return lawful;
    const late = await refuseUntold(standing, lawful, { since, announced: announced.at });
    if (late) return late;
    const checked = await check(standing, { at: since, kind: 'stop', cause: name, ground: name });
    if ('ok' in checked) return checked;
    const secret = { comment: reason.normalize('NFC'), announced: announced.where.normalize('NFC') };
    return {
      ok: true,
      events: [
        { type: 'PauseBegun', data: { pause: name, since, announced: new Date(announced.at).toISOString() }, secret },
      ],
    };
  });
}

/** Lets the clock go on after such a pause; the applicant is told the new date. */
export function endPause(platform: Platform, catalogue: Catalogue, id: string, command: EndPause): Answer {
  return change(platform, catalogue, id, command, async (standing) => {
    const { pause: name } = command;
    const at = new Date(standing.now).toISOString();
    const until = command.until === undefined ? at : new Date(command.until).toISOString();
    if (until > at) return refuse('pause-unlawful', `expected a pause that is over by ${at}, got ${until}`);
    const checked = await check(standing, { at: until, kind: 'resume', cause: name, ground: name });
    if ('ok' in checked) return checked;
    const { date } = checked;
    return {
      ok: true,
      events: [
        { type: 'PauseEnded', data: { pause: name, until, ...(date && { date }) } },
        ...(date ? noticeOf(platform, standing, 'extended') : []),
      ],
    };
  });
}

async function change(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  { by, idempotency }: Pick<PauseClock, 'by' | 'idempotency'>,
  decide: (standing: Standing) => Promise<Proposal['decision']>,
): Answer {
  const appended = await append(platform, id, async (loaded): Promise<Proposal> => {
    const { dossier } = loaded;
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const refused = refuseUnlessCompetent(dossier, standing.procedure, by) ?? refuseUnlessRunning(dossier);
    const decision = refused ?? (await decide(standing));
    return { decision, actor: by, ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

function lawfulPause({ procedure }: Standing, name: string): Lawful | Refused {
  const { pauses = [] } = procedure.clock;
  const found = pauses.find(({ id }) => id === name);
  if (found) return found;
  const lawful = pauses.map(({ id }) => id).join(', ') || 'none';
  return refuse('pause-unlawful', `expected a pause that the law of the procedure knows (${lawful}), got ${name}`);
}

/** A pause of which the public was not told in time stops nothing (Decree 99/2022 art. 16(3)(a): on the same day). */
async function refuseUntold(
  { calendar, evaluator, now }: Standing,
  { id, notice }: Lawful,
  { since, announced }: { since: string; announced: string },
): Promise<Refused | undefined> {
  const told = Date.parse(announced);
  const inTime =
    notice === 'sameDay'
      ? localDate(calendar, told) <= localDate(calendar, Date.parse(since))
      : told <= Date.parse(await endOfTerm(notice, Date.parse(since), evaluator, calendar));
  if (told <= now && inTime) return undefined;
  const when = notice === 'sameDay' ? 'on the day it began' : 'within the term of its law';
  return refuse('pause-unlawful', `pause ${id}: expected that the public was told ${when}, got ${announced}`, [
    { at: '/announced/at', expected: when, found: announced },
  ]);
}

/** Whether the clock can be told this: what contradicts what happened before is refused. */
async function check(
  standing: Standing,
  happening: ClockHappening,
): Promise<{ date?: Awaited<ReturnType<typeof clockDate>> } | Refused> {
  const { loaded, procedure, evaluator, calendar } = standing;
  const policy = await policyFor(procedure, evaluator);
  const happenings = [...loaded.dossier.clock, happening].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const deadline = deriveDeadline({ calendar, policy, happenings });
  if (!deadline.ok) {
    if (deadline.refusal.code === 'clock-out-of-order') return refuse('clock-not-running', deadline.refusal.detail);
    throw new TaskTerminal(`deadline: ${deadline.refusal.detail}`);
  }
  if (deadline.facts.some((fact) => fact.rule === 'passed' && fact.happening.at === happening.at))
    return refuse('clock-not-running', 'expected a limit that has not passed; it had when the pause began');
  return deadline.state === 'due' ? { date: await clockDate(standing, evaluator, deadline) } : {};
}
