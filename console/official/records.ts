import type * as z from 'zod';
import type { DueRecord } from '../../schemas/archive.ts';
import { page } from '../html/layout.ts';
import { html } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { tellDate, tellInstant } from '../tell.ts';
import { AT, Names, pinnedOf, type Visit } from '../visit.ts';

type Due = z.infer<typeof DueRecord>;

/** Records of the official's unit whose time of retention is over, and what the law then wants. */
export async function recordsPage(visit: Visit): Promise<Response> {
  const { t, api, c } = visit;
  const after = c.req.query('after');
  const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
  const listed = await api.get<{ items: Due[]; next?: string }>(`/archive/due${query}`);
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: `${AT}/find` });
  const { items, next } = listed.body;
  const names = new Names(visit);
  const titles = new Map(
    await Promise.all(
      [...new Set(items.map(({ procedure }) => procedure))].map(async (id): Promise<[string, string]> => {
        const pinned = await pinnedOf(visit, id);
        return [id, pinned ? names.text(pinned.procedure.title) : id];
      }),
    ),
  );
  return page(visit, {
    title: t.records.heading,
    at: 'find',
    back: `${AT}/find`,
    body: html`<h1 class="govuk-heading-l">${t.records.heading}</h1>
      <p class="govuk-body">${t.records.intro}</p>
      ${
        items.length === 0
          ? html`<p class="govuk-body">${next === undefined ? t.records.none : t.records.noneHere}</p>`
          : dataTable<Due>(
              t.records.heading,
              [
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
                  name: t.records.hold,
                  cell: ({ held }) => (held ? html`<strong>${t.records.held}</strong>` : t.records.notHeld),
                },
              ],
              items,
            )
      }
      ${
        next === undefined
          ? ''
          : html`<p class="govuk-body">
              <a class="govuk-link" href="${AT}/records?after=${encodeURIComponent(next)}">${t.records.more}</a>
            </p>`
      }`,
  });
}
