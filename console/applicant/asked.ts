import { consequencesOf } from '../consequences.ts';
import { codeOfDossier, type DossierDetail, type DossierRead, readDossier } from '../dossier.ts';
import {
  banner,
  button,
  choiceField,
  details,
  type Fault,
  onEnter,
  type Row,
  summaryList,
  textField,
} from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { sentOf } from '../request.ts';
import { tellInstant } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import type { AskPurpose } from '../../schemas/procedure/closed-sets.ts';
import { KEPT_DAYS, notesOf } from './begun-pages.ts';
import { forget } from './begun.ts';
import { unsaidIn } from './evidence.ts';
import { fieldOf, fileField, handedIn, missingFile, takeFiles, togetherHint, uploadFields } from './files.ts';
import {
  type Answering,
  answering,
  answerInWords,
  askedFor,
  carriedDraft,
  draftCarried,
  keepAnswer,
  longComment,
  resumeAnswer,
  takeUpAnswer,
} from './kept-answer.ts';
import { overPage, refusedAnswer } from './over.ts';
import { afterSending } from './sent.ts';
import { ownPapers } from './papers.ts';
import { uploadScript } from './upload-script.ts';

type Sent = Readonly<Record<string, unknown>>;
type AskedTask = DossierDetail['tasks'][number];

/** What is answered by words and files, each on a page of its own. */
const BY_WORDS = ['filing', 'hearing', 'remedy', 'return'] as const satisfies readonly AskPurpose[];
type ByWords = (typeof BY_WORDS)[number];

/** An open request of a dossier that is answered so. */
interface Request {
  task: AskedTask;
  purpose: ByWords;
}

/** How a task is answered on a page of its own; undefined: it is not. */
function purposeOf(read: DossierRead, task: string): ByWords | undefined {
  return BY_WORDS.find((each) => each === askedFor(read, task));
}

function requestsOf(read: DossierRead): Request[] {
  return read.detail.tasks.flatMap((task) => {
    const purpose = task.party === null ? undefined : purposeOf(read, task.id);
    return purpose === undefined ? [] : [{ task, purpose }];
  });
}

export function addressOfAsked(task: string): string {
  return `${AT}/mine/${task.split('.')[0]}/asked/${task}`;
}

/** At the head of the dossier: what is asked, why, until when, and where to answer. */
export function askedBanners(visit: Visit, read: DossierRead): Content {
  const { t } = visit;
  return requestsOf(read).map(({ task, purpose }) =>
    banner(
      t.mine.asked,
      html`<p class="govuk-notification-banner__heading">${titleOf(visit, read, task.stage, purpose)}</p>
        ${whyAndUntil(visit, read, task.stage)}
        <p class="govuk-body">
          <a class="govuk-notification-banner__link" href="${addressOfAsked(task.id)}">${t.asked.give}</a>
        </p>`,
    ),
  );
}

/** As the procedure calls it; where it has no name for it, by what it is for. */
function titleOf(visit: Visit, { pinned }: DossierRead, stage: string, purpose: ByWords): string {
  return new Names(visit).text(pinned.procedure.stages[stage]?.title) || visit.t.asked.headings[purpose];
}

/** What an official said when he asked, and what comes if nobody answers. */
function whyAndUntil(visit: Visit, read: DossierRead, stage: string): Content {
  const { t } = visit;
  const by = read.events.findLast(({ event }) => event.type === 'TaskDecided' && event.actor.kind === 'official');
  return html`${when(by?.comment, () => html`<p class="govuk-body">${t.history.reason(by?.comment ?? '')}</p>`)}
  ${untilAndAfter(visit, read, stage)}`;
}

/** Until when an answer is waited for, and what comes without one. */
export function untilAndAfter(visit: Visit, { detail, pinned }: DossierRead, stage: string): Content {
  const { t } = visit;
  const until = detail.stages[stage]?.until;
  const expires = consequencesOf(visit, new Names(visit), pinned, { stage, step: 'decision', outcome: 'expired' });
  return when(
    until,
    () => html`<p class="govuk-body">${t.asked.until(tellInstant(t, until ?? ''))} ${expires.join(' ')}</p>`,
  );
}

export async function askedPage(visit: Visit, id: string, task: string): Promise<Response> {
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  if (task.split('.')[0] !== read.detail.id || purposeOf(read, task) === undefined) return notFoundPage(visit);
  const kept = await resumeAnswer(visit, read, task);
  const given = kept ?? answering(read, task, { entered: new Map(), uploads: [], since: { revision: 0 } });
  const request = requestsOf(read).find((each) => each.task.id === task);
  return request ? formPage(visit, request, given) : overPage(visit, given);
}

