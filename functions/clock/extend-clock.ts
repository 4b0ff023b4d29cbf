import type { Dossier } from '../../domain/dossier/state.ts';
import { following, hasEnded } from '../../domain/dossier/fold-clock.ts';
import { limitOf } from '../../domain/time/clock-policy.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { decidingRoles } from '../stages/deciding-roles.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { dateAfter } from './move-clock.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

export interface ExtendClock {
  extension: string;
  reason: string;
  /** Where the applicant's agreement stands, for an extension that needs one. */
  agreement?: string | undefined;
  by: OfficialActor;
  idempotency?: Extras['idempotency'] | undefined;
}

/** Extends the statutory limit as the procedure's law allows: as often, by as much, with what it needs. The applicant is told the new date. */
export async function extendClock(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  command: ExtendClock,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const appended = await append(platform, id, async (loaded): Promise<Proposal> => {
    const { by: actor, idempotency } = command;
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const proposed = await propose(platform, standing, command);
    return { decision: proposed, actor, ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

async function propose(platform: Platform, standing: Standing, command: ExtendClock): Promise<Proposal['decision']> {
  const { loaded, evaluator, now } = standing;
  const { dossier } = loaded;
  const { extension: name, reason, agreement } = command;
  const extension = await lawfulExtension(standing, command);
  if ('ok' in extension) return extension;
  const limit = limitOf((await evaluator.value(extension.by)) as Parameters<typeof limitOf>[0]);
  if (!limit) throw new TaskTerminal(`clock.extend.${name}: expected one unit with an amount`);
  const happening = { at: new Date(now).toISOString(), kind: 'extend' as const, cause: name, limit };
  const clock = following(dossier.clock, happening);
  const { date, deadline } = await dateAfter(standing, clock);
  if (deadline.steps.some((step) => step.rule === 'passed' && step.at === clock.at(-1)?.at))
    return refuse('clock-not-running', 'expected a limit that has not passed; an extension comes before its end');
  const comment = { comment: reason.normalize('NFC'), ...(agreement && { agreement: agreement.normalize('NFC') }) };
  return {
    ok: true,
    events: [
      { type: 'ClockExtended', data: { extension: name, limit, ...(date && { date }) }, secret: comment },
      ...(date ? noticeOf(platform, standing, 'extended') : []),
    ],
  };
}

type Extension = NonNullable<Standing['procedure']['clock']['extend']>[number];

/** The extension as the procedure's law has it, if all that it needs is there. */
async function lawfulExtension(
  { loaded: { dossier }, procedure, evaluator }: Standing,
  { extension: name, agreement, by }: ExtendClock,
): Promise<Extension | Refused> {
  const known = procedure.clock.extend ?? [];
  const extension = known.find(({ id }) => id === name);
  if (!extension) {
    const lawful = known.map(({ id }) => id).join(', ') || 'none';
    return refuse('extension-unlawful', `expected an extension that the procedure knows (${lawful}), got ${name}`);
  }
  const refused = refuseUnlessCompetent(dossier, procedure, by) ?? refuseUnlessRunning(dossier);
  if (refused) return refused;
  const taken = dossier.clock.filter(({ kind, cause }) => kind === 'extend' && cause === name).length;
  if (taken >= extension.times)
    return refuse('extension-unlawful', `extension ${name} may be taken ${extension.times} times, and has been`);
  if (extension.when !== undefined && !(await evaluator.test(extension.when)))
    return refuse('extension-unlawful', `extension ${name}: its condition does not hold`);
  if (extension.needs === 'agreement' && !agreement?.trim())
    return refuse('extension-unlawful', `extension ${name} needs the applicant's agreement`, [
      { at: '/agreement', expected: 'where the agreement stands' },
    ]);
  return extension;
}

/** The clock of a dossier is moved only by the unit that decides it, in a role that examines, inspects or decides. */
export function refuseUnlessCompetent(d: Dossier, procedure: Procedure, by: OfficialActor): Refused | undefined {
  if (d.unit !== by.unit)
    return refuse('wrong-unit', `expected an official of unit ${d.unit ?? 'none'}, acted in ${by.unit}`);
  if (decidingRoles(procedure).has(by.role)) return undefined;
  return refuse('wrong-role', `expected a role that decides in this procedure, acted as ${by.role}`);
}

/** A clock that has not begun, or has ended, is neither extended nor paused. */
export function refuseUnlessRunning(d: Dossier): Refused | undefined {
  if (d.promise !== null && !hasEnded(d) && d.settled === null) return undefined;
  return refuse('clock-not-running', 'expected a clock that has begun and has not ended');
}
