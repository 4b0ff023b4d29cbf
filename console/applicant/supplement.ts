import { sentOf } from '../request.ts';
import { randomUUID } from 'node:crypto';
import { codeOfDossier, type DossierRead, readDossier } from '../dossier.ts';
import { type Entered, enteredFrom, enteredOf, readAnswers, withRow } from '../forms/answers.ts';
import { renderQuestions, sectionsOf } from '../forms/render.ts';
import { FormReader, type Question } from '../forms/schema.ts';
import { banner, button, type Fault, onEnter, type Row, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { fieldOf, fileField, handedIn, takeFiles, type Uploaded, uploadFields } from './files.ts';
import { ownPapers } from './papers.ts';

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

interface Entry {
  entered: Entered;
  uploads: Uploaded[];
  comment: string;
  faults: readonly Fault[];
}

export async function supplementPage(visit: Visit, id: string): Promise<Response> {
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const request = requestOf(found.read);
  if (!request) return notFoundPage(visit);
  const entered = enteredFrom(found.read.detail.form ?? {});
  return showForm(visit, found.read, request, { entered, uploads: [], comment: '', faults: [] });
}

/** What is supplemented, checked and shown once more, then handed in. */
export async function supplementStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const { t, api, c } = visit;
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  const request = requestOf(read);
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const comment = text('comment').slice(0, 4000);
  // What is over is answered by the API: a supplement sent twice gets the answer of the first.
  const asked = request ?? { task: text('task'), documents: [], parts: [], reason: undefined, until: undefined };
  const { uploads, faults: refused } = await takeFiles(visit, read.pinned, sent);
  const { form, faults: wrong } = formOf(visit, read, asked, enteredOf(sent));
  const missing = asked.documents
    .filter((document) => !uploads.some(({ component }) => component === document))
    .map((document) => ({ field: fieldOf(document), text: t.apply.needDocument }));
  const faults = [
    ...refused,
    ...missing.filter(({ field }) => !refused.some((each) => each.field === field)),
    ...wrong,
  ];
  const entry = { entered: enteredOf(sent), uploads, comment, faults };
  if (typeof sent['add'] === 'string' && request)
    return showForm(visit, read, request, { ...entry, entered: withRow(entry.entered, sent['add']), faults: refused });
  if (sent['step'] === 'back') return showForm(visit, read, asked, { ...entry, faults: [] });
  if (faults.length > 0) return showForm(visit, read, asked, entry);
  if (sent['step'] !== 'confirm')
    return request ? confirmPage(visit, read, request, { ...entry, form }) : notFoundPage(visit);
  const body = {
    documents: handedIn(read.pinned, uploads),
    ...(enteredOf(sent).size > 0 && { form }),
    ...(comment !== '' && { comment }),
    task: text('task'),
  };
  const done = await api.post(`/dossiers/${encodeURIComponent(id)}/supplements`, body, text('once') || undefined);
  return done.ok ? c.redirect(`${AT}/mine/${id}`, 303) : refusedPage(visit, done.problem, { back: `${AT}/mine/${id}` });
}

function readerOf(visit: Visit, { pinned }: DossierRead): FormReader {
  return new FormReader(pinned.definition, pinned.procedure.form ?? {}, visit.language);
}

function questionsOf(visit: Visit, read: DossierRead, { parts }: Request): Question[] {
  return readerOf(visit, read)
    .questions(read.detail.form ?? {})
    .filter(({ at }) => parts.includes(at.slice(1)));
}

/** The form anew: what was declared, with the parts that were asked for as they are now. */
function formOf(visit: Visit, read: DossierRead, request: Request, entered: Entered) {
  const questions = questionsOf(visit, read, request);
  const { value, faults } = readAnswers(readerOf(visit, read), questions, entered, visit.t);
  return { form: { ...read.detail.form, ...value }, faults };
}

async function showForm(
  visit: Visit,
  read: DossierRead,
  request: Request,
  { entered, uploads, comment, faults }: Entry,
): Promise<Response> {
  const { t } = visit;
  const { id } = read.detail;
  const reader = readerOf(visit, read);
  const action = `${AT}/mine/${id}/supplement`;
  const papers = request.documents.length > 0 ? await ownPapers(visit) : [];
  const sent = await sentOf(visit);
  return page(visit, {
    title: t.supplement.heading,
    at: 'mine',
    back: `${AT}/mine/${id}`,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.supplement.heading}</h1>
      ${when(request.reason, () => html`<div class="govuk-inset-text">${t.history.reason(request.reason ?? '')}</div>`)}
      <form method="post" action="${action}" enctype="multipart/form-data" novalidate>
        ${onEnter('check')} ${csrfField(visit)} ${uploadFields(uploads)}
        <input type="hidden" name="task" value="${request.task}" />
        ${request.documents.map((document) =>
          fileField(visit, read.pinned, {
            document,
            optional: false,
            known: uploads.find(({ component }) => component === document),
            faults,
            papers,
            sent,
          }),
        )}
        ${renderQuestions(questionsOf(visit, read, request), { t, reader, entered, faults, action })}
        ${textField({ id: 'comment', name: 'comment', label: `${t.supplement.comment} (${t.optional})`, value: comment, rows: 3, faults, t })}
        ${button(t.supplement.check, { name: 'step', value: 'check' })}
      </form>`,
  });
}

async function confirmPage(
  visit: Visit,
  read: DossierRead,
  request: Request,
  { entered, uploads, comment, form }: Entry & { form: Readonly<Record<string, unknown>> },
): Promise<Response> {
  const { t } = visit;
  const names = new Names(visit);
  const rows: Row[] = [
    ...uploads.map((upload) => ({ key: names.handedIn(read.pinned, upload), value: upload.name })),
    ...(comment === '' ? [] : [{ key: t.supplement.comment, value: comment }]),
  ];
  const labels = new Set(questionsOf(visit, read, request).map(({ label }) => label));
  const changed = sectionsOf(readerOf(visit, read), form, t).filter(
    ({ title, rows: own }) => labels.has(title) || own.some(({ key }) => labels.has(key)),
  );
  const asked = [...entered].filter(([name]) =>
    request.parts.some((part) => name === `/${part}` || name.startsWith(`/${part}/`) || name.startsWith(`/${part}.`)),
  );
  const { id } = read.detail;
  return page(visit, {
    title: t.supplement.check,
    at: 'mine',
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.supplement.check}</h1>
      ${summaryList(rows)}
      ${changed.map(
        ({ title, rows: own }): Markup =>
          html`<h2 class="govuk-heading-m">${title}</h2>
            ${summaryList(title === '' ? own.filter(({ key }) => labels.has(key)) : own)}`,
      )}
      <form method="post" action="${AT}/mine/${id}/supplement" enctype="multipart/form-data" novalidate>
        ${csrfField(visit)} ${uploadFields(uploads)} <input type="hidden" name="task" value="${request.task}" />
        <input type="hidden" name="comment" value="${comment}" /><input
          type="hidden"
          name="once"
          value="${randomUUID()}"
        />
        ${asked.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <p class="govuk-body">${t.supplement.happens}</p>
        <div class="govuk-button-group">
          ${button(t.supplement.send, { name: 'step', value: 'confirm' })}
          ${button(t.change, { name: 'step', value: 'back', secondary: true })}
        </div>
      </form>`,
  });
}
