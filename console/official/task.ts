import type * as z from 'zod';
import { HANDED_BACK, LOST } from '../../domain/dossier/fold-intake.ts';
import { ACKNOWLEDGED, NOT_POSTED, POSTED } from '../../domain/dossier/outgoing.ts';
import { REFUNDED } from '../../domain/dossier/fold-money.ts';
import { EXAMINED } from '../../domain/dossier/fold-sources.ts';
import { waitsForPaper } from '../../domain/dossier/paper.ts';
import { LATENESS, outlivesStages, DISPATCH } from '../../domain/dossier/state.ts';
import type { ToSign } from '../../functions/api/routes/tasks.ts';
import { dispatchForm } from '../../functions/issues/dispatch-form.ts';
import { draftForm } from '../../functions/lateness/draft-form.ts';
import type { Pinned } from '../../functions/procedures/catalogue.ts';
import type { Problem } from '../../schemas/api.ts';
import type { ShownTask } from '../../schemas/dossier.ts';
import type { CustodyOfTask, WaitingScan } from '../../schemas/intake.ts';
import type { Silence } from '../../schemas/procedure/closed-sets.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';
import {
  codeOfDossier,
  documentsOf,
  documentsShown,
  dossierPage,
  type DossierRead,
  formInWords,
  historySection,
  papersShown,
  readDossier,
  standingOfDossier,
} from '../dossier.ts';
import { type Entered, enteredOf } from '../forms/answers.ts';
import { renderQuestions } from '../forms/render.ts';
import { FormReader } from '../forms/schema.ts';
import {
  banner,
  button,
  choiceField,
  type Fault,
  onEnter,
  type Row,
  summaryList,
  textField,
} from '../html/components.ts';
import { csrfField } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { refusedPage } from '../refused.ts';
import { tellAmount, tellInstant } from '../tell.ts';
import { AT, Names, type Visit, type Who } from '../visit.ts';
import type { RefundOfTask } from '../../schemas/payments.ts';
import type { ContradictionShown } from '../../schemas/sources.ts';
import type { DispatchOfTask, PaperOfTask } from '../../schemas/outgoing.ts';
import { cashLink } from './cash.ts';
import { changesSection } from './changes.ts';
import { dueOf, taskName } from './inbox.ts';
import { orderLinks } from './order.ts';
import { dispatchRows, incomingRows } from './papers-going-out.ts';
import { takenBy } from './taking.ts';
import { type Acting, chosenWay, instrumentOf, queryOf, wayRows, waysOf, workOfTask } from './ways.ts';

export type OfficialWho = Extract<Who, { kind: 'official' }>;

/** `GET /tasks/{id}`, as far as pages show it. */
export interface TaskRead extends ShownTask {
  toSign?: z.infer<typeof ToSign>;
  rules?: { verdict: 'broken' | 'unknown'; reason: string }[];
  intake?: z.infer<typeof WaitingScan>[];
  custody?: z.infer<typeof CustodyOfTask>;
  refund?: z.infer<typeof RefundOfTask>;
  contradiction?: ContradictionShown & { document: string };
  dispatch?: z.infer<typeof DispatchOfTask>;
  incoming?: z.infer<typeof PaperOfTask>;
  /** Of the procedure. */
  version: string;
  readable: boolean;
  /** Of a body that is consulted. */
  asked?: {
    silence: Silence;
    question?: string;
    documents: { component: string; sha256: string; size: number; mediaType: string }[];
    papers: { issue: string; number: string | null; sha256: string }[];
  };
}

export interface OpenTask extends Acting {
  task: TaskRead;
  pinned: Pinned;
  /** Absent: of a body that is consulted, which sees what it is asked. */
  dossier: DossierRead | undefined;
}

/** A decision as it was entered. */
export interface Draft {
  outcome: string;
  comment: string;
  missing: readonly string[];
  onBehalfOf: string;
  form: Entered;
}

