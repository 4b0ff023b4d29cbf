import { randomUUID } from 'node:crypto';
import { NEEDS_REASON } from '../../domain/dossier/commands/tasks.ts';
import { LATENESS } from '../../domain/dossier/state.ts';
import type { Problem } from '../../schemas/api.ts';
import { codeOf } from '../ask-api.ts';
import { codeOfDossier, type DossierDetail } from '../dossier.ts';
import { idOf, readAnswers, withRow } from '../forms/answers.ts';
import { sectionsOf } from '../forms/render.ts';
import { FormReader } from '../forms/schema.ts';
import { banner, button, type Fault, type Row, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { groundsOf, refusalText, refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import { longWords } from '../long-words.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { consequencesOf } from '../consequences.ts';
import { signingAddress } from './signing-address.ts';
import {
  componentsOf,
  decidedIn,
  type Draft,
  draftOf,
  formOfTask,
  isAnswerable,
  type OfficialWho,
  type OpenTask,
  openTask,
  outcomeIn,
  outcomeName,
  taskPage,
} from './task.ts';
import { instrumentOf, OWN, queryOf, tellWay } from './ways.ts';

type Sent = Readonly<Record<string, unknown>>;

/** A decision in two steps: what was entered is checked and shown again with what follows from it; only then it is decided. */
export async function decisionStep(visit: Visit, who: OfficialWho, id: string, sent: Sent): Promise<Response> {
  const draft = draftOf(sent);
  const opened = await openTask(visit, who, id, draft.onBehalfOf || OWN);
  if (!opened.ok) return refusedPage(visit, opened.problem, { back: `${AT}/tasks` });
  const { open } = opened;
  // A decision sent twice gets the answer of the first: only the API knows.
  if (!isAnswerable(open.task) && sent['step'] !== 'confirm') return taskPage(visit, open);
  if (typeof sent['add'] === 'string')
    return taskPage(visit, open, { draft: { ...draft, form: withRow(draft.form, sent['add']) } });
  const checked = checkDraft(visit, open, draft);
  if (sent['step'] === 'back' || checked.faults.length > 0)
    return taskPage(visit, open, { draft, faults: sent['step'] === 'back' ? [] : checked.faults });
  if (sent['step'] === 'confirm') return decide(visit, open, { draft, form: checked.form, sent });
  return confirmPage(visit, who, open, { draft, form: checked.form });
}

/** The official is back from the signing service, which may now sign. */
export async function signedStep(visit: Visit, who: OfficialWho, id: string): Promise<Response> {
  const opened = await openTask(visit, who, id);
  if (!opened.ok) return refusedPage(visit, opened.problem, { back: `${AT}/tasks` });
  const { open } = opened;
  if (open.task.status !== 'open') return taskPage(visit, open);
  const activation = visit.c.req.query('activation') ?? '';
  const draft = draftOf({ outcome: 'signed', onBehalfOf: instrumentOf(open.way) });
  return confirmPage(visit, who, open, { draft, form: undefined, activation });
}

interface Checked {
  faults: Fault[];
  form: Readonly<Record<string, unknown>> | undefined;
}

/** What can be seen to be wrong before it is decided; the API judges again. */
function checkDraft(visit: Visit, open: OpenTask, { outcome, comment, missing, form }: Draft): Checked {
  const { t } = visit;
  const { task, pinned } = open;
  const faults: Fault[] = [];
  if (!task.outcomes.includes(outcome)) faults.push({ field: 'outcome', text: t.decide.choose });
  const ref = formOfTask(pinned, task);
  let answers: Checked['form'];
  if (ref !== undefined && [...form.values()].some((text) => text.trim() !== '')) {
    const reader = new FormReader(pinned.definition, ref, visit.language, visit.units);
    const read = readAnswers(reader, reader.questions({}), form, t);
    faults.push(...read.faults);
    answers = read.value;
  } else if (ref !== undefined && isForward(open, outcome)) {
    const reader = new FormReader(pinned.definition, ref, visit.language, visit.units);
    faults.push(...readAnswers(reader, reader.questions({}), form, t).faults);
  }
  if (outcome === 'incomplete' && missing.length === 0 && componentsOf(visit, pinned).length > 0)
    faults.push({ field: 'missing', text: t.decide.chooseMissing });
  if (NEEDS_REASON.has(outcome) && comment === '') faults.push({ field: 'comment', text: t.decide.sayWhy });
  faults.push(...longWords(visit, { field: 'comment', label: t.decide.comment, words: comment }));
  return { faults, form: answers };
}

/** The way forward is the first outcome of a stage: what is recorded is recorded there. */
function isForward({ task }: OpenTask, outcome: string): boolean {
  return task.outcomes[0] === outcome;
}

async function confirmPage(
  visit: Visit,
  who: OfficialWho,
  open: OpenTask,
  { draft, form, activation }: { draft: Draft; form: Checked['form']; activation?: string },
): Promise<Response> {
  const { t } = visit;
  const { task, pinned, way } = open;
  const names = new Names(visit);
  const { outcome, comment, missing } = draft;
  const title = activation === undefined ? t.decide.confirmHeading : t.decide.signedHeading;
  const labels = new Map(componentsOf(visit, pinned).map(({ value, label }) => [value, label]));
  const rows: Row[] = [
    { key: t.decide.outcome, value: outcomeName(visit, task, outcome) },
    ...(missing.length === 0 || outcome !== 'incomplete'
      ? []
      : [{ key: t.decide.missing, value: missing.map((each) => labels.get(each) ?? each).join(', ') }]),
    ...(comment === '' ? [] : [{ key: t.decide.comment, value: comment }]),
    ...formRows(visit, open, form),
    { key: t.decide.asOf, value: `${who.official.name}, ${who.title} – ${who.unitName}` },
    ...(draft.onBehalfOf === '' || !way ? [] : [{ key: t.ways.heading, value: await tellWay(visit, way) }]),
  ];
  const happens = consequencesOf(visit, names, pinned, { ...task, outcome });
  return page(visit, {
    title,
    at: 'tasks',
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)} – ${codeOfDossier(task)}</span>
      <h1 class="govuk-heading-l">${title}</h1>
      ${summaryList(rows)}
      ${when(
        happens.length > 0,
        () =>
          html`<h2 class="govuk-heading-m">${t.decide.happens}</h2>
            <ul class="govuk-list govuk-list--bullet">
              ${happens.map((each) => html`<li>${each}</li>`)}
            </ul>`,
      )}
      ${confirmForm(visit, open, { draft, activation })}`,
  });
}

function formRows(visit: Visit, { task, pinned }: OpenTask, form: Checked['form']): Row[] {
  const ref = formOfTask(pinned, task);
  if (form === undefined || ref === undefined) return [];
  const reader = new FormReader(pinned.definition, ref, visit.language, visit.units);
  return sectionsOf(reader, form, visit.t).flatMap(({ rows }) => rows);
}

function confirmForm(
  visit: Visit,
  open: OpenTask,
  { draft, activation }: { draft: Draft; activation: string | undefined },
): Markup {
  const { t, parts } = visit;
  const { task } = open;
  const { toSign } = task;
  const needsSignature = draft.outcome === 'signed' && task.step.startsWith('personal');
  const mayGo =
    needsSignature && activation === undefined && toSign?.hash !== undefined && parts.signingPage !== undefined;
  return html`${when(needsSignature && activation === undefined, () => paperToRead(visit, open))}
    <form method="post" action="${AT}/tasks/${task.id}/decision" novalidate>
      ${csrfField(visit)} ${hiddenFields(draft)}
      <input type="hidden" name="once" value="${randomUUID()}" />
      ${when(activation !== undefined, () => html`<input type="hidden" name="activation" value="${activation}" />`)}
      ${when(needsSignature, () => html`<input type="hidden" name="credential" value="${toSign?.credential ?? ''}" />`)}
      ${
        mayGo
          ? html`<p class="govuk-body">${t.decide.signText}</p>
              <p>
                <a
                  class="govuk-button"
                  href="${signingAddress(visit, toSign, `/tasks/${task.id}/signed${queryOf(open)}`)}"
                  >${t.decide.sign}</a
                >
              </p>`
          : html`${when(needsSignature && activation === undefined, () =>
                textField({
                  id: 'activation',
                  name: 'activation',
                  label: t.decide.signElsewhere,
                  hint: t.decide.signElsewhereHint(toSign?.hash ?? toSign?.digest ?? ''),
                  value: '',
                  faults: [],
                  t,
                }),
              )}
              <div class="govuk-warning-text">
                <span class="govuk-warning-text__icon" aria-hidden="true">!</span>
                <strong class="govuk-warning-text__text">${t.decide.once}</strong>
              </div>
              ${button(t.decide.confirm, { name: 'step', value: 'confirm' })}`
      }
      ${button(t.change, { secondary: true, name: 'step', value: 'back' })}
    </form>`;
}

function paperToRead({ t, ...visit }: Visit, { task, pinned, dossier }: OpenTask): Content {
  const names = new Names({ t, ...visit });
  const { stages, clock } = pinned.procedure;
  const stage = stages[task.stage];
  const apology = task.stage === LATENESS ? clock.late?.makes : undefined;
  const issue = stage?.kind === 'sign' ? stage.issue : apology;
  const paper = issue === undefined ? undefined : dossier?.detail.issues[issue];
  const file = readableOf(paper);
  const at = (digest: string): string => `${AT}/dossiers/${task.dossier}/documents/${digest}`;
  const title = (): string => names.issue(pinned, issue ?? '');
  return when(
    file,
    () =>
      html`<p class="govuk-body">
        <a class="govuk-link" href="${at(file ?? '')}">${t.decide.readFirst(title())}</a>
        ${when(
          paper?.readable,
          () =>
            html`<br /><a class="govuk-link" href="${at(paper?.document ?? paper?.draft ?? '')}"
                >${t.decide.signedToo(title())}</a
              >`,
        )}
      </p>`,
  );
}

/** Of a container what is to be read in it: the signatures lie beside. */
function readableOf(issue: DossierDetail['issues'][string] | undefined): string | null | undefined {
  return issue?.readable ?? issue?.document ?? issue?.draft;
}

function hiddenFields({ outcome, comment, missing, onBehalfOf, form }: Draft): Content {
  const fields: [string, string][] = [
    ['outcome', outcome],
    ['comment', comment],
    ...(onBehalfOf === '' ? [] : ([['onBehalfOf', onBehalfOf]] as [string, string][])),
    ...missing.map((each): [string, string] => ['missing', each]),
    ...form,
  ];
  return fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
}

async function decide(
  visit: Visit,
  open: OpenTask,
  { draft, form, sent }: { draft: Draft; form: Checked['form']; sent: Sent },
): Promise<Response> {
  const { t, api } = visit;
  const { task } = open;
  const { outcome, comment, missing, onBehalfOf } = draft;
  const text = (field: string): string => (typeof sent[field] === 'string' ? sent[field].trim() : '');
  const [activation, once] = [text('activation'), text('once')];
  const body = {
    outcome,
    ...(comment !== '' && { comment }),
    ...(form && { form }),
    ...(outcome === 'incomplete' && { missing }),
    ...(onBehalfOf !== '' && { onBehalfOf }),
    ...(activation !== '' && { signature: { credential: text('credential'), activation } }),
  };
  const decided = await api.post<unknown>(`/tasks/${task.id}/decision`, body, once === '' ? undefined : once);
  if (!decided.ok) return refused(visit, open, decided.problem, draft);
  const name = outcomeName(visit, task, outcome);
  return page(visit, {
    title: t.decide.doneHeading,
    at: 'tasks',
    body: html`<h1 class="govuk-heading-l">${t.decide.doneHeading}</h1>
      ${banner(name, html`<p class="govuk-notification-banner__heading">${codeOfDossier(task)}</p>`, true)}
      <h2 class="govuk-heading-m">${t.decide.next}</h2>
      <ul class="govuk-list">
        <li><a class="govuk-link" href="${AT}/tasks">${t.decide.toInbox}</a></li>
        ${toDossier(visit, open)}
      </ul>`,
  });
}

function toDossier({ t }: Visit, { task, dossier }: OpenTask): Content {
  return when(
    dossier,
    () => html`<li><a class="govuk-link" href="${AT}/dossiers/${task.dossier}">${t.decide.toDossier}</a></li>`,
  );
}

/** What can be mended is shown at its field; that another was faster, with who decided what. */
async function refused(visit: Visit, open: OpenTask, problem: Problem, draft: Draft): Promise<Response> {
  const { t } = visit;
  if (problem.decided) return tooLate(visit, open, problem);
  const names = new Names(visit);
  if (problem.claimedBy !== undefined)
    return page(visit, {
      title: t.refused.heading,
      status: 409,
      back: `${AT}/tasks/${open.task.id}`,
      body: html`<h1 class="govuk-heading-l">${t.refused.heading}</h1>
        <p class="govuk-body">${t.decide.claimed(await names.official(problem.claimedBy))}</p>
        <p class="govuk-body">${t.decide.notRecorded}</p>`,
    });
  const faults = (problem.errors ?? []).flatMap((error) => faultOf(visit, problem, error));
  if (problem.status === 422 && faults.length > 0) return taskPage(visit, open, { draft, faults });
  return page(visit, {
    title: t.refused.heading,
    status: problem.status === 403 ? 403 : problem.status === 409 ? 409 : problem.status >= 500 ? 503 : 422,
    back: `${AT}/tasks/${open.task.id}`,
    body: html`<h1 class="govuk-heading-l">${t.refused.heading}</h1>
      <p class="govuk-body">${refusalText(visit, problem)}</p>
      ${groundsOf(visit, problem)}
      <p class="govuk-body">${t.decide.notRecorded}</p>
      ${when(
        codeOf(problem) === 'paper-only',
        () =>
          html`<p class="govuk-body">
            <a class="govuk-link" href="${AT}/tasks/${open.task.id}/intake">${t.intake.begin}</a>
          </p>`,
      )}`,
  });
}

function faultOf({ t }: Visit, problem: Problem, { at }: { at: string }): Fault[] {
  if (at.startsWith('/form'))
    return [{ field: idOf(at.slice('/form'.length)), text: t.forms.invalid(at.split('/').at(-1) ?? at) }];
  if (at === '/comment') return [{ field: 'comment', text: t.decide.sayWhy }];
  if (at === '/outcome') return [{ field: 'outcome', text: t.decide.choose }];
  return codeOf(problem) === 'document-missing' ? [{ field: 'missing', text: t.decide.chooseMissing }] : [];
}

/** Two officials on one dossier: the second learns who decided what. */
async function tooLate(visit: Visit, open: OpenTask, problem?: Problem): Promise<Response> {
  const { t } = visit;
  const names = new Names(visit);
  const event = open.dossier && decidedIn(open.dossier, open.task.id);
  const decided =
    problem?.decided ??
    (event && {
      outcome: outcomeIn(event),
      by: event.actor.kind === 'official' ? event.actor.id : event.actor.kind,
      at: event.at,
    });
  const who = async (by: string): Promise<string> =>
    by === 'applicant' ? t.history.applicant : by === 'platform' ? t.history.platform : names.official(by);
  return page(visit, {
    title: t.decide.lateHeading,
    status: 409,
    body: html`<h1 class="govuk-heading-l">${t.decide.lateHeading}</h1>
      <p class="govuk-body">
        ${decided ? t.decide.lateText(await who(decided.by), outcomeName(visit, open.task, decided.outcome), tellInstant(t, decided.at)) : t.dossier.closedBanner}
      </p>
      <p class="govuk-body">${t.decide.notRecorded}</p>
      <ul class="govuk-list">
        ${toDossier(visit, open)}
        <li><a class="govuk-link" href="${AT}/tasks">${t.decide.toInbox}</a></li>
      </ul>`,
  });
}
