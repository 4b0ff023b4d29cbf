import { sentOf } from '../request.ts';
import { codeOf } from '../ask-api.ts';
import type { DossierDetail } from '../dossier.ts';
import { idOf, withRow } from '../forms/answers.ts';
import { renderQuestions, sectionsOf } from '../forms/render.ts';
import { button, choiceField, type Fault, onEnter, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { notFoundPage, plainPage, refusedPage } from '../refused.ts';
import { tellAmount, tellDate } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import {
  answersOf,
  type Application,
  applicationOf,
  faultsOf,
  foresightOf,
  type Step,
  stepsOf,
  submissionOf,
} from './application.ts';
import { begunPage, KEPT_DAYS, notesOf } from './begun-pages.ts';
import { draftOf, draftsOf, forget, keep, resume, standsOn, takeUp } from './begun.ts';
import { inForce } from './catalogue.ts';
import { fileField, missingFile, mustBeSigned, takeFiles, togetherHint, uploadFields } from './files.ts';
import { groupOfStep, marksOf, mayBeOwn, ownButton, ownDetailsOf, takeAndKeep } from './own-details.ts';
import { ownPapers } from './papers.ts';
import { namesApart } from '../forms/unit-names.ts';
import { uploadScript } from './upload-script.ts';

type Sent = Readonly<Record<string, unknown>>;

/** The first page of an application; or where it was left, if one is begun. */
export async function applyPage(visit: Visit, id: string): Promise<Response> {
  const pinned = await inForce(visit, id);
  if (!pinned) return notFoundPage(visit);
  const application = await applicationOf(visit, pinned, {});
  const wanted = visit.c.req.query('draft');
  if (wanted !== undefined) {
    const draft = await draftOf(visit, wanted);
    if (draft?.procedure !== id || draft.task !== undefined) return notFoundPage(visit);
    await resume(visit, application, draft);
    const steps = stepsOf(visit, application);
    if (application.notes.length === 0 && draft.place >= steps.length) return checkPage(visit, application);
    return showStep(visit, application, draft.place, []);
  }
  const begun = (await draftsOf(visit)).filter(({ procedure, task }) => procedure === id && task === undefined);
  if (begun.length > 0 && visit.c.req.query('new') === undefined) return begunPage(visit, id, begun);
  return showStep(visit, application, 0, []);
}

/** From one page to the next: what is wrong keeps one there, what was entered on others goes along. */
export async function applyStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const pinned = await inForce(visit, id);
  if (!pinned) return notFoundPage(visit);
  const application = await applicationOf(visit, pinned, sent);
  await takeUp(visit, application);
  const steps = stepsOf(visit, application);
  const at = Math.min(Math.max(0, Number(sent['page'] ?? 0) || 0), steps.length - 1);
  const wanted = typeof sent['step'] === 'string' ? sent['step'] : 'next';
  const [, to] = /^go:(\d+)$/.exec(wanted) ?? [];
  const step = steps[at];
  const show = async (index: number, faults: readonly Fault[] = []): Promise<Response> => {
    await keep(visit, application, index);
    return showStep(visit, application, index, faults);
  };
  if (typeof sent['add'] === 'string') {
    application.entered = withRow(application.entered, sent['add']);
    return show(at);
  }
  if (wanted.startsWith('own:')) {
    await takeAndKeep(visit, application, { group: wanted.slice('own:'.length), at });
    return showStep(visit, application, at, []);
  }
  if (wanted === 'submit') return submit(visit, application, steps);
  const { uploads, faults: refused } = await takeFiles(visit, pinned, sent);
  application.uploads = uploads;
  if (to !== undefined) return show(Number(to));
  if (wanted === 'back') return show(Math.max(0, at - 1));
  const faults = [...refused, ...(step ? await faultsOf(visit, application, step) : [])];
  const distinct = faults.filter(({ field }, index) => faults.findIndex((each) => each.field === field) === index);
  if (distinct.length > 0) return show(at, distinct);
  // Answers may open pages that were not there.
  const next = stepsOf(visit, application);
  if (!application.returning && at + 1 < next.length) return show(at + 1);
  await keep(visit, application, next.length);
  return checkPage(visit, application);
}

async function showStep(
  visit: Visit,
  application: Application,
  index: number,
  faults: readonly Fault[],
): Promise<Response> {
  const { t } = visit;
  const names = new Names(visit);
  const steps = stepsOf(visit, application);
  const at = Math.min(Math.max(0, index), steps.length - 1);
  const step = steps[at] ?? { kind: 'contact' as const };
  const title = titleOf(visit, step);
  return page(visit, {
    title,
    at: 'procedures',
    faults,
    ...(faults.length > 0 && { status: 422 }),
    ...(step.kind === 'documents' && { script: uploadScript(visit) }),
    body: html`<span class="govuk-caption-l"
        >${names.text(application.pinned.procedure.title)} – ${t.apply.progress(at + 1, steps.length)}</span
      >
      <h1 class="govuk-heading-l">${title}</h1>
      ${notesOf(application)}
      <form method="post" action="${actionOf(application)}" enctype="multipart/form-data" novalidate>
        ${onEnter('next')} ${csrfField(visit)} ${carried(application, step)}
        <input type="hidden" name="page" value="${at}" />
        ${await fieldsOf(visit, application, step, faults)}
        <div class="govuk-button-group">
          ${button(t.continue, { name: 'step', value: 'next' })}
          ${when(at > 0, () => button(t.back, { name: 'step', value: 'back', secondary: true }))}
        </div>
      </form>
      ${when(application.draft.kept, () => html`<p class="govuk-hint">${t.drafts.saved(KEPT_DAYS)}</p>`)}`,
  });
}