export const NOTHING_ENTERED: Draft = { outcome: '', comment: '', missing: [], onBehalfOf: '', form: new Map() };

export function draftOf(sent: Readonly<Record<string, unknown>>): Draft {
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name] : '');
  const missing = [sent['missing']].flat().filter((each) => typeof each === 'string');
  return {
    outcome: text('outcome'),
    comment: text('comment').replaceAll('\r\n', '\n').trim(),
    missing,
    onBehalfOf: text('onBehalfOf'),
    form: enteredOf(sent),
  };
}

/** `by`: the instrument that was chosen, or `own`; absent: what the address says. */
export async function openTask(
  visit: Visit,
  who: OfficialWho,
  id: string,
  by = visit.c.req.query('by'),
): Promise<{ ok: true; open: OpenTask } | { ok: false; problem: Problem }> {
  const at = `/tasks/${encodeURIComponent(id)}`;
  const shown = await visit.api.get<TaskRead>(at);
  if (!shown.ok) return shown;
  const ways = await waysOf(visit, who, workOfTask(shown.body));
  const way = chosenWay(ways, { by, claimedBy: shown.body.claimedBy, own: who.official.id });
  // What is to be signed says in whose place.
  const task = way?.by ? await visit.api.get<TaskRead>(`${at}?onBehalfOf=${instrumentOf(way)}`) : shown;
  if (!task.ok) return task;
  const acting = { task: task.body, ways, way };
  // A body decides by what it is given, and who keeps originals or has to give money back does so wherever the dossier is; whoever acts by an instrument for an office of another unit would decide blind.
  if (!task.body.readable && (task.body.asked || outlivesStages(task.body.kind))) {
    const pinned = await visit.parts.catalogue.pinned(task.body.procedure, task.body.version);
    return { ok: true, open: { ...acting, pinned, dossier: undefined } };
  }
  const dossier = await readDossier(visit, task.body.dossier);
  if (!dossier.ok) return dossier;
  return { ok: true, open: { ...acting, pinned: dossier.read.pinned, dossier: dossier.read } };
}

/** Whether an answer can be given: a body may answer after its silence has, without effect. */
export function isAnswerable({ status, asked }: TaskRead): boolean {
  return status === 'open' || (status === 'lapsed' && asked !== undefined);
}

/** A dossier on one page, and what is asked of the official who looks. */
export async function taskPage(
  visit: Visit,
  open: OpenTask,
  { draft = NOTHING_ENTERED, faults = [] }: { draft?: Draft; faults?: readonly Fault[] } = {},
): Promise<Response> {
  const { task, pinned, dossier } = open;
  return dossierPage(visit, {
    pinned,
    code: codeOfDossier(task),
    at: 'tasks',
    back: `${AT}/tasks`,
    faults,
    body: html`${task.status === 'open' ? '' : await closedBanner(visit, open)}
    ${isAnswerable(task) ? await askedOf(visit, open) : ''}
    ${dossier ? await wholeDossier(visit, dossier) : given(visit, open)}
    ${when(isAnswerable(task), () => decisionForm(visit, open, { draft, faults }))}
    ${dossier ? await historySection(visit, dossier) : ''}`,
  });
}

async function wholeDossier(visit: Visit, dossier: DossierRead): Promise<Content> {
  return html`${await standingOfDossier(visit, dossier)} ${orderLinks(visit, dossier)}
  ${await changesSection(visit, dossier)} ${formInWords(visit, dossier)} ${documentsOf(visit, dossier)}`;
}

/** What another office than the dossier's sees: the documents and papers that it is given. */
function given(visit: Visit, { task: { dossier, asked, incoming }, pinned }: OpenTask): Content {
  const papers = (asked?.papers ?? [incoming ?? []].flat()).map((paper) => ({ ...paper, isSealed: true }));
  return html`<p class="govuk-body">${incoming ? visit.t.incoming.alone : visit.t.dossier.notWhole}</p>
    ${when(asked, () => documentsShown(visit, pinned, { id: dossier, documents: asked?.documents ?? [] }))}
    ${papersShown(visit, pinned, { id: dossier, papers })}`;
}