/** An answer in two steps, kept as it is typed. */
export async function askedStep(visit: Visit, id: string, task: string, sent: Sent): Promise<Response> {
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  if (task.split('.')[0] !== read.detail.id || purposeOf(read, task) === undefined) return notFoundPage(visit);
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const { uploads, faults: refused } = await takeFiles(visit, read.pinned, sent);
  const given = answering(read, task, {
    entered: new Map([
      ['outcome', text('outcome')],
      ['comment', text('comment')],
    ]),
    uploads,
    since: draftCarried(sent['kept']),
  });
  const step = text('step');
  const otherwise = await takeUpAnswer(visit, given);
  const request = requestsOf(read).find((each) => each.task.id === task);
  const faults = [...refused, ...(request ? faultsOf(visit, request, given) : [])];
  // What is over is answered by the API: an answer sent twice gets the answer of the first.
  if (step === 'confirm' && !otherwise && faults.length === 0) return send(visit, request, given);
  await keepAnswer(visit, given);
  if (!request) return overPage(visit, given, { sent: true });
  return nextPage(visit, request, given, { step, otherwise, refused, faults });
}

/** The next page of what is asked still. */
function nextPage(
  visit: Visit,
  request: Request,
  given: Answering,
  {
    step,
    otherwise,
    refused,
    faults,
  }: { step: string; otherwise: boolean; refused: readonly Fault[]; faults: readonly Fault[] },
): Promise<Response> {
  const { t } = visit;
  if (step === 'confirm' && otherwise) given.notes.push(t.drafts.notSent);
  if (step === 'save' && given.draft.kept) given.notes.push(t.drafts.savedNow);
  if (step === 'back' || step === 'save') return formPage(visit, request, given, refused);
  return faults.length > 0 || step === 'confirm'
    ? formPage(visit, request, given, faults)
    : confirmPage(visit, request, given);
}

/** What can be seen to be wrong; the API judges again. */
function faultsOf(visit: Visit, { task, purpose }: Request, given: Answering): Fault[] {
  const { t } = visit;
  const { entered, uploads, read } = given;
  const [outcome, comment] = [outcomeOf(task, given), entered.get('comment') ?? ''];
  const says = comment !== '' || (outcome === 'answered' && uploads.length > 0);
  const isNeeded = outcome === 'declined' || purpose !== 'return';
  return [
    ...(task.outcomes.includes(outcome) ? [] : [{ field: 'outcome', text: t.mine.choose }]),
    ...(says || !isNeeded || outcome === ''
      ? []
      : [{ field: 'comment', text: t.asked.needs[outcome === 'declined' ? 'reason' : 'something'] }]),
    ...unsaidIn(visit, read.pinned, uploads),
    ...longComment(t, t.asked.comment, { entered }),
  ];
}

/** Where there is but one answer it is not asked for. */
function outcomeOf({ outcomes }: AskedTask, { entered }: Answering): string {
  const [only, another] = outcomes;
  return another === undefined ? (only ?? '') : (entered.get('outcome') ?? '');
}

/** The documents that fall due at this stage, by the text of the procedure; then all others. */
function documentsAt({ pinned }: DossierRead, stage: string): { due: string[]; others: string[] } {
  const all = Object.entries(pinned.procedure.documents ?? {});
  return {
    due: all.flatMap(([name, { at }]) => (at === stage ? [name] : [])),
    others: all.flatMap(([name, { at }]) => (at === stage ? [] : [name])),
  };
}

async function formPage(
  visit: Visit,
  { task, purpose }: Request,
  given: Answering,
  faults: readonly Fault[] = [],
): Promise<Response> {
  const { t } = visit;
  const { read, uploads, entered, draft } = given;
  const { pinned, detail } = read;
  const { due, others } = documentsAt(read, task.stage);
  const papers = due.length + others.length > 0 ? await ownPapers(visit) : [];
  const sent = await sentOf(visit);
  const title = titleOf(visit, read, task.stage, purpose);
  const field = (document: string): Content =>
    fileField(visit, pinned, {
      document,
      optional: true,
      known: uploads.find(({ component }) => component === document),
      faults,
      place: task.id,
      papers,
      sent,
    });
  const isOpen = others.some(
    (name) =>
      uploads.some(({ component }) => component === name) || faults.some((each) => each.field === fieldOf(name)),
  );
  return page(visit, {
    title,
    at: 'mine',
    back: `${AT}/mine/${detail.id}`,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    ...(due.length + others.length > 0 && { script: uploadScript(visit) }),
    body: html`<span class="govuk-caption-l"
        >${new Names(visit).text(pinned.procedure.title)} – ${codeOfDossier(detail)}</span
      >
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${t.asked.intros[purpose]}</p>
      <div class="govuk-inset-text">${whyAndUntil(visit, read, task.stage)}</div>
      ${notesOf(given)}
      <form method="post" action="${addressOfAsked(task.id)}" enctype="multipart/form-data" novalidate>
        ${onEnter('check')} ${csrfField(visit)} ${carried(given)}
        ${when(due.length + others.length > 0, () => togetherHint(visit))}
        ${when(task.outcomes.length > 1, () =>
          choiceField({
            id: 'outcome',
            name: 'outcome',
            label: t.mine.answer,
            legendSize: 'm',
            kind: 'radios',
            chosen: [entered.get('outcome') ?? ''],
            faults,
            t,
            choices: task.outcomes.map((value) => ({ value, label: answerInWords(visit, value, purpose) })),
          }),
        )}
        ${when(due.length > 0, () => html`<h2 class="govuk-heading-m">${t.asked.due}</h2>`)} ${due.map(field)}
        ${textField({
          id: 'comment',
          name: 'comment',
          label: t.asked.comment,
          hint: t.asked.hints[purpose],
          value: entered.get('comment') ?? '',
          rows: 5,
          faults,
          t,
        })}
        ${when(others.length > 0, () =>
          isOpen
            ? html`<h2 class="govuk-heading-m">${t.asked.others}</h2>
                ${others.map(field)}`
            : details(t.asked.others, html`${others.map(field)}`),
        )}
        <div class="govuk-button-group">
          ${button(t.mine.check, { name: 'step', value: 'check' })}
          ${button(t.drafts.save, { name: 'step', value: 'save', secondary: true })}
        </div>
      </form>
      ${when(draft.kept, () => html`<p class="govuk-hint">${t.drafts.saved(KEPT_DAYS)} ${uploads.length > 0 ? t.drafts.filesDay : ''}</p>`)}`,
  });
}

