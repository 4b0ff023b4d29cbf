import { randomUUID } from 'node:crypto';
import type { DossierSummary, Problem } from '../../schemas/api.ts';
import { codeOf } from '../ask-api.ts';
import { codeOfDossier, type DossierRead, readDossier } from '../dossier.ts';
import { banner, button, type Fault, onEnter, type Row, summaryList } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { refusedPage } from '../refused.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { askBodyOrder } from './ask-body.ts';
import { extensionOrder } from './extension.ts';
import { holdOrder, releaseOrder } from './holds.ts';
import { listOf, type Sent, textOf } from './sent.ts';
import { ORDERS, type Order, type OrderName } from './order-kind.ts';
import { transferOrder } from './transfer.ts';

const KNOWN: Readonly<Record<OrderName, Order>> = {
  extension: extensionOrder,
  transfer: transferOrder,
  opinion: askBodyOrder,
  hold: holdOrder,
  release: releaseOrder,
};

/** On the page of a dossier: what the official who looks can order. */
export function orderLinks(visit: Visit, read: DossierRead): Content {
  const { t, who } = visit;
  if (who.kind !== 'official') return '';
  const offered = ORDERS.filter((name) => KNOWN[name].isOffered(read, who.office, visit));
  return when(
    offered.length > 0,
    () =>
      html`<ul class="govuk-list">
        ${offered.map((name) => html`<li><a class="govuk-link" href="${AT}/dossiers/${read.detail.id}/${name}">${t.orders[name].heading}</a></li>`)}
      </ul>`,
  );
}

export async function orderPage(visit: Visit, name: OrderName, id: string): Promise<Response> {
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/find` });
  return formPage(visit, name, found.read, { sent: {}, faults: [] });
}

/** First checked, with what will happen; only then it is ordered. Sent twice it gets the answer of the first. */
export async function orderStep(visit: Visit, name: OrderName, id: string, sent: Sent): Promise<Response> {
  if (textOf(sent, 'step') === 'confirm') return carryOut(visit, name, id, sent);
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/find` });
  if (textOf(sent, 'step') === 'back') return formPage(visit, name, found.read, { sent, faults: [] });
  const checked = KNOWN[name].check(visit, found.read, sent);
  return 'faults' in checked
    ? formPage(visit, name, found.read, { sent, faults: checked.faults })
    : confirmPage(visit, name, found.read, checked);
}

function headOf(visit: Visit, { detail, pinned }: DossierRead, title: string): Content {
  return html`<span class="govuk-caption-l"
      >${new Names(visit).text(pinned.procedure.title)} – ${codeOfDossier(detail)}</span
    >
    <h1 class="govuk-heading-l">${title}</h1>`;
}

function formPage(
  visit: Visit,
  name: OrderName,
  read: DossierRead,
  entry: { sent: Sent; faults: readonly Fault[] },
): Promise<Response> {
  const { t } = visit;
  const { heading, intro } = t.orders[name];
  const back = `${AT}/dossiers/${read.detail.id}`;
  return page(visit, {
    title: heading,
    at: 'find',
    back,
    faults: entry.faults,
    ...(entry.faults.length > 0 && { status: 422 }),
    body: html`${headOf(visit, read, heading)}
      <p class="govuk-body">${intro}</p>
      <form method="post" action="${back}/${name}" novalidate>
        ${onEnter('check')} ${csrfField(visit)} ${KNOWN[name].form(visit, read, entry)}
        <div class="govuk-button-group">
          ${button(t.continue, { name: 'step', value: 'check' })}
          <a class="govuk-link" href="${back}">${t.orders.keep}</a>
        </div>
      </form>`,
  });
}

function confirmPage(
  visit: Visit,
  name: OrderName,
  read: DossierRead,
  { sent, rows, happens }: { sent: Sent; rows: readonly Row[]; happens: readonly string[] },
): Promise<Response> {
  const { t, who } = visit;
  const as = who.kind === 'official' ? `${who.official.name}, ${who.title} – ${who.unitName}` : '';
  const entered = KNOWN[name].fields.flatMap((field) => listOf(sent, field).map((value) => [field, value] as const));
  return page(visit, {
    title: t.orders.confirmHeading,
    at: 'find',
    body: html`${headOf(visit, read, t.orders.confirmHeading)}
      ${summaryList([{ key: t.orders.what, value: t.orders[name].heading }, ...rows, { key: t.orders.asOf, value: as }])}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${happens.map((each) => html`<li>${each}</li>`)}
      </ul>
      <form method="post" action="${AT}/dossiers/${read.detail.id}/${name}" novalidate>
        ${csrfField(visit)}
        ${[...entered, ['once', randomUUID()] as const].map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}" />`)}
        <div class="govuk-button-group">
          ${button(t.orders[name].confirm, { name: 'step', value: 'confirm' })}
          ${button(t.change, { secondary: true, name: 'step', value: 'back' })}
        </div>
      </form>`,
  });
}

async function carryOut(visit: Visit, name: OrderName, id: string, sent: Sent): Promise<Response> {
  const { t, api } = visit;
  const { path, bodyOf } = KNOWN[name];
  const at = `/dossiers/${encodeURIComponent(id)}`;
  const done = await api.post<DossierSummary>(
    `${at}/${typeof path === 'string' ? path : path(sent)}`,
    bodyOf(sent),
    textOf(sent, 'once') || undefined,
  );
  if (!done.ok) return refused(visit, name, { id, sent, problem: done.problem });
  const stillSeen = (await api.get(at)).ok;
  return page(visit, {
    title: t.orders[name].done,
    at: 'find',
    body: html`<h1 class="govuk-heading-l">${t.orders[name].done}</h1>
      ${banner(codeOfDossier(done.body), html`<p class="govuk-notification-banner__heading">${t.orders[name].told}</p>`, true)}
      <ul class="govuk-list">
        <li><a class="govuk-link" href="${AT}/tasks">${t.decide.toInbox}</a></li>
        ${when(stillSeen, () => html`<li><a class="govuk-link" href="${AT}/dossiers/${done.body.id}">${t.decide.toDossier}</a></li>`)}
      </ul>`,
  });
}

/** What can be mended is told at its field. */
async function refused(
  visit: Visit,
  name: OrderName,
  { id, sent, problem }: { id: string; sent: Sent; problem: Problem },
): Promise<Response> {
  const back = `${AT}/dossiers/${id}`;
  const code = codeOf(problem);
  const field = KNOWN[name].refusedAt[code];
  const found = field === undefined ? undefined : await readDossier(visit, id);
  if (field === undefined || !found?.ok) return refusedPage(visit, problem, { back });
  const text = visit.t.orders[name].refused[code] ?? visit.t.refused.other;
  return formPage(visit, name, found.read, { sent, faults: [{ field, text }] });
}
