import type { Changes, Named } from '../../schemas/impact.ts';
import { summaryList } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import type { Visit } from '../visit.ts';
import { addressOf, readChanges } from './version.ts';

/** What is other in a version than in another one. */
export async function changesPage(visit: Visit, id: string, version: string): Promise<Response> {
  const { c, t } = visit;
  const since = c.req.query('since') ?? '';
  const back = addressOf({ id, version });
  const found = await readChanges(visit, { id, version }, since);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  const title = t.definitions.between(since, version);
  return page(visit, {
    title,
    at: 'definitions',
    back,
    body: html`<span class="govuk-caption-l">${id}</span>
      <h1 class="govuk-heading-l">${title}</h1>
      ${changesShown(visit, found.body)}`,
  });
}

const PARTS = ['stages', 'documents', 'fees', 'issues', 'files'] as const;

/** The differences, part by part and then each. */
export function changesShown(visit: Visit, changes: Changes): Markup {
  const { t } = visit;
  const named = ({ added, removed, changed }: Named): Content =>
    (
      [
        [t.definitions.added, added],
        [t.definitions.removed, removed],
        [t.definitions.changed, changed],
      ] as const
    ).flatMap(([what, names]) => (names.length === 0 ? [] : [html`<span>${what}: ${names.join(', ')}</span><br />`]));
  const rows = PARTS.flatMap((part) => {
    const { added, removed, changed } = changes[part];
    const isSame = added.length + removed.length + changed.length === 0;
    return isSame ? [] : [{ key: t.definitions.parts[part], value: named(changes[part]) }];
  });
  if (rows.length === 0 && changes.details.length === 0) return html`<p class="govuk-body">${t.definitions.same}</p>`;
  return html`${summaryList(rows)}
  ${dataTable(
    t.definitions.details,
    [
      { name: t.definitions.place, cell: ({ at }) => at },
      { name: t.definitions.was, cell: ({ was }) => valueShown(was) },
      { name: t.definitions.is, cell: ({ is }) => valueShown(is) },
    ],
    changes.details,
  )}
  ${when(changes.more > 0, () => html`<p class="govuk-body">${t.definitions.more(changes.more)}</p>`)}`;
}

const LONGEST_VALUE = 300;

function valueShown(value: unknown): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