async function askedOf(visit: Visit, open: OpenTask): Promise<Markup> {
  const { task, pinned, dossier } = open;
  const { t, now } = visit;
  const names = new Names(visit);
  const rules = task.rules ?? [];
  const rows = [
    { key: t.dossier.asked, value: taskName(visit, names, pinned, task) },
    { key: t.dossier.byWhen, value: dueOf(visit, task.due, now) },
    { key: t.dossier.claimedBy, value: await takenBy(visit, open) },
    ...(await wayRows(visit, open)),
    ...(task.asked?.question === undefined ? [] : [{ key: t.dossier.question, value: task.asked.question }]),
    ...custodyRows(visit, names, pinned, task),
    ...refundRows(visit, task),
    ...contradictionRows(visit, names, pinned, task),
    ...dispatchRows(visit, names, pinned, task),
    ...(await incomingRows(visit, names, pinned, task)),
    ...(task.asked ? [{ key: t.dossier.silent, value: t.dossier.silence[task.asked.silence] }] : []),
  ];
  return html`${summaryList(rows)}
    ${when(
      rules.length > 0,
      () =>
        html`<div class="govuk-inset-text">
          <h2 class="govuk-heading-s">${t.dossier.rules}</h2>
          <ul class="govuk-list govuk-list--bullet">
            ${rules.map(({ verdict, reason }) => html`<li>${verdict === 'broken' ? t.dossier.ruleBroken(reason) : t.dossier.ruleUnknown(reason)}</li>`)}
          </ul>
        </div>`,
    )}
    ${when(dossier?.detail.parked, () => html`<div class="govuk-inset-text">${t.dossier.parked}</div>`)}
    ${paperNote(visit, open)}
    <p class="govuk-body"><a class="govuk-link" href="#decision">${t.dossier.toDecision}</a></p>`;
}

/** Which originals lie where, since when. */
function custodyRows({ t }: Visit, names: Names, pinned: Pinned, { custody }: TaskRead): Row[] {
  if (!custody) return [];
  const { components, place, since } = custody;
  return [
    { key: t.intake.originals, value: components.map((each) => names.document(pinned, each)).join(', ') },
    { key: t.intake.place, value: place ?? t.intake.placeGone },
    { key: t.intake.since, value: tellInstant(t, since) },
  ];
}

/** How much goes back, and why it came in vain. */
function refundRows({ t }: Visit, { refund }: TaskRead): Row[] {
  if (!refund) return [];
  const { amount, system, payment, reason, at } = refund;
  return [
    { key: t.refund.amount, value: tellAmount(t, amount) },
    { key: t.refund.by, value: system ?? t.book.cashDesk },
    { key: t.refund.payment, value: payment },
    { key: t.refund.why, value: t.refund.reasons[reason] },
    { key: t.refund.since, value: tellInstant(t, at) },
  ];
}

/** Which paper its source does not bear out, and how. */
function contradictionRows({ t }: Visit, names: Names, pinned: Pinned, { contradiction }: TaskRead): Row[] {
  if (!contradiction) return [];
  const { document, why, reasons, at } = contradiction;
  return [
    { key: t.contradiction.document, value: names.document(pinned, document) },
    { key: t.contradiction.says, value: [t.contradiction.why[why], ...reasons].join(' ') },
    { key: t.contradiction.since, value: tellInstant(t, at) },
  ];
}

/** Scans that wait for the official: the only way forward leads over them. */
export function scansAt({ task: { kind, intake } }: Pick<OpenTask, 'task'>): NonNullable<TaskRead['intake']> {
  return waitsForPaper(kind) ? (intake ?? []) : [];
}

