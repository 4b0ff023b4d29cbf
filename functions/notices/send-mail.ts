import { noticeDelivered, noticeFailed } from '../../domain/dossier/commands/notices.ts';
import { stageHolding } from '../../domain/dossier/fold-clock.ts';
import { isOpen } from '../../domain/dossier/project.ts';
import { signedAt } from '../../domain/dossier/papers-out.ts';
import { type Dossier, type IssueState, lastAskedFor, LATENESS } from '../../domain/dossier/state.ts';
import { inLanguage } from '../../domain/localised-text.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import { writeValue } from '../../domain/template/write-value.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { movedBy } from '../clock/moved-by.ts';
import { trackingAddress } from '../dossiers/codes.ts';
import { readDocument } from '../dossiers/documents.ts';
import { lastReason } from '../dossiers/last-reason.ts';
import { fileEndingOf } from '../issues/media-types.ts';
import { apologyFacts } from '../lateness/apology.ts';
import { receivedFor } from '../payments/receipt.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import { loadAtLeast, type Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';
import { contactOf } from './notice.ts';
import { type NoticeFacts, type NoticeLanguage, type NoticeName, writeNotice } from './texts.ts';
import { digitsOf, inWholeUnits } from '../../domain/payments/whole-units.ts';

/** Sends one notice and records that it went out. Sent twice it has the same message id. One that had been given up is sent too: it was asked for again. */
export async function sendMail(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const message = String(row.body['message']);
  const loaded = await loadAtLeast(platform, row.dossier, ({ dossier }) => dossier.notices[message] !== undefined);
  const notice = loaded?.dossier.notices[message];
  const contact = loaded && contactOf(loaded);
  if (!loaded || !notice || notice.status === 'delivered' || contact === undefined) return;
  const about = notice.child === undefined ? loaded : await childOf(platform, notice.child);
  const name = notice.notice as NoticeName;
  const { procedure } = await catalogue.pinned(about.dossier.procedure, about.dossier.procedureVersion);
  const attachments = await attachmentsOf(
    platform,
    about,
    papersOf(procedure, about.dossier, { name, issue: notice.issue }),
  );
  const { language } = contact;
  // He follows the dossier that he handed in; what he pays names the one in which it is owed.
  const { code, reference } = (name === 'payment' || name === 'paid' ? about : loaded).dossier;
  const facts = {
    ...(await factsOf(catalogue, about, {
      name,
      issue: notice.issue,
      language,
      attached: attachments.length > 0,
      now: platform.clock.now(),
    })),
    code: code ?? reference,
  };
  const link = trackingAddress(platform.config.publicUrl, facts.code);
  const { how } = await platform.notifier.send({
    id: message,
    to: contact.email,
    ...writeNotice(name, language, facts, { link, head: loaded.dossier.hash }),
    attachments,
  });
  // The child first: asked again for a notice that is delivered, nothing is done.
  for (const id of new Set([about.dossier.id, row.dossier]))
    await appendSurely(platform, id, ({ dossier }) => ({
      decision: noticeDelivered(dossier, { message, how, hasResult: name === 'result' && id === about.dossier.id }),
      actor: { kind: 'platform' },
    }));
}

/** The dossier of which the applicant is told by the one that opened it. */
async function childOf({ cache, store, masterKey }: Platform, id: string): Promise<Loaded> {
  const child = await cache.load(id, store, masterKey);
  if (!child) throw new TaskRetryable(`child ${id}: expected the dossier that a notice is about`);
  return child;
}

/** A notice that is given up: the record says so, and an official sees that the applicant does not know. */
export async function recordFailedMail(platform: Platform, row: OutboxRow, reason: string): Promise<void> {
  const message = String(row.body['message']);
  await appendSurely(platform, row.dossier, ({ dossier }) => ({
    decision: noticeFailed(dossier, { message, reason }),
    actor: { kind: 'platform' },
  }));
}

async function factsOf(
  catalogue: Catalogue,
  loaded: Loaded,
  {
    name,
    issue,
    language,
    attached,
    now,
  }: { name: NoticeName; issue: string | undefined; language: NoticeLanguage; attached: boolean; now: number },
): Promise<Omit<NoticeFacts, 'code'>> {
  const { dossier } = loaded;
  const { procedure, calendar } = await standingOf(catalogue, loaded, now);
  const written = { lang: language, timeZone: calendar.timeZone };
  const state = dossier.stage === null ? undefined : dossier.stages[dossier.stage];
  return {
    title: inLanguage(procedure.title, language),
    due:
      dossier.promise && !(name === 'amended' && stageHolding(dossier) !== undefined)
        ? writeValue('due', dossier.promise.due, 'date', written)
        : undefined,
    until:
      state?.left === null && state.until !== null ? writeValue('until', state.until, 'dateTime', written) : undefined,
    visit: visitOf(dossier, written),
    reason: await reasonOf(catalogue, loaded, { name, language, procedure, calendar: calendar.id }),
    moved: movedInWords(dossier, procedure, language),
    asked: lastAskedFor(dossier).map((name) =>
      inLanguage(procedure.documents?.[name]?.title ?? { vi: name }, language),
    ),
    owed: Object.entries(dossier.fees)
      .filter(([, { exempt, amount, paid }]) => !exempt && amount.value > 0 && paid === null)
      .map(([fee, { amount }]) => `${feeTitle(procedure, fee, language)} ${tellAmount(amount, written)}`),
    paid: issue === undefined ? undefined : paidFor(procedure, dossier, issue, written),
    result: dossier.result ?? undefined,
    expiring: issue === undefined ? undefined : expiringOf(procedure, dossier, issue, written),
    attached,
  };
}