function actionOf({ pinned }: Application): string {
  return `${AT}/apply/${pinned.record.id}`;
}

function titleOf({ t }: Visit, step: Step): string {
  switch (step.kind) {
    case 'unit':
      return t.apply.unit;
    case 'questions':
      return step.title;
    case 'documents':
      return t.apply.documents;
    case 'contact':
      return t.apply.contact;
  }
}

async function fieldsOf(
  visit: Visit,
  application: Application,
  step: Step,
  faults: readonly Fault[],
): Promise<Content> {
  const { t } = visit;
  switch (step.kind) {
    case 'unit':
      return choiceField({
        id: 'unit',
        name: 'unit',
        label: t.apply.unitHint,
        kind: 'radios',
        chosen: [application.unit],
        faults,
        t,
        choices: [...namesApart(application.units, visit.units)].map(([value, label]) => ({ value, label })),
      });
    case 'questions':
      return questionFields(visit, application, step, faults);
    case 'documents':
      return documentFields(visit, application, faults);
    case 'contact':
      return textField({
        id: 'email',
        name: 'email',
        label: `${t.apply.emailLabel} (${t.optional})`,
        hint: t.apply.emailHint,
        value: application.email,
        faults,
        t,
        width: 20,
        autocomplete: 'email',
      });
  }
}

async function questionFields(
  visit: Visit,
  application: Application,
  step: Extract<Step, { kind: 'questions' }>,
  faults: readonly Fault[],
): Promise<Content> {
  const { t } = visit;
  const { reader, entered } = application;
  const own = await ownDetailsOf(visit, application);
  const group = groupOfStep(step, own);
  const rendering = { t, reader, entered, faults, action: actionOf(application) };
  return html`${when(step.whole && !step.whole.required, () => html`<p class="govuk-body">${t.apply.leaveEmpty}</p>`)}
  ${group === undefined ? '' : ownButton(visit, own, group)}
  ${renderQuestions(step.questions, {
    ...rendering,
    marks: marksOf(visit, application, own),
    atHead: (at) => ownButton(visit, own, at),
  })}`;
}

async function documentFields(visit: Visit, application: Application, faults: readonly Fault[]): Promise<Content> {
  const { t } = visit;
  const { documents } = await foresightOf(visit, application);
  const asked = documents.filter(({ needed }) => needed !== 'no');
  if (asked.length === 0) return html`<p class="govuk-body">${t.catalogue.noDocuments}</p>`;
  const [papers, sent] = await Promise.all([ownPapers(visit), sentOf(visit)]);
  return html`${togetherHint(visit)}
  ${asked.map(({ document, needed }) =>
    fileField(visit, application.pinned, {
      document,
      optional: needed !== 'yes',
      known: application.uploads.find(({ component }) => component === document),
      faults,
      place: application.once,
      papers,
      sent,
    }),
  )}`;
}

/** What was entered on other pages goes along, unseen. */
function carried(
  { unit, email, entered, uploads, once, returning, draft }: Application,
  step: Step | undefined,
): Content {
  const shown = shownBy(step);
  const isShown = standsOn(shown);
  const fields: [string, string][] = [
    ['once', once],
    ...shown.map((at): [string, string] => ['shown', at]),
    ...(draft.kept ? ([['kept', String(draft.revision)]] as [string, string][]) : []),
    ...(returning ? ([['return', 'check']] as [string, string][]) : []),
    ...(step?.kind === 'unit' ? [] : ([['unit', unit]] as [string, string][])),
    ...(step?.kind === 'contact' ? [] : ([['email', email]] as [string, string][])),
    ...[...entered].filter(([name]) => !isShown(name)),
  ];
  return html`${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
  ${uploadFields(uploads)}`;
}

/** The fields that stand on a page. */
function shownBy(step: Step | undefined): string[] {
  switch (step?.kind) {
    case 'questions':
      return step.questions.map(({ at }) => at);
    case 'unit':
      return ['unit'];
    case 'contact':
      return ['email'];
    case 'documents':
    case undefined:
      return [];
  }
}

