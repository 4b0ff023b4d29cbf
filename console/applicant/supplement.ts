import { sentOf } from '../request.ts';
import { codeOfDossier, type DossierRead, readDossier } from '../dossier.ts';
import { enteredFrom, enteredOf, idOf, readAnswers, withRow } from '../forms/answers.ts';
import { renderQuestions, sectionsOf } from '../forms/render.ts';
import { FormReader, type Question } from '../forms/schema.ts';
import { banner, button, type Fault, onEnter, type Row, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { KEPT_DAYS, notesOf } from './begun-pages.ts';
import { draftOf, forget, standsOn } from './begun.ts';
import { unsaidIn } from './evidence.ts';
import { fileField, handedIn, missingFile, takeFiles, togetherHint, uploadFields } from './files.ts';
import {
  type Answering,
  answering,
  answeringOf,
  carriedDraft,
  draftCarried,
  longComment,
  keepAnswer,
  lateSupplements,
  resumeAnswer,
  takeUpAnswer,
} from './kept-answer.ts';
import { overPage, refusedAnswer } from './over.ts';
import { afterSending } from './sent.ts';
import { ownPapers } from './papers.ts';
import { uploadScript } from './upload-script.ts';

type Sent = Readonly<Record<string, unknown>>;

/** What the authority asks for: documents, and parts of the form. */
interface Request {
  task: string;
  documents: string[];
  parts: string[];
  reason: string | undefined;
  until: string | undefined;
}

/** The supplement that is asked for now, and why. */
export function requestOf({ detail, pinned, events }: DossierRead): Request | undefined {
  const task = detail.tasks.find(({ party, stage }) => {
    const found = pinned.procedure.stages[stage];
    return party !== null && found?.kind === 'ask' && found.for === 'supplement';
  });
  if (!task) return undefined;
  const asked = events.findLast(({ event }) => event.type === 'TaskDecided' && event.data['outcome'] === 'incomplete');
  const missing = Array.isArray(asked?.event.data['missing']) ? (asked.event.data['missing'] as string[]) : [];
  const isDocument = (name: string): boolean => pinned.procedure.documents?.[name] !== undefined;
  return {
    task: task.id,
    documents: missing.filter(isDocument),
    parts: missing.filter((name) => !isDocument(name)),
    reason: asked?.comment,
    until: detail.stages[task.stage]?.until ?? undefined,
  };
}

/** At the head of the dossier: that something is asked for, why, until when, and where to give it. */
export function requestBanner(visit: Visit, read: DossierRead): Content {
  const { t } = visit;
  const request = requestOf(read);
  return when(request, () =>
    banner(
      t.supplement.heading,
      html`<p class="govuk-notification-banner__heading">${askedNames(visit, read, request)}</p>
        ${when(request?.reason, () => html`<p class="govuk-body">${t.history.reason(request?.reason ?? '')}</p>`)}
        ${when(request?.until, () => html`<p class="govuk-body">${t.supplement.until(tellInstant(t, request?.until ?? ''))}</p>`)}
        <p class="govuk-body">
          <a class="govuk-notification-banner__link" href="${AT}/mine/${read.detail.id}/supplement"
            >${t.supplement.give}</a
          >
        </p>`,
    ),
  );
}

function askedNames(visit: Visit, { pinned }: DossierRead, request: Request | undefined): string {
  const names = new Names(visit);
  const asked = [...(request?.documents ?? []), ...(request?.parts ?? [])];
  return asked.map((name) => names.component(pinned, name)).join(', ');
}

export async function supplementPage(visit: Visit, id: string): Promise<Response> {
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  const request = requestOf(read);
  const [earlier] = await lateSupplements(visit, read);
  if (!request) {
    const last = earlier && (await draftOf(visit, earlier.id));
    if (last) return overPage(visit, answeringOf(visit, read, last));
    // What is asked instead is answered on the page of the dossier.
    const asksElse = read.detail.tasks.some(({ party }) => party !== null);
    return asksElse ? visit.c.redirect(`${AT}/mine/${id}`, 303) : notFoundPage(visit);
  }
  const fresh = { entered: enteredFrom(read.detail.form ?? {}), uploads: [], since: { revision: 0 } };
  const kept = await resumeAnswer(visit, read, request.task);
  return showForm(visit, request, kept ? fitting(visit, request, kept) : answering(read, request.task, fresh), {
    ...(earlier && { earlier: earlier.id }),
  });
}

/** Where the form asks otherwise since, as after a move to a newer version: what has no question any more is named. */
function fitting(visit: Visit, request: Request, kept: Answering): Answering {
  const isAsked = standsOn(questionsOf(visit, kept.read, request).map(({ at }) => at));
  const left = [...kept.entered].filter(([name, text]) => name.startsWith('/') && text !== '' && !isAsked(name));
  const { documents = {} } = kept.read.pinned.procedure;
  const files = kept.uploads.filter(({ component }) => documents[component] === undefined);
  kept.uploads = kept.uploads.filter((each) => !files.includes(each));
  const told = [...left.map(([, text]) => text), ...files.map(({ name }) => name)];
  if (told.length > 0) kept.notes.push(visit.t.drafts.leftOut(told.join(', ')));
  return kept;
}

/** What is supplemented, kept as it is typed, checked and shown once more, then handed in. */
export async function supplementStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const task = text('task');
  const open = requestOf(read);
  const request = open?.task === task ? open : undefined;
  const { uploads, faults: refused } = await takeFiles(visit, read.pinned, sent);
  const given = answering(read, task, {
    entered: new Map([...enteredOf(sent), ['comment', text('comment')]]),
    uploads,
    since: draftCarried(sent['kept']),
  });
  const otherwise = await takeUpAnswer(visit, given);
  if (typeof sent['add'] === 'string') given.entered = withRow(given.entered, sent['add']);
  // What is over is answered by the API: a supplement sent twice gets the answer of the first.
  const isWhole = cannotBeSent(visit, given).length === 0;
  if (text('step') === 'confirm' && !otherwise && isWhole) return send(visit, request, given);
  await keepAnswer(visit, given);
  if (!request) return overPage(visit, given, { sent: true });
  return answerTo(visit, request, given, { step: text('step'), refused, otherwise, adds: sent['add'] !== undefined });
}

