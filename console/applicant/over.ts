import type { Problem } from '../../schemas/api.ts';
import type { AskPurpose } from '../../schemas/procedure/closed-sets.ts';
import { codeOf } from '../ask-api.ts';
import { codeOfDossier, type DossierRead, readDossier } from '../dossier.ts';
import { summaryList } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { html, when } from '../html/markup.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import { AT, type Visit } from '../visit.ts';
import { draftOf } from './begun.ts';
import { KEPT_DAYS, notesOf } from './begun-pages.ts';
import { type Answering, answeringOf, askedFor, isYesOrNo, rowsOf } from './kept-answer.ts';

/**
 * An answer that was refused, where that says something of the request and not of the answer: the request is over, so that no other will be taken, or the dossier stands still.
 * Undefined: the answer is at fault.
 */
export function refusedAnswer(visit: Visit, given: Answering, problem: Problem): Promise<Response> | undefined {
  const { detail, events } = given.read;
  const isAsked = detail.tasks.some(({ id }) => id === given.task);
  const isWithdrawn = events.some(({ event }) => event.type === 'WithdrawalRequested');
  if (!isAsked || isWithdrawn) return overPage(visit, given, { sent: true });
  return codeOf(problem) === 'wrong-status' ? waitsPage(visit, given) : undefined;
}

/** The request stands, but so does the dossier: nothing of what was entered is lost, or taken, until somebody goes on with it. */
function waitsPage(visit: Visit, given: Answering): Promise<Response> {
  const { t } = visit;
  const { read } = given;
  const back = `${AT}/mine/${read.detail.id}`;
  return page(visit, {
    title: t.drafts.waitsHeading,
    at: 'mine',
    back,
    status: 409,
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.drafts.waitsHeading}</h1>
      <p class="govuk-body">${t.drafts.waits}</p>
      ${notesOf(given)}
      <div class="ot-break">${summaryList(rowsOf(visit, given))}</div>
      <p class="govuk-body"><a class="govuk-link" href="${back}">${t.drafts.overDossier}</a></p>`,
  });
}

/** What is begun to answer something: on to where it is answered, or what became of what was asked. */
export async function begunAnswerPage(visit: Visit, id: string): Promise<Response> {
  const draft = await draftOf(visit, id);
  if (!draft) return notFoundPage(visit);
  const { task, procedure } = draft;
  if (task === undefined) return visit.c.redirect(`${AT}/apply/${procedure}?draft=${id}`, 303);
  const [dossier = ''] = task.split('.');
  const found = await readDossier(visit, dossier);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  if (read.detail.tasks.every((each) => each.id !== task)) return overPage(visit, answeringOf(visit, read, draft));
  const purpose = askedFor(read, task);
  return visit.c.redirect(`${AT}/mine/${dossier}${purpose === undefined ? '' : pageOf(purpose, task)}`, 303);
}

/** Where a request is answered: a yes or a no on the page of the dossier itself. */
function pageOf(purpose: AskPurpose, task: string): string {
  if (purpose === 'supplement') return '/supplement';
  return isYesOrNo(purpose) ? '' : `/asked/${task}`;
}

/** What was asked is over: what became of it, and all that was entered, so that nothing of it is lost unseen. Nothing is sent. */
export function overPage(visit: Visit, begun: Answering, { sent = false }: { sent?: boolean } = {}): Promise<Response> {
  const { t } = visit;
  const { read, once, draft } = begun;
  const rows = rowsOf(visit, begun);
  const asksNow = read.detail.tasks.some(({ party }) => party !== null);
  return page(visit, {
    title: t.drafts.overHeading,
    at: 'mine',
    back: `${AT}/mine/${read.detail.id}`,
    ...(sent && { status: 409 }),
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.drafts.overHeading}</h1>
      <p class="govuk-body">${becameOf(visit, read, begun.task)}</p>
      ${notesOf(begun)} ${when(rows.length > 0, () => html`<p class="govuk-body">${t.drafts.overKept}</p>`)}
      <div class="ot-break">${summaryList(rows)}</div>
      ${when(
        draft.kept,
        () =>
          html`<p class="govuk-body">
            ${t.drafts.overUntil(KEPT_DAYS)}
            <a class="govuk-link" href="${AT}/drafts/${once}/removal">${t.drafts.erase}</a>
          </p>`,
      )}
      <p class="govuk-body">
        <a class="govuk-link" href="${AT}/mine/${read.detail.id}"
          >${asksNow ? t.drafts.overNow : t.drafts.overDossier}</a
        >
      </p>`,
  });
}

/** How a request ended. */
function becameOf({ t }: Visit, { detail, events }: DossierRead, task: string): string {
  const [, stage, visitOf] = task.split('.');
  const decided = events.findLast(({ event }) => event.type === 'TaskDecided' && event.data['task'] === task)?.event;
  if (decided) return t.drafts.overAnswered(tellInstant(t, decided.at));
  const withdrawn = events.findLast(({ event }) => event.type === 'WithdrawalRequested')?.event;
  if (withdrawn) return t.drafts.overWithdrawn(tellInstant(t, withdrawn.at));
  const left = events.findLast(
    ({ event: { type, data } }) =>
      type === 'StageLeft' &&
      data['stage'] === stage &&
      String(data['visit']) === visitOf &&
      data['outcome'] === 'expired',
  )?.event;
  if (left) return t.drafts.overExpired(tellInstant(t, left.at));
  return detail.result === null ? t.drafts.overOther : t.drafts.overResult(t.results[detail.result] ?? detail.result);
}
