import { page } from '../html/layout.ts';
import { html } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { dateOf, tellDate } from '../tell.ts';
import type { Visit } from '../visit.ts';

interface Certificate {
  of: 'connector' | 'connector-ca' | 'seal' | 'record-key' | 'official';
  id: string;
  until: string | null;
  days: number | null;
  state: 'good' | 'near' | 'close' | 'over' | 'unreadable';
}

/** Certificates that are over or end within 30 days. */
export async function certificatesPage(visit: Visit): Promise<Response> {
  const { t, api } = visit;
  const listed = await api.get<{ items: Certificate[] }>('/certificates');
  if (!listed.ok) return refusedPage(visit, listed.problem);
  const { items } = listed.body;
  return page(visit, {
    title: t.certificates.heading,
    at: 'certificates',
    body: html`<h1 class="govuk-heading-l">${t.certificates.heading}</h1>
      <p class="govuk-body">${t.certificates.intro}</p>
      ${
        items.length === 0
          ? html`<p class="govuk-body">${t.certificates.none}</p>`
          : dataTable(
              t.certificates.heading,
              [
                { name: t.certificates.of, cell: ({ of }) => t.certificates.kinds[of] },
                { name: t.certificates.whose, cell: ({ id }) => html`<span class="ot-break">${id}</span>` },
                {
                  name: t.certificates.until,
                  cell: ({ until }) => (until === null ? '' : tellDate(t, dateOf(Date.parse(until)))),
                },
                { name: t.certificates.state, cell: ({ state, days }) => t.certificates.states(state, days ?? 0) },
              ],
              items,
            )
      }`,
  });
}