/** What no page of the check would let through. */
function cannotBeSent(visit: Visit, given: Answering): Fault[] {
  const { t } = visit;
  return [...unsaidIn(visit, given.read.pinned, given.uploads), ...longComment(t, t.supplement.comment, given)];
}

/** The next page of a supplement that is asked for still. */
function answerTo(
  visit: Visit,
  request: Request,
  given: Answering,
  { step, refused, otherwise, adds }: { step: string; refused: readonly Fault[]; otherwise: boolean; adds: boolean },
): Promise<Response> {
  const { t } = visit;
  if (step === 'confirm' && otherwise) given.notes.push(t.drafts.notSent);
  if (step === 'save' && given.draft.kept) given.notes.push(t.drafts.savedNow);
  if (adds || step === 'save') return showForm(visit, request, given, { faults: refused });
  if (step === 'back') return showForm(visit, request, given);
  const { form, faults: wrong } = formOf(visit, request, given);
  const missing = request.documents
    .filter((document) => !given.uploads.some(({ component }) => component === document))
    .map((document) => missingFile(visit, given.read.pinned, document))
    .filter(({ field }) => !refused.some((each) => each.field === field));
  const faults = distinct([...refused, ...missing, ...cannotBeSent(visit, given), ...wrong]);
  if (faults.length > 0 || step === 'confirm') return showForm(visit, request, given, { faults });
  return confirmPage(visit, request, given, form);
}

