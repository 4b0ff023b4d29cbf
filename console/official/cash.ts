import { randomUUID } from 'node:crypto';
import type { PaymentAnswer } from '../../schemas/payments.ts';
import { codeOf } from '../ask-api.ts';
import { codeOfDossier, type DossierRead, readDossier } from '../dossier.ts';
import { button, type Fault, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html } from '../html/markup.ts';
import { refusedPage } from '../refused.ts';
import { tellAmount } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';

type Sent = Readonly<Record<string, unknown>>;

/** On the dossier of somebody who owes something and stands at the counter: the way to the page below, or whom to pay instead. */
export async function cashLink(visit: Visit, { detail, pinned }: DossierRead): Promise<Content> {
  const { t } = visit;
  const stage = detail.stage === null ? undefined : pinned.procedure.stages[detail.stage];
  if (stage?.kind !== 'pay') return '';
  const owed = await visit.api.get<PaymentAnswer>(`/dossiers/${encodeURIComponent(detail.id)}/payment`);
  const elsewhere = owed.ok ? paidElsewhere(visit, owed.body) : undefined;
  if (elsewhere !== undefined) return html`<p class="govuk-body">${elsewhere}</p>`;
  return html`<p class="govuk-body">
    <a class="govuk-link" href="${AT}/dossiers/${detail.id}/cash">${t.cash.heading}</a>
  </p>`;
}

/** Why this counter does not take what is owed, where it is not the money of the unit in whose office one looks. */
function paidElsewhere({ t, who }: Pick<Visit, 't' | 'who'>, { parts = [] }: PaymentAnswer): string | undefined {
  const [only, ...others] = parts;
  if (!only) return undefined;
  if (others.length > 0) return t.cash.several;
  return who.kind === 'official' && who.office.unit === only.unit ? undefined : t.cash.elsewhere(only.name);
}

/** What is owed now, and the voucher by which it was taken. */
export async function cashPage(visit: Visit, id: string): Promise<Response> {
  const back = `${AT}/dossiers/${id}`;
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/find` });
  const owed = await visit.api.get<PaymentAnswer>(`/dossiers/${encodeURIComponent(id)}/payment`);
  if (!owed.ok) return refusedPage(visit, owed.problem, { back });
  return showForm(visit, found.read, owed.body, { voucher: '', faults: [] });
}

function showForm(
  visit: Visit,
  { detail, pinned }: DossierRead,
  owed: PaymentAnswer,
  { voucher, faults }: { voucher: string; faults: readonly Fault[] },
): Promise<Response> {
  const { t } = visit;
  const { order, amount, fees, parts = [] } = owed;
  const elsewhere = paidElsewhere(visit, owed);
  const back = `${AT}/dossiers/${detail.id}`;
  const names = new Names(visit);
  const titles = fees.map((fee) => names.text(pinned.procedure.fees?.[fee]?.title) || fee);
  const form = html`<h2 class="govuk-heading-m">${t.decide.happens}</h2>
    <ul class="govuk-list govuk-list--bullet">
      ${[t.cash.settles(tellAmount(t, amount)), t.cash.exact].map((each) => html`<li>${each}</li>`)}
    </ul>
    <form method="post" action="${back}/cash" novalidate>
      ${csrfField(visit)} <input type="hidden" name="once" value="${randomUUID()}" />
      <input type="hidden" name="order" value="${order}" />
      <input type="hidden" name="value" value="${amount.value}" />
      <input type="hidden" name="currency" value="${amount.currency}" />
      ${textField({ id: 'voucher', name: 'voucher', label: t.cash.voucher, hint: t.cash.voucherHint, value: voucher, faults, t, width: 20 })}
      <div class="govuk-button-group">
        ${button(t.cash.confirm)} <a class="govuk-link" href="${back}">${t.cash.keep}</a>
      </div>
    </form>`;
  return page(visit, {
    title: t.cash.heading,
    at: 'find',
    back,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)} – ${codeOfDossier(detail)}</span>
      <h1 class="govuk-heading-l">${t.cash.heading}</h1>
      ${summaryList([
        { key: t.cash.sum, value: html`<strong>${tellAmount(t, amount)}</strong>` },
        { key: t.cash.for, value: titles.join('; ') },
        ...parts.map((part) => ({ key: t.pay.payee, value: `${part.name}: ${tellAmount(t, part.amount)}` })),
      ])}
      ${elsewhere === undefined ? form : html`<p class="govuk-body">${elsewhere}</p>`}`,
  });
}

/** Says that the sum which the page showed was taken. Where something else is owed by now, the page is shown anew: nothing is recorded. */
export async function cashStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const { t } = visit;
  const back = `${AT}/dossiers/${id}`;
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const voucher = text('voucher');
  const faults = voucher === '' || voucher.length > 100 ? [{ field: 'voucher', text: t.cash.needVoucher }] : [];
  const body = { order: text('order'), amount: { value: Number(text('value')), currency: text('currency') }, voucher };
  const done =
    faults.length > 0
      ? undefined
      : await visit.api.post(`/dossiers/${encodeURIComponent(id)}/cash`, body, text('once') || undefined);
  if (done?.ok) return visit.c.redirect(back, 303);
  if (done && codeOf(done.problem) !== 'conflict') return refusedPage(visit, done.problem, { back });
  const found = await readDossier(visit, id);
  const owed = await visit.api.get<PaymentAnswer>(`/dossiers/${encodeURIComponent(id)}/payment`);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/find` });
  if (!owed.ok) return refusedPage(visit, owed.problem, { back });
  const changed = { field: 'voucher', text: t.cash.changed(tellAmount(t, owed.body.amount)) };
  return showForm(visit, found.read, owed.body, { voucher, faults: faults.length > 0 ? faults : [changed] });
}