function paperNote(visit: Visit, open: OpenTask): Content {
  const { t } = visit;
  const { task, pinned, dossier } = open;
  const names = new Names(visit);
  const waiting = [...new Set(scansAt(open).map(({ component }) => component))];
  if (waiting.length === 0) {
    const taken = dossier?.events.some(({ event }) => event.type === 'IntakeSigned' && event.data['task'] === task.id);
    return when(taken, () => html`<div class="govuk-inset-text">${t.intake.done}</div>`);
  }
  return html`<div class="govuk-inset-text">
    <h2 class="govuk-heading-s">${t.intake.note}</h2>
    <p class="govuk-body">${t.intake.noteText}</p>
    <ul class="govuk-list govuk-list--bullet">
      ${waiting.map((component) => html`<li>${names.document(pinned, component)}</li>`)}
    </ul>
    <p class="govuk-body">
      <a class="govuk-link" href="${AT}/tasks/${task.id}/intake${queryOf(open)}">${t.intake.begin}</a>
    </p>
  </div>`;
}

/** What became of a task that is over: who decided what. */
async function closedBanner(visit: Visit, { task, dossier }: OpenTask): Promise<Markup> {
  const { t } = visit;
  const names = new Names(visit);
  if (task.status === 'lapsed')
    return banner(
      t.dossier.decidedBanner,
      html`<p class="govuk-notification-banner__heading">${t.dossier.lapsedBanner}</p>`,
    );
  const decided = dossier && decidedIn(dossier, task.id);
  if (!decided)
    return banner(
      t.dossier.decidedBanner,
      html`<p class="govuk-notification-banner__heading">${t.dossier.closedBanner}</p>`,
    );
  const by = decided.actor.kind === 'official' ? await names.official(decided.actor.id) : t.history.applicant;
  const text = t.dossier.decidedBy(by, outcomeName(visit, task, outcomeIn(decided)), tellInstant(t, decided.at));
  return banner(t.dossier.decidedBanner, html`<p class="govuk-notification-banner__heading">${text}</p>`);
}

/** The event by which a task was decided, or its originals went back or were lost. */
export function decidedIn({ events }: DossierRead, task: string): DossierRead['events'][number]['event'] | undefined {
  return events.findLast(({ event: { type, data } }) => ENDS.has(type) && data['task'] === task)?.event;
}

/** Work beside the stages ends by what its event is called. */
const ENDS: ReadonlyMap<string, string | undefined> = new Map([
  ['TaskDecided', undefined],
  ['OriginalsReturned', HANDED_BACK],
  ['OriginalsLost', LOST],
  ['RefundMade', REFUNDED],
  ['ContradictionExamined', EXAMINED],
  ['PaperPosted', POSTED],
  ['PaperNotPosted', NOT_POSTED],
  ['PaperAcknowledged', ACKNOWLEDGED],
]);

/** How it was decided. */
export function outcomeIn({ type, data }: { type: string; data: Readonly<Record<string, unknown>> }): string {
  return typeof data['outcome'] === 'string' ? data['outcome'] : (ENDS.get(type) ?? '');
}

/** An outcome as it is offered: of the organisation’s signature it is number and seal. */
export function outcomeName(visit: Pick<Visit, 't'>, { step }: Pick<ShownTask, 'step'>, outcome: string): string {
  const { t } = visit;
  if (outcome === 'signed' && step === 'organisation') return t.organisationSign;
  return t.outcomes[outcome] ?? outcome;
}