function movedInWords(dossier: Dossier, procedure: Procedure, language: NoticeLanguage): NoticeFacts['moved'] {
  const moved = movedBy(dossier, procedure);
  return moved && { ...moved, title: moved.title[language] };
}

/** Why he is told this. */
async function reasonOf(
  catalogue: Catalogue,
  loaded: Loaded,
  about: { name: NoticeName; language: NoticeLanguage; procedure: Procedure; calendar: string },
): Promise<string | undefined> {
  const { name, language, procedure, calendar } = about;
  if (name === 'apology') return apologyFacts(loaded, procedure)?.reason;
  if (name !== 'amended') return lastReason(loaded);
  const { amends } = (await catalogue.calendars()).find(({ id }) => id === calendar) ?? {};
  return amends && inLanguage(amends.reason, language);
}

function feeTitle({ fees }: Procedure, fee: string, language: NoticeLanguage): string {
  return inLanguage(fees?.[fee]?.title ?? { vi: fee }, language);
}

function tellAmount(amount: Amount, { lang }: Parameters<typeof writeValue>[3]): string {
  const digits = digitsOf(amount.currency);
  const format = new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${format.format(inWholeUnits(amount))} ${amount.currency}`;
}

/** The sum of which a paper is the receipt. */
function paidFor(
  procedure: Procedure,
  dossier: Dossier,
  issue: string,
  written: Parameters<typeof writeValue>[3],
): string | undefined {
  const received = receivedFor(procedure, dossier, issue);
  return received && tellAmount(received.sum, written);
}

function expiringOf(
  procedure: Procedure,
  { issues }: Dossier,
  issue: string,
  written: Parameters<typeof writeValue>[3],
): NoticeFacts['expiring'] {
  const { number, sealed } = issues[issue] ?? {};
  if (!sealed?.valid) return undefined;
  return {
    title: inLanguage(procedure.issues?.[issue]?.title ?? procedure.title, written.lang),
    number: number?.text,
    until: writeValue('until', sealed.valid.until, 'date', written),
  };
}

/** From when on the site is inspected, where the dossier waits for that. */
function visitOf({ tasks }: Dossier, written: Parameters<typeof writeValue>[3]): string | undefined {
  const visit = Object.values(tasks).find((task) => task.notBefore !== undefined && isOpen(task));
  return visit?.notBefore === undefined ? undefined : writeValue('visit', visit.notBefore, 'dateTime', written);
}

async function attachmentsOf(
  platform: Platform,
  loaded: Loaded,
  wanted: readonly (readonly [string, IssueState])[],
): Promise<{ fileName: string; mediaType: string; bytes: Uint8Array }[]> {
  const files = await Promise.all(
    filesOf(wanted).map(async ({ issue, mediaType, document }) => {
      const bytes = await readDocument(platform, loaded, document);
      return bytes ? { fileName: `${issue}.${fileEndingOf(mediaType)}`, mediaType, bytes } : undefined;
    }),
  );
  return files.filter((file) => file !== undefined);
}

/** Each sealed paper; of a container the PDF in it too, for whoever has no software for containers. */
function filesOf(
  wanted: readonly (readonly [string, IssueState])[],
): { issue: string; mediaType: string; document: string }[] {
  return wanted.flatMap(([issue, { sealed, readable }]) => [
    ...(sealed ? [{ issue, mediaType: sealed.mediaType, document: sealed.document }] : []),
    ...(sealed && readable !== undefined ? [{ issue, mediaType: 'application/pdf', document: readable }] : []),
  ]);
}

/** What goes along: receipts, the papers that a result hands over, or what was signed to ask or to announce. */
function papersOf(
  { stages, clock }: Procedure,
  dossier: Dossier,
  { name, issue }: { name: NoticeName; issue: string | undefined },
): [string, IssueState][] {
  const sealed = Object.entries(dossier.issues).filter(([, state]) => state.sealed !== null);
  const cameFrom = dossier.stage === null ? null : dossier.stages[dossier.stage]?.from;
  const before = signedAt(dossier, stages, cameFrom);
  const delivered = Object.values(stages).flatMap((stage) => (stage.kind === 'notify' ? (stage.deliver ?? []) : []));
  switch (name) {
    case 'accepted':
      return sealed.filter(([, { stage }]) => dossier.stages[stage]?.kind === 'receive');
    case 'supplement':
    case 'inspection':
      return sealed.filter(([each]) => before.includes(each));
    case 'extended':
      return sealed.filter(([, { stage }]) => clock.extend?.some(({ at }) => at === stage));
    case 'apology':
      return sealed.filter(([, { stage }]) => stage === LATENESS);
    case 'paid':
      return sealed.filter(([each]) => each === issue);
    case 'result':
      return sealed.filter(([issue]) => delivered.includes(issue));
    default:
      return [];
  }
}