/** What goes from page to page: the files that arrived, and the draft from which the page was drawn. */
function carried(given: Answering): Content {
  return html`${uploadFields(given.uploads)} <input type="hidden" name="kept" value="${carriedDraft(given)}" />`;
}

function confirmPage(visit: Visit, { task, purpose }: Request, given: Answering): Promise<Response> {
  const { t } = visit;
  const { read, uploads, entered } = given;
  const { pinned, detail } = read;
  const names = new Names(visit);
  const [outcome, comment] = [outcomeOf(task, given), entered.get('comment') ?? ''];
  const had = new Set([...uploads, ...detail.documents].map(({ component }) => component));
  const left = documentsAt(read, task.stage).due.filter((name) => !had.has(name));
  const rows: Row[] = [
    { key: t.mine.answer, value: answerInWords(visit, outcome, purpose) },
    ...(comment === '' ? [] : [{ key: t.asked.comment, value: comment }]),
    ...uploads.map((upload) => ({ key: names.handedIn(pinned, upload), value: upload.name })),
    ...left.map((name) => ({ key: names.document(pinned, name), value: t.asked.left })),
  ];
  const happens = consequencesOf(visit, names, pinned, { ...task, outcome });
  return page(visit, {
    title: t.mine.confirmHeading,
    at: 'mine',
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)} – ${codeOfDossier(detail)}</span>
      <h1 class="govuk-heading-l">${t.mine.confirmHeading}</h1>
      ${notesOf(given)}
      <div class="ot-break">${summaryList(rows)}</div>
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${[...happens, t.mine.once].map((each) => html`<li>${each}</li>`)}
      </ul>
      <form method="post" action="${addressOfAsked(task.id)}" enctype="multipart/form-data" novalidate>
        ${csrfField(visit)} ${carried(given)} <input type="hidden" name="outcome" value="${outcome}" />
        <input type="hidden" name="comment" value="${comment}" />
        <div class="govuk-button-group">
          ${button(t.mine.send, { name: 'step', value: 'confirm' })}
          ${button(t.change, { name: 'step', value: 'back', secondary: true })}
        </div>
      </form>`,
  });
}

/** Sends what was checked, once from wherever. Whatever is refused is kept. */
async function send(visit: Visit, request: Request | undefined, given: Answering): Promise<Response> {
  const { api, c } = visit;
  const { task, entered, uploads, once, read } = given;
  const outcome = request ? outcomeOf(request.task, given) : entered.get('outcome') || 'answered';
  const comment = entered.get('comment') ?? '';
  const attachments = outcome === 'answered' ? handedIn(read.pinned, uploads) : [];
  const body = { outcome, ...(comment !== '' && { comment }), attachments };
  const answered = await api.post(`/tasks/${encodeURIComponent(task)}/decision`, body, once);
  if (answered.ok) {
    await forget(visit, given);
    return c.redirect(afterSending(read.detail.id, 'answer'), 303);
  }
  await keepAnswer(visit, given);
  const { problem } = answered;
  const again = await readDossier(visit, read.detail.id);
  const told = again.ok ? refusedAnswer(visit, { ...given, read: again.read }, problem) : undefined;
  if (told) return told;
  const wrong = (problem.errors ?? []).flatMap(({ at }) => {
    const [, index] = /^\/attachments\/(\d+)/.exec(at) ?? [];
    const component = index === undefined ? undefined : uploads[Number(index)]?.component;
    return component === undefined ? [] : [component];
  });
  // A file that the API does not take has to be chosen anew.
  given.uploads = uploads.filter(({ component }) => !wrong.includes(component));
  return request && wrong.length > 0
    ? formPage(
        visit,
        request,
        given,
        wrong.map((component) => missingFile(visit, read.pinned, component)),
      )
    : refusedPage(visit, problem, { back: addressOfAsked(task) });
}
