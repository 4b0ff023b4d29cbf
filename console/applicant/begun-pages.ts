import { DRAFTS_KEPT_MS } from '../../domain/ports/drafts.ts';
import type { DraftSaved } from '../../schemas/drafts.ts';
import { codeOfDossier, type DossierDetail } from '../dossier.ts';
import { button } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { draftOf, draftsOf, type Kept } from './begun.ts';

export const KEPT_DAYS = DRAFTS_KEPT_MS / 86_400_000;

/** What a page has to say beside its questions. */
export function notesOf({ notes }: Pick<Kept, 'notes'>): Content {
  return [...new Set(notes)].map((note) => html`<div class="govuk-inset-text ot-break">${note}</div>`);
}

/** Each with the way to go on and the way to erase it. */
function listOf({ t }: Visit, drafts: readonly { draft: DraftSaved; title: string }[]): Markup {
  return html`<ul class="ot-work">
    ${drafts.map(
      ({ draft: { id, procedure, task, saved, expires }, title }) =>
        html`<li>
          <h3 class="govuk-heading-s">
            <a
              class="govuk-link"
              href="${task === undefined ? `${AT}/apply/${procedure}?draft=${id}` : `${AT}/drafts/${id}`}"
              >${t.drafts.goOn(title, tellInstant(t, saved))}</a
            >
          </h3>
          <p class="govuk-body">
            ${t.drafts.until(tellInstant(t, expires))}
            <a class="govuk-link" href="${AT}/drafts/${id}/removal"
              >${t.drafts.erase}<span class="govuk-visually-hidden"> (${title}, ${tellInstant(t, saved)})</span></a
            >
          </p>
        </li>`,
    )}
  </ul>`;
}

async function titled(visit: Visit, drafts: readonly DraftSaved[]): Promise<{ draft: DraftSaved; title: string }[]> {
  const names = new Names(visit);
  return Promise.all(
    drafts.map(async (draft) => {
      if (draft.task !== undefined) {
        const asking = await visit.parts.catalogue.pinned(draft.procedure, draft.version).catch(() => undefined);
        const [dossier = '', stage = ''] = draft.task.split('.');
        const found = await visit.api.get<DossierDetail>(`/dossiers/${encodeURIComponent(dossier)}`);
        const told = asking ? [names.text(asking.procedure.title), names.stage(asking, stage)] : [draft.procedure];
        return { draft, title: [...told, ...(found.ok ? [codeOfDossier(found.body)] : [])].join(' – ') };
      }
      const current = await visit.parts.catalogue.current(draft.procedure, visit.now);
      const pinned = current && (await visit.parts.catalogue.pinned(draft.procedure, current.version));
      return { draft, title: names.text(pinned?.procedure.title) || draft.procedure };
    }),
  );
}

/** What its owner has begun and not handed in. */
export async function begunSection(visit: Visit): Promise<Content> {
  const drafts = await draftsOf(visit);
  const named = await titled(visit, drafts);
  return when(
    drafts.length > 0,
    () =>
      html`<h2 class="govuk-heading-m">${visit.t.drafts.heading}</h2>
        ${listOf(visit, named)}`,
  );
}

/** Instead of the first page, where applications for the same are begun: go on, or begin anew. */
export async function begunPage(visit: Visit, procedure: string, drafts: readonly DraftSaved[]): Promise<Response> {
  const { t } = visit;
  const named = await titled(visit, drafts);
  return page(visit, {
    title: t.drafts.begun,
    at: 'procedures',
    back: `${AT}/procedures/${procedure}`,
    body: html`<span class="govuk-caption-l">${named[0]?.title ?? ''}</span>
      <h1 class="govuk-heading-l">${t.drafts.begun}</h1>
      <h2 class="govuk-heading-m">${t.drafts.heading}</h2>
      ${listOf(visit, named)}
      <p><a class="govuk-button" href="${AT}/apply/${procedure}?new=1">${t.drafts.anew}</a></p>`,
  });
}

/** What erasing a draft does, before it is done. */
export async function removalPage(visit: Visit, id: string): Promise<Response> {
  const { t } = visit;
  const draft = await draftOf(visit, id);
  if (!draft) return notFoundPage(visit);
  const [named] = await titled(visit, [draft]);
  return page(visit, {
    title: t.drafts.eraseHeading,
    at: 'mine',
    back: `${AT}/mine`,
    body: html`<span class="govuk-caption-l">${named?.title ?? ''}</span>
      <h1 class="govuk-heading-l">${t.drafts.eraseHeading}</h1>
      <p class="govuk-body">${t.drafts.eraseText(tellInstant(t, draft.saved))}</p>
      <form method="post" action="${AT}/drafts/${id}/removal">
        ${csrfField(visit)}
        <div class="govuk-button-group">
          ${button(t.drafts.erase)} <a class="govuk-link" href="${AT}/mine">${t.back}</a>
        </div>
      </form>`,
  });
}

/** Twice is once. */
export async function removalStep(visit: Visit, id: string): Promise<Response> {
  const removed = await visit.api.delete(`/drafts/${encodeURIComponent(id)}`);
  return removed.ok ? visit.c.redirect(`${AT}/mine`, 303) : refusedPage(visit, removed.problem, { back: `${AT}/mine` });
}
