import { randomUUID } from 'node:crypto';
import type { DossierSummary } from '../../schemas/api.ts';
import {
  codeOfDossier,
  type DossierDetail,
  documentsOf,
  dossierPage,
  type DossierRead,
  formInWords,
  historySection,
  readDossier,
  standingOfDossier,
} from '../dossier.ts';
import { button, choiceField, type Fault, onEnter, summaryList, tag, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { refusedPage } from '../refused.ts';
import { tellDate, tellInstant } from '../tell.ts';
import { longWords } from '../long-words.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { askedBanners, untilAndAfter } from './asked.ts';
import { begunSection, KEPT_DAYS, notesOf } from './begun-pages.ts';
import { forget } from './begun.ts';
import { qrCode } from './catalogue.ts';
import {
  type Answering,
  answering,
  askedFor,
  answerInWords,
  carriedDraft,
  draftCarried,
  isYesOrNo,
  longComment,
  keepAnswer,
  resumeAnswer,
  takeUpAnswer,
} from './kept-answer.ts';
import { overPage, refusedAnswer } from './over.ts';
import { paymentBanner } from './payment.ts';
import { ratingSection, SCORES } from './rating.ts';
import { afterSending, sentBanner } from './sent.ts';
import { requestBanner } from './supplement.ts';
import { usesLink } from './uses.ts';
import { withdrawalLink } from './withdraw.ts';

type Sent = Readonly<Record<string, unknown>>;
type AskedTask = DossierDetail['tasks'][number];

/** The applicant's dossiers, and what is asked of him. */
export async function minePage(visit: Visit): Promise<Response> {
  const { t, api, c } = visit;
  const after = c.req.query('after') ?? '';
  const listed = await api.get<{ items: Omit<DossierSummary, 'channel'>[]; next?: string }>(
    `/dossiers?limit=25${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
  );
  if (!listed.ok) return refusedPage(visit, listed.problem);
  const { items, next } = listed.body;
  const names = new Names(visit);
  const rows = await Promise.all(
    items.map(async (item) => {
      const pinned = await visit.parts.catalogue.pinned(item.procedure, item.version);
      const waits = item.status.business === 'awaiting-applicant' || item.status.business === 'awaiting-payment';
      return html`<li>
        <h2 class="govuk-heading-s">
          <a class="govuk-link" href="${AT}/mine/${item.id}"
            >${names.text(pinned.procedure.title)} – ${item.code ?? item.reference}</a
          >
        </h2>
        <p class="govuk-body">
          ${item.result === null ? (t.statuses[item.status.business] ?? item.status.business) : (t.results[item.result] ?? item.result)}
          ${when(waits, () => tag(t.mine.waitsForYou, 'yellow'))}
        </p>
        <p class="govuk-body">
          ${item.result === null && item.due !== null ? html`${t.dossier.due}: ${tellDate(t, item.due)}` : html`${t.dossier.submitted}: ${tellInstant(t, item.submitted)}`}
        </p>
      </li>`;
    }),
  );
  return page(visit, {
    title: t.nav.mine,
    at: 'mine',
    body: html`<h1 class="govuk-heading-l">${t.nav.mine}</h1>
      ${after === '' ? await begunSection(visit) : ''}
      ${
        rows.length === 0
          ? html`<p class="govuk-body">${t.mine.nothing}</p>`
          : html`<ul class="ot-work">
              ${rows}
            </ul>`
      }
      ${when(rows.length > 0, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/papers">${t.papers.heading}</a></p>`)}
      ${when(rows.length > 0, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/uses">${t.uses.heading}</a></p>`)}
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/mine?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}`,
  });
}

/** A dossier as its applicant follows it. */
export async function ownDossierPage(
  visit: Visit,
  id: string,
  { faults = [], notes = [], sent = {} }: { faults?: readonly Fault[]; notes?: string[]; sent?: Sent } = {},
): Promise<Response> {
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  return dossierPage(visit, {
    pinned: read.pinned,
    code: codeOfDossier(read.detail),
    at: 'mine',
    back: `${AT}/mine`,
    faults,
    body: html`${sentBanner(visit, read)} ${notesOf({ notes })} ${requestBanner(visit, read)}
    ${askedBanners(visit, read)} ${await paymentBanner(visit, read)}
    ${await Promise.all(askedTasks(read).map((task) => askedForm(visit, read, task, { faults, sent })))}
    ${resultLink(visit, read)} ${await standingOfDossier(visit, read)}
    ${ratingSection(visit, read, { faults, sent, once: randomUUID() })} ${await historySection(visit, read)}
    ${formInWords(visit, read)} ${documentsOf(visit, read)} ${usesLink(visit, read.detail)}
    ${withdrawalLink(visit, read)}`,
  });
}

function resultLink({ t }: Visit, { detail }: DossierRead): Content {
  return when(
    detail.status.delivery !== 'none',
    () =>
      html`<p><a class="govuk-button" href="${AT}/mine/${detail.id}/result">${t.dossier.download}</a></p>
        <p class="govuk-body">
          <a class="govuk-link" href="${AT}/mine/${detail.id}/evidence">${t.dossier.evidence}</a>
        </p>
        <p class="govuk-hint">${t.dossier.evidenceHint}</p>`,
  );
}

function askedTasks(read: DossierRead): AskedTask[] {
  return read.detail.tasks.filter(({ party, id }) => party !== null && isYesOrNo(askedFor(read, id)));
}

/** Until when; where no answer goes the same way as a yes, that it does. */
function untilAndSilence(visit: Visit, read: DossierRead, name: string): Content {
  const { t } = visit;
  const stage = read.pinned.procedure.stages[name];
  const then = stage?.kind === 'ask' ? stage.then : undefined;
  const until = read.detail.stages[name]?.until;
  if (until == null || then?.['expired'] !== then?.['answered']) return untilAndAfter(visit, read, name);
  return html`<p class="govuk-body">${t.mine.silence(tellInstant(t, until))}</p>`;
}

async function askedForm(
  visit: Visit,
  read: DossierRead,
  task: AskedTask,
  { faults, sent }: { faults: readonly Fault[]; sent: Sent },
): Promise<Markup> {
  const { t } = visit;
  const names = new Names(visit);
  const kept = await resumeAnswer(visit, read, task.id);
  const isSent = sent['task'] === task.id;
  const text = (name: string): string =>
    isSent ? (typeof sent[name] === 'string' ? sent[name] : '') : (kept?.entered.get(name) ?? '');
  return html`<form class="ot-asked" method="post" action="${AT}/mine/${read.detail.id}/answer" novalidate>
    <h2 class="govuk-heading-m">${t.mine.asked}: ${names.stage(read.pinned, task.stage)}</h2>
    ${untilAndSilence(visit, read, task.stage)}
    ${when(read.detail.form && read.pinned.procedure.form, () => html`<p class="govuk-body"><a class="govuk-link" href="#form">${t.mine.toForm}</a></p>`)}
    ${when(kept && !isSent, () => notesOf(kept ?? { notes: [] }))} ${onEnter('check')} ${csrfField(visit)}
    <input type="hidden" name="task" value="${task.id}" />
    <input type="hidden" name="kept" value="${kept ? carriedDraft(kept) : 0}" />
    ${choiceField({
      id: 'outcome',
      name: 'outcome',
      label: t.mine.answer,
      hint: t.mine.readBelow,
      kind: 'radios',
      chosen: [text('outcome')],
      faults,
      t,
      choices: task.outcomes.map((value) => ({
        value,
        label: answerInWords(visit, value, askedFor(read, task.id)),
      })),
    })}
    ${textField({ id: 'comment', name: 'comment', label: t.mine.why, hint: t.mine.whyHint, value: text('comment'), rows: 3, faults, t })}
    <div class="govuk-button-group">
      ${button(t.mine.check, { name: 'step', value: 'check' })}
      ${button(t.drafts.save, { name: 'step', value: 'save', secondary: true })}
    </div>
    ${when(kept, () => html`<p class="govuk-hint">${t.drafts.saved(KEPT_DAYS)}</p>`)}
  </form>`;
}

/** An answer in two steps, as a decision; kept as it is typed. */
export async function answerStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const { t } = visit;
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  const given = answerIn(read, sent);
  const step = typeof sent['step'] === 'string' ? sent['step'] : '';
  const otherwise = await takeUpAnswer(visit, given);
  if (step === 'confirm' && !otherwise) return sendAnswer(visit, given);
  await keepAnswer(visit, given);
  const task = askedTasks(read).find((each) => each.id === given.task);
  if (!task) return overPage(visit, given, { sent: true });
  const said = { confirm: t.drafts.notSent, ...(given.draft.kept && { save: t.drafts.savedNow }) };
  const notes = [...given.notes, ...Object.entries(said).flatMap(([on, note]) => (on === step ? [note] : []))];
  if (otherwise || ['back', 'save', 'confirm'].includes(step)) return ownDossierPage(visit, id, { notes, sent });
  const faults = faultsOf(visit, task, given);
  if (faults.length > 0) return ownDossierPage(visit, id, { faults, notes, sent });
  return confirmAnswer(visit, task, given);
}

function answerIn(read: DossierRead, sent: Sent): Answering {
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  return answering(read, text('task'), {
    entered: new Map([
      ['outcome', text('outcome')],
      ['comment', text('comment')],
    ]),
    uploads: [],
    since: draftCarried(sent['kept']),
  });
}

function faultsOf({ t }: Visit, task: AskedTask, { entered }: Answering): Fault[] {
  const outcome = entered.get('outcome') ?? '';
  const faults: Fault[] = [];
  if (!task.outcomes.includes(outcome)) faults.push({ field: 'outcome', text: t.mine.choose });
  if (outcome === 'declined' && !entered.get('comment')) faults.push({ field: 'comment', text: t.mine.sayWhy });
  return [...faults, ...longComment(t, t.mine.why, { entered })];
}

/** Sends what was checked, once from wherever. Whatever is refused is kept. */
async function sendAnswer(visit: Visit, given: Answering): Promise<Response> {
  const { api, c } = visit;
  const { task, entered, once } = given;
  const { id } = given.read.detail;
  const comment = entered.get('comment') ?? '';
  const body = { outcome: entered.get('outcome'), ...(comment !== '' && { comment }) };
  const answered = await api.post(`/tasks/${encodeURIComponent(task)}/decision`, body, once);
  if (answered.ok) {
    await forget(visit, given);
    return c.redirect(afterSending(id, 'answer'), 303);
  }
  await keepAnswer(visit, given);
  const again = await readDossier(visit, id);
  const told = again.ok ? refusedAnswer(visit, { ...given, read: again.read }, answered.problem) : undefined;
  return told ?? refusedPage(visit, answered.problem, { back: `${AT}/mine/${id}` });
}

function confirmAnswer(visit: Visit, task: AskedTask, given: Answering): Promise<Response> {
  const { t } = visit;
  const { read, entered } = given;
  const [outcome, comment] = [entered.get('outcome') ?? '', entered.get('comment') ?? ''];
  return page(visit, {
    title: t.mine.confirmHeading,
    at: 'mine',
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.mine.confirmHeading}</h1>
      ${notesOf(given)}
      ${summaryList([
        {
          key: new Names(visit).stage(read.pinned, task.stage),
          value: answerInWords(visit, outcome, askedFor(read, task.id)),
        },
        ...(comment === '' ? [] : [{ key: t.mine.why, value: comment }]),
      ])}
      <form method="post" action="${AT}/mine/${read.detail.id}/answer" novalidate>
        ${csrfField(visit)} <input type="hidden" name="task" value="${task.id}" />
        <input type="hidden" name="outcome" value="${outcome}" />
        <input type="hidden" name="comment" value="${comment}" />
        <input type="hidden" name="kept" value="${carriedDraft(given)}" />
        <p class="govuk-body">${t.mine.once}</p>
        <div class="govuk-button-group">
          ${button(t.mine.send, { name: 'step', value: 'confirm' })}
          ${button(t.change, { name: 'step', value: 'back', secondary: true })}
        </div>
      </form>`,
  });
}

/** How it was, once: nothing follows from it, so it is not asked twice. */
export async function rateStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const { t, api, c } = visit;
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const [score, said] = [text('score'), text('said').replaceAll('\r\n', '\n')];
  const faults = [
    ...(SCORES.some((each) => each === score) ? [] : [{ field: 'score', text: t.rating.choose }]),
    ...longWords(visit, { field: 'said', label: t.rating.comment, words: said }),
  ];
  if (faults.length > 0) return ownDossierPage(visit, id, { faults, sent });
  const body = { score: Number(score), ...(said !== '' && { comment: said }) };
  const rated = await api.post(`/dossiers/${encodeURIComponent(id)}/rating`, body, text('once') || undefined);
  return rated.ok
    ? c.redirect(`${AT}/mine/${id}`, 303)
    : refusedPage(visit, rated.problem, { back: `${AT}/mine/${id}` });
}

/** The receipt of a submission: what to keep, and what comes next. */
export async function receivedPage(visit: Visit, id: string): Promise<Response> {
  const { t, api, parts } = visit;
  const detail = await api.get<DossierDetail>(`/dossiers/${encodeURIComponent(id)}`);
  if (!detail.ok) return refusedPage(visit, detail.problem, { back: `${AT}/mine` });
  const { reference, receivingUnit } = detail.body;
  const address = `${parts.publicUrl}${AT}/track?code=${reference}`;
  return page(visit, {
    title: t.received.heading,
    at: 'mine',
    body: html`<div class="govuk-panel govuk-panel--confirmation">
        <h1 class="govuk-panel__title">${t.received.heading}</h1>
        <div class="govuk-panel__body">${t.received.reference}<br /><strong>${reference}</strong></div>
      </div>
      <h2 class="govuk-heading-m">${t.received.next}</h2>
      <p class="govuk-body">${t.received.nextText(await new Names(visit).unit(receivingUnit))}</p>
      <p class="govuk-body"><a class="govuk-link" href="${AT}/mine/${id}">${t.received.follow}</a></p>
      <p class="govuk-body ot-break">${t.received.track} <a class="govuk-link" href="${address}">${address}</a></p>
      ${await qrCode(address, t.received.qr)}`,
  });
}
