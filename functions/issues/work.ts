import { newCopy } from '../../domain/dossier/commands/papers.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { numberRequestOf, openNumber } from '../../domain/dossier/numbers.ts';
import { RecordsDisagree, TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import { leaveStage } from '../../domain/dossier/commands/tasks.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { EventBody, EventData } from '../../schemas/events.ts';
import type { Issue } from '../../schemas/procedure/papers.ts';
import { decidedAt } from '../clock/extension.ts';
import { readDocument, writeDocument } from '../dossiers/documents.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { planLeaving } from '../stages/leaving.ts';
import { parkFor } from '../stages/park.ts';
import { type Standing, standingOf, stageOf } from '../stages/standing.ts';
import { affectEarlier } from './affect-earlier.ts';
import { awaitNumber } from './json-number.ts';
import { numberDrafted } from './kept-number.ts';
import { CONTAINER_MEDIA_TYPE } from './media-types.ts';
import { givePapers } from './give-papers.ts';
import { tellUnits } from './tell-units.ts';
import { openDispatches } from './dispatch-papers.ts';
import { drawPaper, issueOf, issuingUnit, paperData, sealCertificate, takeNumber, templateOf } from './make-paper.ts';
import { validityOf } from './validity.ts';

/**
 * Work on papers that is done after a commit, at least once: each kind finds in the record whether it was done already. What cannot be done at all
 * parks the dossier: a person sees why, and resuming it asks for the work again. Where no dossier waits for it, it is thrown and becomes a dead letter.
 */
export async function doWork(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  try {
    await work(platform, catalogue, row);
  } catch (error) {
    // A late dossier goes on, whatever becomes of the apology, and a result whatever becomes of its print.
    if (!(error instanceof TaskTerminal) || BESIDE.has(row.body['work'])) throw error;
    const { name, message } = error;
    const { loaded } = await appendSurely(platform, row.dossier, ({ dossier }) => parkFor(dossier, name, message));
    // One that has ended is not parked.
    if (loaded.dossier.stage === null) throw error;
  }
}

/** Work that no dossier waits for. */
const BESIDE: ReadonlySet<unknown> = new Set(['apology', 'outgoing']);

async function work(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { work: what, issue, stage, visit, copy = 1 } = row.body;
  if (what === 'make')
    await makeAutomatically(platform, catalogue, {
      dossier: row.dossier,
      issue: String(issue),
      stage: String(stage),
      copy: Number(copy),
    });
  else if (what === 'seal')
    await sealIssue(platform, catalogue, {
      dossier: row.dossier,
      issue: String(issue),
      stage: String(stage),
      visit: Number(visit),
    });
  else if (what === 'apology')
    await sealNumbered(
      platform,
      catalogue,
      { dossier: row.dossier, issue: String(issue) },
      (standing) => noticeOf(platform, standing, 'apology'),
      ({ dossier }) => dossier.issues[String(issue)]?.copy === Number(copy),
    );
  else if (what === 'outgoing') {
    await openDispatches(platform, catalogue, row.dossier);
    await givePapers(platform, catalogue, row.dossier);
    await tellUnits(platform, catalogue, row.dossier);
  } else if (what === 'number') await awaitNumber(platform, catalogue, row);
  else if (what === 'effect') await affectEarlier(platform, catalogue, { dossier: row.dossier, stage: String(stage) });
  else throw new Error(`outbox ${row.id}: unknown work ${String(what)}`);
}

/** A paper that no person signs, such as the receipt: drawn, numbered and sealed under the law that allows it. */
async function makeAutomatically(platform: Platform, catalogue: Catalogue, work: Making): Promise<void> {
  await numberIssue(platform, catalogue, work);
  await sealNumbered(platform, catalogue, work, (standing) => {
    const { kind } = stageOf(standing.procedure, work.stage);
    // Receipts go out with their notice; other papers wait for the notify stage that delivers them.
    if (kind === 'receive') return noticeOf(platform, standing, 'accepted');
    return kind === 'pay' ? noticeOf(platform, standing, 'paid', work.issue) : [];
  });
}

interface Making {
  dossier: string;
  issue: string;
  stage: string;
  /** Which copy is to be made: one that is there is not made again. */
  copy: number;
}

async function numberIssue(platform: Platform, catalogue: Catalogue, work: Making): Promise<void> {
  const now = platform.clock.now();
  await appendSurely(platform, work.dossier, async (loaded) => {
    if ((loaded.dossier.issues[work.issue]?.copy ?? 0) >= work.copy)
      return { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
    const { copy, voided } = newCopy(loaded.dossier, work.issue);
    const standing = await standingOf(catalogue, loaded, now);
    const paper = await drawPaper(platform, catalogue, standing, work.issue);
    const drafted: EventBody = {
      type: 'IssueDrafted',
      data: { issue: work.issue, copy, stage: work.stage, ...paper },
    };
    if (issueOf(standing, work.issue).register === undefined)
      return { decision: { ok: true, events: [...voided, drafted] }, actor: { kind: 'platform' } };
    const taken = await takeNumber(platform, catalogue, standing, { name: work.issue, copy });
    return {
      decision: { ok: true, events: [...voided, drafted, ...(taken ? [taken.event] : [])] },
      actor: { kind: 'platform' },
      numbers: taken?.numbers ?? [],
    };
  });
}

async function sealIssue(
  platform: Platform,
  catalogue: Catalogue,
  work: { dossier: string; issue: string; stage: string; visit: number },
): Promise<void> {
  await sealNumbered(
    platform,
    catalogue,
    work,
    () => [],
    ({ dossier }) => isOpenAt(dossier, work),
  );
  await appendSurely(platform, work.dossier, async (loaded) => {
    if (!isOpenAt(loaded.dossier, work)) return { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const plan = await planLeaving(platform, catalogue, standing, { stage: work.stage, outcome: 'signed' });
    if (plan.kind === 'refused') return parkFor(loaded.dossier, plan.refused.refusal.code, plan.refused.refusal.detail);
    if (plan.kind === 'park') return parkFor(loaded.dossier, 'NothingToDecideBy', plan.cause);
    // The limit was extended with the last signature; now there is a paper to tell it by.
    const told = decidedAt(standing.procedure, work.stage) ? noticeOf(platform, standing, 'extended') : [];
    return {
      decision: leaveStage(loaded.dossier, {
        ...plan,
        with: [...plan.with, ...told],
        stage: work.stage,
        visit: work.visit,
        outcome: 'signed',
        by: 'platform',
      }),
      actor: { kind: 'platform' },
      outbox: plan.outbox,
    };
  });
}

/** What was withdrawn, or sent elsewhere, while it waited for its seal gets none. */
function isOpenAt(dossier: Dossier, { stage, visit }: { stage: string; visit: number }): boolean {
  const state = dossier.stages[stage];
  return dossier.stage === stage && state?.left === null && state.visits === visit;
}

async function sealNumbered(
  platform: Platform,
  catalogue: Catalogue,
  work: { dossier: string; issue: string },
  more: (standing: Standing) => EventBody[],
  isWanted: (loaded: Loaded) => boolean = () => true,
): Promise<void> {
  await numberDrafted(platform, catalogue, work, isWanted);
  await appendSurely(platform, work.dossier, async (loaded) => {
    const issue = loaded.dossier.issues[work.issue];
    if (!issue || issue.sealed || !isWanted(loaded))
      return { decision: { ok: true, events: [] }, actor: { kind: 'platform' } };
    // Nothing is sealed before its number is there.
    if (openNumber(loaded.dossier, numberRequestOf(work.dossier, { issue: work.issue, copy: issue.copy })))
      throw new TaskRetryable(`issue ${work.issue}: its number is on the way`);
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const paper = issue.document === null ? undefined : await readDocument(platform, loaded, issue.document);
    if (!paper) throw new RecordsDisagree(`issue ${work.issue} of dossier ${work.dossier}: its document is missing`);
    const unit = await issuingUnit(catalogue, loaded.dossier, issue.number?.unit);
    const { automatic } = issueOf(standing, work.issue);
    const sealed = await platform.papers.applySeal(paper, {
      unit: unit.id,
      template: templateOf(standing, work.issue),
      data: await paperData(platform, catalogue, standing, work.issue, standing.now),
      agency: unit.name,
      at: standing.now,
      ...(automatic !== undefined && { automatic: String(automatic) }),
    });
    const document = await writeDocument(platform, { id: loaded.dossier.id, key: loaded.key }, sealed);
    const valid = await validityOf(standing, work.issue, standing.now);
    const event: EventBody = {
      type: 'IssueSealed',
      data: {
        issue: work.issue,
        copy: issue.copy,
        document,
        mediaType: issueOf(standing, work.issue).format === 'asice' ? CONTAINER_MEDIA_TYPE : 'application/pdf',
        unit: unit.id,
        ...goesTo(issueOf(standing, work.issue)),
        ...(valid && { valid }),
        certificate: await sealCertificate(platform, unit.id),
      },
    };
    return { decision: { ok: true, events: [event, ...more(standing)] }, actor: { kind: 'platform' } };
  });
}

/** Where a paper goes besides the applicant. Each is kept for him, whether `repository` is said or not. */
function goesTo({ to = [] }: Issue): Pick<EventData<'IssueSealed'>, 'printed' | 'to'> {
  const units = to.filter((name) => name !== 'repository' && name !== 'post');
  return { ...(to.includes('post') && { printed: true as const }), ...(units.length > 0 && { to: units }) };
}
