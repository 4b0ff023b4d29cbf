import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { decidingRoles } from '../stages/deciding-roles.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { extendedBy, type Extension } from './extension.ts';

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
  const { reason, agreement } = command;
  const extension = takenBy(standing, command);
  if ('ok' in extension) return extension;
  const extended = await extendedBy(standing, extension);
  if (!extended.ok) return extended;
  if (extension.needs === 'agreement' && !agreement?.trim())
    return refuse('extension-unlawful', `extension ${extension.id} needs the applicant's agreement`, [
      { at: '/agreement', expected: 'where the agreement stands' },
    ]);
  const secret = { comment: reason.normalize('NFC'), ...(agreement && { agreement: agreement.normalize('NFC') }) };
  return {
    ok: true,
    events: [{ ...extended.event, secret }, ...(extended.date ? noticeOf(platform, standing, 'extended') : [])],
  };
}

/** The extension of the procedure's law that an official may take by himself. */
function takenBy(
  { loaded: { dossier }, procedure }: Standing,
  { extension: name, by }: ExtendClock,
): Extension | Refused {
  const known = procedure.clock.extend ?? [];
  const extension = known.find(({ id }) => id === name);
  if (!extension) {
    const lawful = known.map(({ id }) => id).join(', ') || 'none';
    return refuse('extension-unlawful', `expected an extension that the procedure knows (${lawful}), got ${name}`);
  }
  if (extension.at !== undefined)
    return refuse('extension-unlawful', `extension ${name} is taken by the decision that is signed at ${extension.at}`);
  return refuseUnlessCompetent(dossier, procedure, by) ?? extension;
}

/** The clock of a dossier is moved only by the unit that decides it, in a role that examines, inspects or decides. */
export function refuseUnlessCompetent(d: Dossier, procedure: Procedure, by: OfficialActor): Refused | undefined {
  if (d.unit !== by.unit)
    return refuse('wrong-unit', `expected an official of unit ${d.unit ?? 'none'}, acted in ${by.unit}`);
  if (decidingRoles(procedure).has(by.role)) return undefined;
  return refuse('wrong-role', `expected a role that decides in this procedure, acted as ${by.role}`);
}
