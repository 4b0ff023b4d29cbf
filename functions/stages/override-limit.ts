import { judgeAuthority } from '../../domain/authority/judge-authority.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Extras, type Proposal } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { mostEntries } from '../../workflows/route.ts';
import { type Standing, standingOf } from './standing.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

export interface OverrideLimit {
  stage: string;
  reason: string;
  by: OfficialActor;
  /** The instrument by which the official acts, where the office is not his own. */
  onBehalfOf?: string | undefined;
  idempotency?: Extras['idempotency'] | undefined;
}

/**
 * Lets a stage be entered once more than the procedure allows - a second supplement, say - by the office that its law names, with a reason that stands in
 * the record. It is judged when the limit has been reached, and each time anew.
 */
export async function overrideLimit(
  platform: Platform,
  catalogue: Catalogue,
  id: string,
  command: OverrideLimit,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const appended = await append(platform, id, async (loaded): Promise<Proposal> => {
    const { idempotency } = command;
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const proposed = await propose(catalogue, standing, command);
    return { ...proposed, ...(idempotency && { idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

async function propose(
  catalogue: Catalogue,
  standing: Standing,
  { stage: name, reason, by, onBehalfOf }: OverrideLimit,
): Promise<Proposal> {
  const { dossier } = standing.loaded;
  const limit = limitOf(standing, name);
  if (!limit)
    return no(
      by,
      'override-unlawful',
      `expected a stage whose limit the procedure lets somebody override, got ${name}`,
    );
  if (reason.trim() === '')
    return no(by, 'reason-missing', 'an override needs a written reason', [
      { at: '/reason', expected: 'a written reason' },
    ]);
  const organisation = await catalogue.directory.at(catalogue, standing.now);
  const judged = judgeAuthority(
    organisation,
    { official: by.id, unit: by.unit, role: by.role, instrument: onBehalfOf },
    { unit: dossier.unit ?? '', role: limit.by, procedure: dossier.procedure, stage: name, step: 'decision' },
  );
  if (!judged.ok) return { decision: judged, actor: by };
  if (dossier.parked || dossier.settled !== null || dossier.status === 'closed')
    return no(by, 'wrong-status', 'expected a dossier in process');
  const { visits, allowed } = limit;
  if (visits < allowed)
    return no(
      by,
      'wrong-status',
      `expected stage ${name} to have been entered ${allowed} times, it was ${visits} times`,
    );
  const actor = { ...by, ...(judged.onBehalfOf && { onBehalfOf: judged.onBehalfOf }) };
  const secret = { comment: reason.normalize('NFC') };
  const event = { type: 'LimitOverridden' as const, data: { stage: name, visit: visits + 1 }, secret };
  return { decision: { ok: true, events: [event] }, actor };
}

/** How often a stage was entered and may be, and who may let it be once more; `undefined` where the law lets nobody. */
function limitOf(
  { procedure, loaded: { dossier } }: Standing,
  name: string,
): { by: string; visits: number; allowed: number } | undefined {
  const stage = procedure.stages[name];
  const times = stage && 'times' in stage ? stage.times : undefined;
  const override = typeof times === 'object' ? times.override : undefined;
  if (times === undefined || !override) return undefined;
  const allowed = mostEntries(times) + (dossier.overridden[name] ?? 0);
  return { by: override.by, visits: dossier.stages[name]?.visits ?? 0, allowed };
}

function no(actor: OfficialActor, ...refusal: Parameters<typeof refuse>): Proposal {
  return { decision: refuse(...refusal), actor };
}