/** All of it once more, before it is handed in. */
async function checkPage(visit: Visit, application: Application, faults: readonly Fault[] = []): Promise<Response> {
  const { t } = visit;
  const names = new Names(visit);
  const { pinned, reader, units, unit, uploads, email } = application;
  const steps = stepsOf(visit, application);
  const { value } = answersOf(visit, application);
  const { fees, due } = await foresightOf(visit, application);
  const owed = fees.filter(({ amount }) => amount === null || amount.value > 0);
  const change = (index: number, what: string): Markup =>
    html`<button type="submit" class="ot-link" name="step" value="go:${index}">
      ${t.change}<span class="govuk-visually-hidden"> (${what})</span>
    </button>`;
  const marks = marksOf(visit, application, await ownDetailsOf(visit, application));
  const sections = sectionsOf(reader, value, t, marks);
  const sectionFor = (step: Step): Content => {
    switch (step.kind) {
      case 'unit':
        return summaryList([{ key: t.apply.unit, value: namesApart(units, visit.units).get(unit) ?? '' }]);
      case 'questions': {
        const found = sections.find(({ title }) => title === (step.whole ? step.title : ''));
        const asked = new Set(step.questions.map(({ label }) => label));
        const rows = step.whole ? (found?.rows ?? []) : (found?.rows ?? []).filter(({ key }) => asked.has(key));
        return rows.length === 0 ? html`<p class="govuk-body">${t.none}</p>` : summaryList(rows);
      }
      case 'documents':
        return uploads.length === 0
          ? html`<p class="govuk-body">${t.none}</p>`
          : summaryList(uploads.map((upload) => ({ key: names.handedIn(pinned, upload), value: upload.name })));
      case 'contact':
        return summaryList([{ key: t.apply.emailLabel, value: email || t.none }]);
    }
  };
  return page(visit, {
    title: t.apply.check,
    at: 'procedures',
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)}</span>
      <h1 class="govuk-heading-l">${t.apply.check}</h1>
      ${notesOf(application)}
      <form method="post" action="${actionOf(application)}" enctype="multipart/form-data" novalidate>
        ${csrfField(visit)} ${carried({ ...application, returning: true }, undefined)}
        ${steps.map(
          (step, index) =>
            html`<div class="ot-section" id="step-${index}" tabindex="-1">
              <h2 class="govuk-heading-m">${titleOf(visit, step)}</h2>
              ${change(index, titleOf(visit, step))} ${sectionFor(step)}
            </div>`,
        )}
        <h2 class="govuk-heading-m">${t.decide.happens}</h2>
        <ul class="govuk-list govuk-list--bullet">
          <li>${t.apply.happensReference}</li>
          ${when(due, () => html`<li>${t.apply.happensDue(tellDate(t, due ?? ''))}</li>`)}
          ${owed.map(({ fee, amount }) => html`<li>${names.text(pinned.procedure.fees?.[fee]?.title) || fee}: ${amount === null ? t.catalogue.depends : tellAmount(t, amount)}</li>`)}
        </ul>
        <p class="govuk-body">${t.apply.truth}</p>
        ${button(t.apply.submit, { name: 'step', value: 'submit' })}
      </form>`,
  });
}

async function submit(visit: Visit, application: Application, steps: readonly Step[]): Promise<Response> {
  for (const [index, step] of steps.entries()) {
    const faults = await faultsOf(visit, application, step);
    if (faults.length > 0) return showStep(visit, application, index, faults);
  }
  await keep(visit, application, steps.length);
  const submitted = await visit.api.post<DossierDetail>(
    '/dossiers',
    submissionOf(visit, application, { mayBeOwn: mayBeOwn(visit, application) }),
    application.once,
  );
  if (submitted.ok) await forget(visit, application);
  if (submitted.ok) return visit.c.redirect(`${AT}/mine/${submitted.body.id}/received`, 303);
  const { problem } = submitted;
  if (codeOf(problem) === 'idempotency-mismatch') {
    const { t } = visit;
    await forget(visit, application);
    const link = { href: `${AT}/mine`, text: t.nav.mine };
    return plainPage(visit, { title: t.apply.already, text: t.apply.alreadyText, status: 409, link });
  }
  const faults = (problem.errors ?? []).flatMap(({ at }): Fault[] => {
    if (at.startsWith('/form')) {
      const field = idOf(at.slice('/form'.length));
      const index = steps.findIndex(
        (step) => step.kind === 'questions' && step.questions.some((each) => field.startsWith(idOf(each.at))),
      );
      return [
        {
          field: `step-${Math.max(0, index)}`,
          text: visit.t.forms.invalid(titleOf(visit, steps[Math.max(0, index)] ?? { kind: 'contact' })),
        },
      ];
    }
    return at.startsWith('/documents')
      ? [
          {
            field: `step-${steps.findIndex(({ kind }) => kind === 'documents')}`,
            text: refusedFile(visit, application, at),
          },
        ]
      : [];
  });
  return problem.status === 422 && faults.length > 0
    ? checkPage(visit, application, faults)
    : refusedPage(visit, problem);
}

/** What is to be done about a file that the API does not take. */
function refusedFile(visit: Visit, { pinned, uploads }: Application, at: string): string {
  if (/\/from\b/.test(at)) return visit.t.papers.notTaken;
  const [, index] = /^\/documents\/(\d+)/.exec(at) ?? [];
  const component = uploads[Number(index)]?.component;
  return component !== undefined && mustBeSigned(pinned, component)
    ? missingFile(visit, pinned, component).text
    : visit.t.apply.needDocuments;
}
