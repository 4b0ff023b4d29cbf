import { isHeld, refuseClosed } from '../../domain/dossier/commands/tasks.ts';
import { type Dossier, isBeside, type TaskState } from '../../domain/dossier/state.ts';
import { isOpen, lastDayOf } from '../../domain/dossier/project.ts';
import { inLanguage } from '../../domain/localised-text.ts';
import { writeValue } from '../../domain/template/write-value.ts';
import type { KeptLink } from '../../domain/ports/links.ts';
import type { Actor } from '../../schemas/actor.ts';
import { refuse, type Refusal, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { stageOf } from '../stages/standing.ts';
import { decide } from '../tasks/decide.ts';
import { recordRefusal } from '../tasks/record-refusal.ts';
import { bearerOf, capacityIn, digestOf, untilWord } from './bearer.ts';
import { deciderBy, whereItLeads } from './issue-link.ts';
import type { AskedPage } from './page.ts';
import type { PageLanguage } from './words.ts';

const LATENESS_TITLE = { vi: 'Hồ sơ quá hạn', en: 'A late dossier' };

/** A link that may be followed now, and who would decide by it. */
export interface OpenLink {
  kept: KeptLink;
  dossier: Dossier;
  task: TaskState;
  by: Extract<Actor, { kind: 'official' }>;
}

/** Why a link leads nowhere: wrong, over, handed on, of somebody who may not now, or for what a link cannot decide. */
export type Shut = 'unknown' | 'expired' | 'decided' | 'handedOn' | 'refused' | 'console';

/** With what stands already, or the rule. */
export interface ShutLink {
  shut: Shut;
  refusal?: Refusal | undefined;
  /** The task to which it led. */
  kept?: KeptLink | undefined;
}

/** What stands behind a token, by the organisation of this very moment. Looking changes nothing, however often and by whom: mail scanners follow links. */
export async function openLink(
  platform: Platform,
  catalogue: Catalogue,
  token: string,
): Promise<{ ok: true; link: OpenLink } | ({ ok: false } & ShutLink)> {
  const kept = await platform.links.get(digestOf(token));
  const loaded = kept && (await platform.cache.load(kept.task.split('.')[0] ?? '', platform.store, platform.masterKey));
  const task = kept && loaded?.dossier.tasks[kept.task];
  if (!task) return { ok: false, shut: 'unknown' };
  if (!isOpen(task)) return { ok: false, shut: 'decided', refusal: refuseClosed(task)?.refusal };
  if (platform.clock.now() >= kept.until) return { ok: false, shut: 'expired' };
  if (!isHeld(task, kept.link)) return { ok: false, shut: 'handedOn' };
  const { dossier } = loaded;
  const bearer = await bearerOf(platform, catalogue, { dossier, task, kept });
  const leads = bearer.ok ? await whereItLeads(catalogue, { dossier, task }, bearer.by) : bearer;
  if (!leads.ok) return { ok: false, shut: 'refused', refusal: leads.refusal, kept };
  if (!bearer.ok || leads.to === 'console') return { ok: false, shut: 'console', kept };
  return { ok: true, link: { kept, dossier, task, by: bearer.by } };
}

/** What the page says of it. */
export async function askedOf(
  platform: Platform,
  catalogue: Catalogue,
  { dossier, task, by, kept }: OpenLink,
  language: PageLanguage,
): Promise<Omit<AskedPage, 'errors'>> {
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const { title } = isBeside(task.kind) ? { title: LATENESS_TITLE } : stageOf(procedure, task.stage);
  const organisation = await catalogue.directory.at(catalogue, platform.clock.now());
  const { timeZone } = await catalogue.calendarOf(dossier.unit ?? dossier.receivingUnit);
  const due = lastDayOf(dossier, task);
  const official = organisation.official(by.id);
  if (!official) throw new Error(`official ${by.id}: expected one whose authority was just judged`);
  return {
    procedure: inLanguage(procedure.title, language),
    code: dossier.code ?? dossier.reference,
    stage: title === undefined ? task.stage : inLanguage(title, language),
    capacity: await capacityIn(catalogue, organisation, { official, by }, language),
    due: due === null ? null : writeValue('due', due, 'date', { lang: language, timeZone }),
    until: untilWord(kept.until, language, timeZone),
    outcomes: task.outcomes,
  };
}

/**
 * Decides by a link, once: the decision's commit holds the link's id, and the same link cannot commit twice. Authority, and whether the link still holds, are
 * judged again inside it. A refusal leaves the link as it is: what was entered can be put right.
 */
export async function decideByLink(
  platform: Platform,
  catalogue: Catalogue,
  { kept, by }: OpenLink,
  entered: { outcome: string; comment: string },
): Promise<{ ok: true } | Refused> {
  const key = { scope: `link:${kept.link}`, key: 'decision', request: '', at: platform.clock.now() };
  const isUsed = async (): Promise<boolean> => (await platform.store.idempotent(key.scope, key.key)) !== undefined;
  const used = refuse('task-closed', 'the link was used already');
  if (await isUsed()) return used;
  const subject = (await platform.registry.get('official', kept.official))?.record.subject ?? '';
  const comment = entered.comment.trim();
  const { onBehalfOf: _, ...own } = by;
  const decided = await decide(
    platform,
    catalogue,
    kept.task,
    { by: own, subject, link: kept, idempotency: () => ({ ...key, status: 200, body: '' }) },
    {
      outcome: entered.outcome,
      ...(comment !== '' && { comment }),
      attachments: [],
      missing: [],
      ...(kept.instrument !== undefined && { onBehalfOf: kept.instrument }),
    },
  );
  if (decided.ok) return { ok: true };
  // Somebody with the same link was faster.
  if (await isUsed()) return used;
  await recordRefusedLink(platform, kept, decided.refusal);
  return decided;
}

/** Keeps in the record that somebody tried by a link what is not his, or not any more. */
export async function recordRefusedLink(platform: Platform, kept: KeptLink, { code, fault }: Refusal): Promise<void> {
  const { task, official, unit, role } = kept;
  await recordRefusal(platform, { task, code, fault, official, actor: deciderBy({ official, own: { unit, role } }) });
}