/** Hands in what was checked. Whatever is refused is kept, and shown again. */
async function send(visit: Visit, request: Request | undefined, given: Answering): Promise<Response> {
  const { api, c } = visit;
  const { id } = given.read.detail;
  const asked = request ?? { task: given.task, documents: [], parts: [], reason: undefined, until: undefined };
  const comment = given.entered.get('comment') ?? '';
  const body = {
    documents: handedIn(given.read.pinned, given.uploads),
    ...(formFields(given).length > 0 && { form: formOf(visit, asked, given).form }),
    ...(comment !== '' && { comment }),
    task: given.task,
  };
  const done = await api.post(`/dossiers/${encodeURIComponent(id)}/supplements`, body, given.once);
  if (done.ok) {
    await forget(visit, given);
    return c.redirect(afterSending(id, 'answer'), 303);
  }
  const { problem } = done;
  await keepAnswer(visit, given);
  const again = await readDossier(visit, id);
  const told = again.ok ? refusedAnswer(visit, { ...given, read: again.read }, problem) : undefined;
  if (told) return told;
  const faults = request && problem.status === 422 ? faultsOf(visit, request, given, problem.errors ?? []) : [];
  return request && faults.length > 0
    ? showForm(visit, request, given, { faults })
    : refusedPage(visit, problem, { back: `${AT}/mine/${id}/supplement` });
}

/** What the API finds wrong, at the fields of the page. A file that it does not take has to be chosen anew. */
function faultsOf(
  visit: Visit,
  { documents }: Request,
  given: Answering,
  errors: readonly { at: string; expected: string }[],
): Fault[] {
  const faults = errors.map(({ at, expected }): Fault => {
    if (at.startsWith('/form'))
      return { field: idOf(at.slice('/form'.length)), text: visit.t.refused['form-invalid'] ?? '' };
    const [, index] = /^\/\w+\/(\d+)/.exec(at) ?? [];
    const component = given.uploads[Number(index)]?.component ?? documents.find((each) => each === expected);
    given.uploads = given.uploads.filter((each) => each.component !== component);
    return missingFile(visit, given.read.pinned, component ?? documents[0] ?? '');
  });
  return distinct(faults);
}

/** One fault of each field, the first. */
function distinct(faults: readonly Fault[]): Fault[] {
  return faults.filter(({ field }, index) => faults.findIndex((each) => each.field === field) === index);
}

function formFields({ entered }: Answering): [string, string][] {
  return [...entered].filter(([name]) => name.startsWith('/'));
}

function readerOf(visit: Visit, { pinned }: DossierRead): FormReader {
  return new FormReader(pinned.definition, pinned.procedure.form ?? {}, visit.language, visit.units);
}

function questionsOf(visit: Visit, read: DossierRead, { parts }: Request): Question[] {
  return readerOf(visit, read)
    .questions(read.detail.form ?? {})
    .filter(({ at }) => parts.includes(at.slice(1)));
}

/** The form anew: what was declared, with the parts that were asked for as they are now. */
function formOf(visit: Visit, request: Request, { read, entered }: Pick<Answering, 'read' | 'entered'>) {
  const questions = questionsOf(visit, read, request);
  const { value, faults } = readAnswers(readerOf(visit, read), questions, entered, visit.t);
  return { form: { ...read.detail.form, ...value }, faults };
}