function decisionForm(
  visit: Visit,
  open: OpenTask,
  { draft, faults }: { draft: Draft; faults: readonly Fault[] },
): Markup {
  const { t } = visit;
  const { task, pinned } = open;
  const field = { t, faults };
  const form = formOfTask(pinned, task);
  const components = componentsOf(visit, pinned);
  const action = `${AT}/tasks/${task.id}/decision`;
  return html`<form method="post" action="${action}" id="decision" novalidate>
    <h2 class="govuk-heading-l">${t.decide.heading}</h2>
    ${onEnter('check')} ${csrfField(visit)}
    <input type="hidden" name="onBehalfOf" value="${instrumentOf(open.way)}" />
    ${choiceField({
      ...field,
      id: 'outcome',
      name: 'outcome',
      label: t.decide.outcome,
      legendSize: 'm',
      kind: 'radios',
      chosen: [draft.outcome === '' && outlivesStages(task.kind) ? (task.outcomes[0] ?? '') : draft.outcome],
      choices: task.outcomes.map((value) => ({ value, label: outcomeName(visit, task, value) })),
    })}
    ${when(form, () => {
      const reader = new FormReader(pinned.definition, form ?? '', visit.language, visit.units);
      return html`<h3 class="govuk-heading-m">${[t.decide.form, reader.title].filter(Boolean).join(': ')}</h3>
        ${renderQuestions(reader.questions({}), { t, reader, entered: draft.form, faults, action })}`;
    })}
    ${when(task.outcomes.includes('incomplete') && components.length > 0, () =>
      choiceField({
        ...field,
        id: 'missing',
        name: 'missing',
        label: t.decide.missing,
        hint: t.decide.missingHint,
        legendSize: 's',
        kind: 'checkboxes',
        chosen: draft.missing,
        choices: components,
      }),
    )}
    ${textField({ ...field, id: 'comment', name: 'comment', label: t.decide.comment, hint: t.decide.commentHint, value: draft.comment, rows: 4 })}
    ${button(t.decide.check, { name: 'step', value: 'check' })}
  </form>`;
}

/** What the official records at this stage. */
export function formOfTask(
  { procedure }: Pinned,
  { stage: at, step, outcomes }: Pick<ShownTask, 'stage' | 'step' | 'outcomes'>,
): FormRef | undefined {
  if (at === LATENESS) return outcomes.includes('drafted') ? draftForm(procedure) : undefined;
  if (at === DISPATCH) return dispatchForm();
  const stage = procedure.stages[at];
  if (!stage) return undefined;
  if (stage.kind === 'consult') return stage.parts[step.replace('part.', '')]?.form;
  return 'form' in stage && step === 'decision' ? stage.form : undefined;
}

/** What an applicant can be asked to supplement: documents, and the parts of the form. */
export function componentsOf(visit: Visit, pinned: Pinned): { value: string; label: string }[] {
  const { procedure, definition } = pinned;
  const names = new Names(visit);
  const documents = Object.keys(procedure.documents ?? {}).map((value) => ({
    value,
    label: names.document(pinned, value),
  }));
  if (procedure.form === undefined) return documents;
  const parts = new FormReader(definition, procedure.form, visit.language, visit.units).questions({});
  return [...documents, ...parts.map(({ at, label }) => ({ value: at.slice(1), label }))];
}

/** A dossier of the unit that asks nothing of the official now. */
export async function officialDossierPage(visit: Visit, id: string): Promise<Response> {
  const names = new Names(visit);
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/find` });
  const { detail, pinned } = found.read;
  const tasks = detail.tasks.filter(({ party }) => party === null);
  return dossierPage(visit, {
    pinned,
    code: codeOfDossier(detail),
    at: 'find',
    back: `${AT}/tasks`,
    body: html`${tasks.map(
      (task) =>
        html`<p class="govuk-body">
          <a class="govuk-link" href="${AT}/tasks/${task.id}">${taskName(visit, names, pinned, task)}</a>
          (${names.role(task.role)})
        </p>`,
    )}
    ${await cashLink(visit, found.read)} ${await standingOfDossier(visit, found.read)} ${orderLinks(visit, found.read)}
    ${await changesSection(visit, found.read)} ${formInWords(visit, found.read)} ${documentsOf(visit, found.read)}
    ${await historySection(visit, found.read)}`,
  });
}
