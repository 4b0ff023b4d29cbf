import type { PaymentAnswer } from '../../schemas/payments.ts';
import { consequencesOf } from '../consequences.ts';
import { codeOfDossier, type DossierRead } from '../dossier.ts';
import { banner, details, type Row, summaryList } from '../html/components.ts';
import { type Content, html, when } from '../html/markup.ts';
import { tellAmount, tellInstant } from '../tell.ts';
import { Names, type Visit } from '../visit.ts';

type Amount = DossierRead['detail']['fees'][string]['amount'];

interface Owed {
  stage: string;
  until: string | undefined;
  fees: { fee: string; amount: Amount }[];
  sum: Amount;
}

/** What is waited for now: the unpaid fees of the stage at which the dossier stands. */
function owedNow({ detail, pinned }: DossierRead): Owed | undefined {
  const name = detail.stage;
  const stage = name === null ? undefined : pinned.procedure.stages[name];
  if (name === null || stage?.kind !== 'pay' || detail.stages[name]?.left != null) return undefined;
  const fees = stage.fees.flatMap((fee) => {
    const state = detail.fees[fee];
    const isOwed = state && !state.exempt && state.paid === null && state.amount.value > 0;
    return isOwed ? [{ fee, amount: state.amount }] : [];
  });
  const [first] = fees;
  if (!first) return undefined;
  const value = fees.reduce((total, { amount }) => total + amount.value, 0);
  const until = detail.stages[name]?.until ?? undefined;
  return { stage: name, until, fees, sum: { value, currency: first.amount.currency } };
}

/** At the head of the dossier: what is owed, by what law, until when, what to name when paying, and the page to pay at, if there is one. What the payer is sent back with is only repeated: whether it is paid, the payment system tells. */
export async function paymentBanner(visit: Visit, read: DossierRead): Promise<Content> {
  const owed = owedNow(read);
  const returned = RETURNED.find((each) => each === visit.c.req.query('payment'));
  if (!owed) return returned === 'paid' ? received(visit, read) : '';
  const { t } = visit;
  const { detail, pinned } = read;
  const payment = await visit.api.get<PaymentAnswer>(`/dossiers/${encodeURIComponent(detail.id)}/payment`);
  const names = new Names(visit);
  const { parts = [] } = payment.ok ? payment.body : {};
  const [only] = parts;
  const unit = only?.name ?? (await names.unit(detail.unit));
  const after = consequencesOf(visit, names, pinned, { stage: owed.stage, step: '', outcome: 'expired' });
  const rows: Row[] = [
    ...owed.fees.map(({ fee, amount }) => ({
      key: names.text(pinned.procedure.fees?.[fee]?.title) || t.dossier.fees,
      value: html`${tellAmount(t, amount)}${lawLine(visit, lawsOf(read, fee, amount))}`,
    })),
    ...(owed.fees.length > 1 ? [{ key: t.pay.sum, value: tellAmount(t, owed.sum) }] : []),
    ...(owed.until === undefined
      ? []
      : [
          {
            key: t.pay.until,
            value: html`${tellInstant(t, owed.until)}${after.map((each) => html`<br />${t.pay.after(each)}`)}`,
          },
        ]),
    { key: t.pay.payee, value: payment.ok ? payeesOf(visit, parts, unit) : t.pay.untold },
    { key: t.pay.reference, value: codeOfDossier(detail) },
  ];
  return banner(
    t.pay.heading,
    html`<p class="govuk-notification-banner__heading">${t.pay.owed(tellAmount(t, owed.sum))}</p>
      ${summaryList(rows)} ${returned && html`<div class="govuk-inset-text">${t.pay.returned[returned]}</div>`}
      ${payment.ok ? wayToPay(visit, { unit, payment: payment.body, returned }) : html`<p class="govuk-body">${t.pay.howUntold}</p>`}
      ${refused(visit, read)}`,
  );
}

/** Whose money it is: of several units, with how much of it. */
function payeesOf({ t }: Visit, parts: NonNullable<PaymentAnswer['parts']>, unit: string): Content {
  if (parts.length < 2) return unit;
  return html`${parts.map((part) => html`${part.name}: ${tellAmount(t, part.amount)}<br />`)}`;
}

/** How a provider's page says that it was left. */
const RETURNED = ['paid', 'cancelled', 'failed'] as const;
type Returned = (typeof RETURNED)[number];

/** The provider's page, where there is one; who says that he has paid is not led to pay again at once. */
function wayToPay(
  { t }: Visit,
  { unit, payment, returned }: { unit: string; payment: PaymentAnswer; returned: Returned | undefined },
): Content {
  const isShared = (payment.parts ?? []).length > 1;
  const other = html`<p class="govuk-body">${isShared ? t.pay.howParts : t.pay.how(unit)}</p>
    <p class="govuk-body">${t.pay.exact}</p>`;
  if (payment.checkout === null)
    return html`<p class="govuk-body">${t.pay.noPage}</p>
      ${other}`;
  const link = html`<p class="govuk-body">
    <a
      class="govuk-button${returned === 'paid' ? ' govuk-button--secondary' : ''}"
      rel="noreferrer"
      href="${payment.checkout}"
      >${t.pay.now(payment.provider ?? '')}</a
    >
  </p>`;
  return html`${returned === 'paid' ? details(t.pay.still, link) : link} ${details(t.pay.otherWay, other)}`;
}

/** To who comes back from the provider's page after it was told. */
function received({ t }: Visit, { detail }: DossierRead): Content {
  const paid = Object.values(detail.fees).some((fee) => fee.paid !== null);
  return when(paid, () =>
    banner(t.pay.receivedHeading, html`<p class="govuk-notification-banner__heading">${t.pay.received}</p>`, true),
  );
}

function lawLine({ t }: Visit, laws: readonly string[]): Content {
  return when(laws.length > 0, () => html`<br />${t.catalogue.law}: ${laws.join('; ')}`);
}

/** The law of a fee, and that of the case by which it came to this sum, where only one can be meant. */
function lawsOf({ pinned }: DossierRead, fee: string, { value }: Amount): string[] {
  const { amount, legalBasis } = pinned.procedure.fees?.[fee] ?? {};
  const cases = Array.isArray(amount) ? amount.filter(({ is }) => is === value || typeof is === 'string') : [];
  return [legalBasis ?? [], (cases.length === 1 && cases[0]?.legalBasis) || []].flat();
}

/** Sums that came at this dossier and settled nothing. */
function refused({ t }: Visit, { events }: DossierRead): Content {
  const sums = events.flatMap(({ event }) =>
    event.type === 'PaymentRecorded' && event.data['reason'] === 'wrong-amount'
      ? [tellAmount(t, event.data['amount'] as Amount)]
      : [],
  );
  return when(sums.length > 0, () => html`<p class="govuk-body">${t.pay.wrongSum(sums.join(', '))}</p>`);
}