async function showForm(
  visit: Visit,
  request: Request,
  given: Answering,
  { faults = [], earlier }: { faults?: readonly Fault[]; earlier?: string } = {},
): Promise<Response> {
  const { t } = visit;
  const { read, entered, uploads, draft } = given;
  const { id } = read.detail;
  const reader = readerOf(visit, read);
  const action = `${AT}/mine/${id}/supplement`;
  const papers = request.documents.length > 0 ? await ownPapers(visit) : [];
  const sent = await sentOf(visit);
  const comment = entered.get('comment') ?? '';
  return page(visit, {
    title: t.supplement.heading,
    at: 'mine',
    back: `${AT}/mine/${id}`,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    ...(request.documents.length > 0 && { script: uploadScript(visit) }),
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.supplement.heading}</h1>
      ${when(request.reason, () => html`<div class="govuk-inset-text">${t.history.reason(request.reason ?? '')}</div>`)}
      ${when(request.until, () => html`<p class="govuk-body">${t.supplement.until(tellInstant(t, request.until ?? ''))}</p>`)}
      ${notesOf(given)}
      ${when(earlier, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/drafts/${earlier}">${t.drafts.earlier}</a></p>`)}
      <form method="post" action="${action}" enctype="multipart/form-data" novalidate>
        ${onEnter('check')} ${csrfField(visit)} ${carried(given)}
        ${when(request.documents.length > 0, () => togetherHint(visit))}
        ${request.documents.map((document) =>
          fileField(visit, read.pinned, {
            document,
            optional: false,
            known: uploads.find(({ component }) => component === document),
            faults,
            place: given.task,
            papers,
            sent,
          }),
        )}
        ${renderQuestions(questionsOf(visit, read, request), { t, reader, entered, faults, action })}
        ${textField({ id: 'comment', name: 'comment', label: `${t.supplement.comment} (${t.optional})`, value: comment, rows: 3, faults, t })}
        <div class="govuk-button-group">
          ${button(t.supplement.check, { name: 'step', value: 'check' })}
          ${button(t.drafts.save, { name: 'step', value: 'save', secondary: true })}
        </div>
      </form>
      ${when(draft.kept, () => html`<p class="govuk-hint">${t.drafts.saved(KEPT_DAYS)} ${uploads.length > 0 ? t.drafts.filesDay : ''}</p>`)}`,
  });
}

/** What goes from page to page: which task, the files that arrived, and the draft from which the page was drawn. */
function carried(given: Answering): Content {
  const { task, uploads } = given;
  return html`${uploadFields(uploads)} <input type="hidden" name="task" value="${task}" />
    <input type="hidden" name="kept" value="${carriedDraft(given)}" />`;
}

async function confirmPage(
  visit: Visit,
  request: Request,
  given: Answering,
  form: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const { t } = visit;
  const { read, uploads } = given;
  const names = new Names(visit);
  const comment = given.entered.get('comment') ?? '';
  const rows: Row[] = [
    ...uploads.map((upload) => ({ key: names.handedIn(read.pinned, upload), value: upload.name })),
    ...(comment === '' ? [] : [{ key: t.supplement.comment, value: comment }]),
  ];
  const questions = questionsOf(visit, read, request);
  const labels = new Set(questions.map(({ label }) => label));
  const changed = sectionsOf(readerOf(visit, read), form, t).filter(
    ({ title, rows: own }) => labels.has(title) || own.some(({ key }) => labels.has(key)),
  );
  const isAsked = standsOn(questions.map(({ at }) => at));
  const asked = formFields(given).filter(([name]) => isAsked(name));
  const { id } = read.detail;
  return page(visit, {
    title: t.supplement.check,
    at: 'mine',
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.supplement.check}</h1>
      ${notesOf(given)} ${summaryList(rows)}
      ${changed.map(
        ({ title, rows: own }): Markup =>
          html`<h2 class="govuk-heading-m">${title}</h2>
            ${summaryList(title === '' ? own.filter(({ key }) => labels.has(key)) : own)}`,
      )}
      <form method="post" action="${AT}/mine/${id}/supplement" enctype="multipart/form-data" novalidate>
        ${csrfField(visit)} ${carried(given)} <input type="hidden" name="comment" value="${comment}" />
        ${asked.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <p class="govuk-body">${t.supplement.happens}</p>
        <div class="govuk-button-group">
          ${button(t.supplement.send, { name: 'step', value: 'confirm' })}
          ${button(t.change, { name: 'step', value: 'back', secondary: true })}
        </div>
      </form>`,
  });
}
