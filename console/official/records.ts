import type * as z from 'zod';
import type { Problem } from '../../schemas/api.ts';
import type { DueRecord } from '../../schemas/archive.ts';
import { button, errorMessage, type Fault } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { type Column, dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { tellDate, tellInstant } from '../tell.ts';
import { AT, Names, pinnedOf, type Visit } from '../visit.ts';

export type Due = z.infer<typeof DueRecord>;
export interface DuePage {
  items: Due[];
  next?: string;
}

/** One page of the records of the official's unit whose time is over. `after`: its cursor; empty: the first. */
export async function dueAt(
  { api }: Visit,
  after: string,
): Promise<{ ok: true; body: DuePage } | { ok: false; problem: Problem }> {
  return api.get<DuePage>(`/archive/due${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`);
}

/** Names of procedures, by their ids. */
export async function titlesOf(visit: Visit, procedures: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Names(visit);
  return new Map(
    await Promise.all(
      [...new Set(procedures)].map(async (id): Promise<[string, string]> => {
        const pinned = await pinnedOf(visit, id);
        return [id, pinned ? names.text(pinned.procedure.title) : id];
      }),
    ),
  );
}

/** Records of the official's unit whose time of retention is over, and what the law then wants. */
export async function recordsPage(visit: Visit): Promise<Response> {
  const after = visit.c.req.query('after') ?? '';
  const listed = await dueAt(visit, after);
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: `${AT}/find` });
  return showRecords(visit, { after, listed: listed.body, chosen: [], faults: [] });
}

/** The same with what was chosen for a list, and what is to be mended in it. */
export async function showRecords(
  visit: Visit,
  {
    after,
    listed: { items, next },
    chosen,
    faults,
  }: { after: string; listed: DuePage; chosen: readonly string[]; faults: readonly Fault[] },
): Promise<Response> {
  const { t } = visit;
  const titles = await titlesOf(
    visit,
    items.map(({ procedure }) => procedure),
  );
  const firstFree = items.find(({ held }) => !held)?.dossier;
  const columns: Column<Due>[] = [
    {
      name: t.records.dossier,
      cell: ({ dossier, code, reference, procedure }) =>
        html`<a class="govuk-link" href="${AT}/dossiers/${dossier}">${code ?? reference}</a
          ><br />${titles.get(procedure)}`,
    },
    { name: t.records.closed, cell: ({ closed }) => tellInstant(t, closed) },
    { name: t.records.due, cell: ({ due }) => tellDate(t, due) },
    {
      name: t.records.then,
      cell: ({ then, legalBasis }) => html`${t.records.fates[then]}<br />${[legalBasis].flat().join('; ')}`,
    },
    {
      name: t.disposals.choose,
      cell: (record) =>
        record.held
          ? html`<strong>${t.records.held}</strong>`
          : box(visit, record, {
              id: record.dossier === firstFree ? 'dossiers' : record.dossier,
              isChosen: chosen.includes(record.dossier),
            }),
    },
  ];
  return page(visit, {
    title: t.records.heading,
    at: 'find',
    back: `${AT}/find`,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<h1 class="govuk-heading-l">${t.records.heading}</h1>
      <p class="govuk-body">${t.records.intro}</p>
      <p class="govuk-body"><a class="govuk-link" href="${AT}/disposals">${t.disposals.heading}</a></p>
      ${
        items.length === 0
          ? html`<p class="govuk-body">${next === undefined ? t.records.none : t.records.noneHere}</p>`
          : html`<form method="post" action="${AT}/records" novalidate>
              ${csrfField(visit)} <input type="hidden" name="after" value="${after}" />
              ${errorMessage(t, 'dossiers', faults)} ${dataTable<Due>(t.records.heading, columns, items)}
              ${when(firstFree, () => button(t.disposals.propose, { name: 'step', value: 'choose' }))}
            </form>`
      }
      ${when(
        next,
        () =>
          html`<p class="govuk-body">
            <a class="govuk-link" href="${AT}/records?after=${encodeURIComponent(next ?? '')}">${t.records.more}</a>
          </p>`,
      )}`,
  });
}

/** Puts a record on the list. */
function box(
  { t }: Visit,
  { dossier, code, reference }: Due,
  { id, isChosen }: { id: string; isChosen: boolean },
): Content {
  return html`<div class="govuk-checkboxes govuk-checkboxes--small">
    <div class="govuk-checkboxes__item">
      <input
        class="govuk-checkboxes__input"
        id="${id}"
        name="dossiers"
        type="checkbox"
        value="${dossier}"
        ${isChosen ? html`checked` : ''}
      />
      <label class="govuk-label govuk-checkboxes__label" for="${id}"
        >${t.disposals.toList}<span class="govuk-visually-hidden"> ${code ?? reference}</span></label
      >
    </div>
  </div>`;
}
