import { button, textField } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { html, when } from '../html/markup.ts';
import { AT, type Visit } from '../visit.ts';
import { keeps } from './holds.ts';

/** A dossier by what stands on its receipt: its code, or the reference. */
export async function findPage(visit: Visit): Promise<Response> {
  const { c, t, api, who } = visit;
  const asked = c.req.query('code');
  const code = (asked ?? '').trim();
  for (const name of code === '' ? [] : ['code', 'reference']) {
    const found = await api.get<{ items: { id: string }[] }>(`/dossiers?${name}=${encodeURIComponent(code)}`);
    const [dossier] = found.ok ? found.body.items : [];
    if (dossier) return c.redirect(`${AT}/dossiers/${dossier.id}`, 303);
  }
  const faults = asked === undefined ? [] : [{ field: 'code', text: code === '' ? t.find.enter : t.find.none }];
  return page(visit, {
    title: t.find.heading,
    at: 'find',
    faults,
    ...(faults.length > 0 && { status: code === '' ? (422 as const) : (404 as const) }),
    body: html`<h1 class="govuk-heading-l">${t.find.heading}</h1>
      <form method="get" action="${AT}/find" novalidate>
        ${textField({ id: 'code', name: 'code', label: t.find.label, hint: t.find.hint, value: code, faults, t, width: 20 })}
        ${button(t.find.button)}
      </form>
      ${when(
        who.kind === 'official' && keeps(visit, who.office),
        () =>
          html`<ul class="govuk-list">
            <li><a class="govuk-link" href="${AT}/records">${t.records.heading}</a></li>
            <li><a class="govuk-link" href="${AT}/disposals">${t.disposals.heading}</a></li>
          </ul>`,
      )}`,
  });
}
