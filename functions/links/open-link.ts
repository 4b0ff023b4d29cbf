import { refuseClosed } from '../../domain/dossier/commands/tasks.ts';
import { type Dossier, isBeside, type TaskState } from '../../domain/dossier/state.ts';
import { isOpen } from '../../domain/dossier/project.ts';
import { inLanguage } from '../../domain/localised-text.ts';
import type { KeptLink } from '../../domain/ports/links.ts';
import type { Official, Appointment } from '../../schemas/organisation.ts';
import { refuse, type Refused, type Winner } from '../../schemas/refusals.ts';
import { appointmentToday, officialActor } from '../api/authentication.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { stageOf } from '../stages/standing.ts';
import { decide } from '../tasks/decide.ts';
import { recordRefusal } from '../tasks/record-refusal.ts';
import { BY_LINK } from './issue-link.ts';
import { digestOf } from './send-link.ts';
import type { AskedPage } from './page.ts';
import type { PageLanguage } from './words.ts';

const LATENESS_TITLE = { vi: 'Hồ sơ quá hạn', en: 'A late dossier' };

/** A link that may be followed now. */
export interface OpenLink {
  kept: KeptLink;
  dossier: Dossier;
  task: TaskState;
  official: Official;
  appointment: Appointment;
}

/** Why a link leads nowhere: wrong, over, or of somebody who may not any more. */
export type Shut = 'unknown' | 'expired' | 'decided' | 'refused';

/** What stands behind a token. Looking changes nothing, however often and by whom: mail scanners follow links. */
export async function openLink(
  platform: Platform,
  catalogue: Catalogue,
  token: string,
): Promise<{ ok: true; link: OpenLink } | { ok: false; shut: Shut; decided?: Winner }> {
  const kept = await platform.links.get(digestOf(token));
  const loaded = kept && (await platform.cache.load(kept.task.split('.')[0] ?? '', platform.store, platform.masterKey));
  const task = kept && loaded?.dossier.tasks[kept.task];
  if (!task) return { ok: false, shut: 'unknown' };
  if (!isOpen(task)) {
    const decided = refuseClosed(task)?.refusal.decided;
    return { ok: false, shut: 'decided', ...(decided && { decided }) };
  }
  if (platform.clock.now() >= kept.until) return { ok: false, shut: 'expired' };
  const official = (await platform.registry.get('official', kept.official))?.record;
  const appointment = official && (await appointmentToday(official, kept, { catalogue, now: platform.clock.now() }));
  if (!official || !appointment) return { ok: false, shut: 'refused' };
  return { ok: true, link: { kept, dossier: loaded.dossier, task, official, appointment } };
}

/** What the page says of it. */
export async function askedOf(
  catalogue: Catalogue,
  { dossier, task, official, kept }: OpenLink,
  language: PageLanguage,
): Promise<Omit<AskedPage, 'errors'>> {
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const { title } = isBeside(task.kind) ? { title: LATENESS_TITLE } : stageOf(procedure, task.stage);
  return {
    procedure: inLanguage(procedure.title, language),
    code: dossier.code ?? dossier.reference,
    stage: title === undefined ? task.stage : inLanguage(title, language),
    by: official.name,
    due: dossier.promise?.due ?? null,
    until: new Date(kept.until).toISOString(),
    outcomes: task.outcomes,
  };
}

/**
 * Decides by a link, once: the decision's commit holds the link's id, and the same link cannot commit twice. A refusal leaves the link as it is: what
 * was entered can be put right.
 */
export async function decideByLink(
  platform: Platform,
  catalogue: Catalogue,
  { kept, official, appointment }: OpenLink,
  entered: { outcome: string; comment: string },
): Promise<{ ok: true } | Refused> {
  const by = { ...officialActor(official, appointment, 'system'), via: BY_LINK };
  const key = { scope: `link:${kept.link}`, key: 'decision', request: '', at: platform.clock.now() };
  const isUsed = async (): Promise<boolean> => (await platform.store.idempotent(key.scope, key.key)) !== undefined;
  const used = refuse('task-closed', 'the link was used already');
  if (await isUsed()) return used;
  const comment = entered.comment.trim();
  const decided = await decide(
    platform,
    catalogue,
    kept.task,
    { by, subject: official.subject, idempotency: () => ({ ...key, status: 200, body: '' }) },
    { outcome: entered.outcome, ...(comment !== '' && { comment }), attachments: [], missing: [] },
  );
  if (decided.ok) return { ok: true };
  // Somebody with the same link was faster.
  if (await isUsed()) return used;
  const { code, fault } = decided.refusal;
  await recordRefusal(platform, { task: kept.task, code, fault, official: official.id, actor: by });
  return decided;
}
