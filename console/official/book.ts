import type { MoneyEntry, MoneyTotals, Reconciliation } from '../../schemas/payments.ts';
import { codeOf } from '../ask-api.ts';
import { dateIn } from '../forms/answers.ts';
import { button, dateField, errorMessage, type Fault, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { type Column, dataTable } from '../html/table.ts';
import type { Texts } from '../languages/vi.ts';
import { refusedPage } from '../refused.ts';
import { dateOf, tellAmount, tellDate, tellInstant } from '../tell.ts';
import { AT, type Visit } from '../visit.ts';
import type { OfficialWho } from './task.ts';

const HERE = `${AT}/money`;
const DAY_MS = 86_400_000;

type Account = MoneyTotals['accounts'][number];

/** What came and went of the money of one's unit on a day, and the form that compares a statement with it. */
export function bookPage(visit: Visit, who: OfficialWho): Promise<Response> {
  const { t, c, now } = visit;
  const part = (name: string): string => (c.req.query(`on.${name}`) ?? '').trim();
  const typed = { day: part('day'), month: part('month'), year: part('year') };
  const isTyped = Object.values(typed).some((each) => each !== '');
  const day = isTyped ? dateIn(typed) : (c.req.query('day') ?? dateOf(now));
  const faults = day === undefined ? [{ field: 'on', text: t.book.wrongDay }] : [];
  return showBook(visit, who, { day: day ?? dateOf(now), typed: day === undefined ? typed : undefined, faults });
}

interface Shown {
  day: string;
  /** A day that is none, as it was entered. */
  typed?: { day: string; month: string; year: string } | undefined;
  faults: readonly Fault[];
  system?: string;
}

async function showBook(visit: Visit, who: OfficialWho, shown: Shown): Promise<Response> {
  const { t, api, c } = visit;
  const { day, faults } = shown;
  const after = c.req.query('after');
  const asked = new URLSearchParams({ unit: who.office.unit, from: day });
  const paged = new URLSearchParams(asked);
  if (after !== undefined) paged.set('after', after);
  const [totals, entries] = await Promise.all([
    api.get<MoneyTotals>(`/payments/totals?${asked.toString()}`),
    api.get<{ items: MoneyEntry[]; next?: string }>(`/payments?${paged.toString()}`),
  ]);
  if (!totals.ok) return refusedPage(visit, totals.problem, { back: `${AT}/work` });
  if (!entries.ok) return refusedPage(visit, entries.problem, { back: HERE });
  const { items, next } = entries.body;
  return page(visit, {
    title: t.book.heading,
    at: 'work',
    back: `${AT}/work`,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${who.unitName}</span>
      <h1 class="govuk-heading-l">${t.book.heading}</h1>
      <p class="govuk-body">${t.book.on(tellDate(t, day))}</p>
      ${daysAround(t, day)} ${totalsOf(t, totals.body)} ${entriesOf(t, items)}
      ${when(
        next,
        () =>
          html`<p class="govuk-body">
            <a class="govuk-link" href="${HERE}?${new URLSearchParams({ day, after: next ?? '' }).toString()}"
              >${t.more}</a
            >
          </p>`,
      )}
      ${compareForm(visit, shown, totals.body.accounts)} ${otherDay(t, shown)}`,
  });
}

function daysAround(t: Texts, day: string): Markup {
  const link = (by: number, text: string): Markup => {
    const other = new Date(Date.parse(day) + by * DAY_MS).toISOString().slice(0, 10);
    return html`<a class="govuk-link" href="${HERE}?day=${other}">${text}</a>`;
  };
  return html`<p class="govuk-body">${link(-1, t.book.dayBefore)} · ${link(1, t.book.dayAfter)}</p>`;
}

function otherDay(t: Texts, { day, typed, faults }: Shown): Markup {
  const [year = '', month = '', of = ''] = day.split('-');
  return html`<h2 class="govuk-heading-m">${t.book.otherDay}</h2>
    <form method="get" action="${HERE}" novalidate>
      ${dateField({ id: 'on', name: 'on', label: t.book.day, value: typed ?? { day: of, month, year }, faults, t })}
      ${button(t.book.show, { secondary: true })}
    </form>`;
}

function totalsOf(t: Texts, { accounts, complete }: MoneyTotals): Markup {
  if (accounts.length === 0) return html`<p class="govuk-body">${t.book.nothing}</p>`;
  const sum = (name: string, of: 'settled' | 'toRefund' | 'refunded'): Column<Account> => ({
    name,
    numeric: true,
    cell: ({ currency, [of]: { count, value } }) => t.book.sum(tellAmount(t, { value, currency }), count),
  });
  return html`<h2 class="govuk-heading-m">${t.book.totals}</h2>
    ${when(!complete, () => html`<p class="govuk-body">${t.book.notAll}</p>`)}
    ${dataTable<Account>(
      t.book.totals,
      [
        { name: t.book.by, cell: ({ system }) => systemName(t, system) },
        sum(t.book.settled, 'settled'),
        sum(t.book['to-refund'], 'toRefund'),
        sum(t.book.refunded, 'refunded'),
      ],
      accounts,
    )}`;
}

function systemName(t: Texts, system: string | null): string {
  return system ?? t.book.cashDesk;
}

function entriesOf(t: Texts, items: readonly MoneyEntry[]): Content {
  return when(
    items.length > 0,
    () =>
      html`<h2 class="govuk-heading-m">${t.book.each}</h2>
        ${dataTable<MoneyEntry>(
          t.book.each,
          [
            { name: t.book.payment, cell: ({ payment, dossier }) => dossierLink(payment, dossier) },
            { name: t.book.at, cell: ({ at }) => tellInstant(t, at) },
            { name: t.book.by, cell: ({ system }) => systemName(t, system) },
            { name: t.book.what, cell: ({ kind }) => t.book[kind] },
            { name: t.book.amount, numeric: true, cell: ({ amount }) => tellAmount(t, amount) },
          ],
          items,
        )}`,
  );
}

function dossierLink(payment: string, dossier: string): Markup {
  return html`<a class="govuk-link" href="${AT}/dossiers/${dossier}">${payment}</a>`;
}

function compareForm(visit: Visit, { day, faults, system }: Shown, accounts: readonly Account[]): Markup {
  const { t } = visit;
  const known = accounts.find((account) => account.system !== null)?.system ?? '';
  const isWrong = faults.some(({ field }) => field === 'statement');
  return html`<h2 class="govuk-heading-m">${t.book.compare}</h2>
    <p class="govuk-body">${t.book.compareText}</p>
    <form method="post" action="${HERE}" enctype="multipart/form-data" novalidate>
      ${csrfField(visit)} <input type="hidden" name="day" value="${day}" />
      ${textField({ id: 'system', name: 'system', label: t.book.system, hint: t.book.systemHint, value: system ?? known, faults, t, width: 20 })}
      <div class="govuk-form-group${isWrong ? ' govuk-form-group--error' : ''}">
        <label class="govuk-label" for="statement">${t.book.statement}</label>
        <div id="statement-hint" class="govuk-hint">${t.book.statementHint}</div>
        ${errorMessage(t, 'statement', faults)}
        <input
          class="govuk-file-upload"
          type="file"
          id="statement"
          name="statement"
          accept=".csv,text/csv"
          aria-describedby="statement-hint${isWrong ? ' statement-error' : ''}"
        />
      </div>
      ${button(t.book.compareButton)}
    </form>`;
}

/** Compares what was sent; nothing is kept of it. */
export async function compareStep(
  visit: Visit,
  who: OfficialWho,
  sent: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const { t, api, now } = visit;
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const day = dateOfText(text('day')) ?? dateOf(now);
  const system = text('system');
  const file = sent['statement'];
  const again = (faults: Fault[]): Promise<Response> => showBook(visit, who, { day, system, faults });
  const faults = [
    ...(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(system) ? [] : [{ field: 'system', text: t.book.needSystem }]),
    ...(file instanceof File && file.size > 0 ? [] : [{ field: 'statement', text: t.book.needStatement }]),
  ];
  if (faults.length > 0 || !(file instanceof File)) return again(faults);
  const asked = new URLSearchParams({ unit: who.office.unit, from: day, system });
  const bytes = new Uint8Array(await file.arrayBuffer());
  const found = await api.postBytes<Reconciliation>(`/payments/reconciliation?${asked.toString()}`, bytes, 'text/csv');
  if (found.ok) return comparedPage(visit, who, found.body);
  if (codeOf(found.problem) === 'too-large') return again([{ field: 'statement', text: t.book.tooLarge }]);
  const errors = found.problem.errors ?? [];
  if (codeOf(found.problem) !== 'invalid-request' || errors.length === 0)
    return refusedPage(visit, found.problem, { back: HERE });
  return again(errors.slice(0, 20).map(({ at }) => ({ field: 'statement', text: faultOf(t, at) })));
}

function dateOfText(text: string): string | undefined {
  const [year = '', month = '', day = ''] = text.split('-');
  return dateIn({ year, month, day });
}

/** What is wrong with a line, in the words of the reader. */
function faultOf(t: Texts, at: string): string {
  const [, line = '1', column = ''] = /^line (\d+), column \d+(?: \((\w+)\))?$/.exec(at) ?? [];
  const told = t.book.faults[column];
  return told === undefined ? t.book.unreadable : t.book.inLine(line, told);
}

function comparedPage(visit: Visit, who: OfficialWho, found: Reconciliation): Promise<Response> {
  const { t } = visit;
  const { from, system, balanced, agreed } = found;
  return page(visit, {
    title: t.book.compared,
    at: 'work',
    back: `${HERE}?day=${from}`,
    body: html`<span class="govuk-caption-l">${who.unitName}</span>
      <h1 class="govuk-heading-l">${t.book.compared}</h1>
      <p class="govuk-body">${t.book.whose(system, tellDate(t, from))}</p>
      <div class="govuk-inset-text"><strong>${balanced ? t.book.balanced : t.book.unbalanced}</strong></div>
      <p class="govuk-body">${t.book.agreed(agreed)}</p>
      ${sumsOf(t, found)} ${differencesOf(t, found)}`,
  });
}

function sumsOf(t: Texts, { stated, recorded }: Reconciliation): Markup {
  type SumRow = Reconciliation['stated'][number] & { where: string };
  const rows: SumRow[] = [
    ...stated.map((sum) => ({ ...sum, where: t.book.inStatement })),
    ...recorded.map((sum) => ({ ...sum, where: t.book.inRecord })),
  ];
  const sum = (side: 'in' | 'out'): Column<SumRow> => ({
    name: t.book.sides[side],
    numeric: true,
    cell: ({ currency, [side]: { count, value } }) => t.book.sum(tellAmount(t, { value, currency }), count),
  });
  return dataTable<SumRow>(
    t.book.totals,
    [{ name: t.book.where, cell: ({ where }) => where }, sum('in'), sum('out')],
    rows,
  );
}

interface Difference {
  payment: string;
  kind: 'in' | 'out';
  dossier?: string;
  told: string;
}

/** Each difference with what there is to do about it. */
function differencesOf(t: Texts, found: Reconciliation): Content {
  const amount = (each: { amount: MoneyEntry['amount'] }): string => tellAmount(t, each.amount);
  const parts: [keyof Texts['book']['differences'], Difference[]][] = [
    ['unrecorded', found.unrecorded.map((each) => ({ ...each, told: amount(each) }))],
    [
      'differing',
      found.differing.map(({ stated, recorded, ...each }) => ({
        ...each,
        told: t.book.statedRecorded(tellAmount(t, stated), tellAmount(t, recorded)),
      })),
    ],
    ['unstated', found.unstated.map((each) => ({ ...each, told: `${amount(each)}, ${tellInstant(t, each.at)}` }))],
    ['early', found.early.map((each) => ({ ...each, told: `${amount(each)}, ${tellInstant(t, each.at)}` }))],
    ['elsewhen', found.elsewhen.map((each) => ({ ...each, told: tellInstant(t, each.at) }))],
    [
      'repeated',
      found.repeated.map(({ where, times, ...each }) => ({
        ...each,
        told: t.book.times(where === 'record' ? t.book.inRecord : t.book.inStatement, times),
      })),
    ],
  ];
  return parts.map(([name, rows]) => {
    const { heading, text } = t.book.differences[name];
    return when(
      rows.length > 0,
      () =>
        html`<h2 class="govuk-heading-m">${heading}</h2>
          <p class="govuk-body">${text}</p>
          ${dataTable<Difference>(
            heading,
            [
              {
                name: t.book.payment,
                cell: ({ payment, dossier }) => (dossier === undefined ? payment : dossierLink(payment, dossier)),
              },
              { name: t.book.side, cell: ({ kind }) => t.book.sides[kind] },
              { name: t.book.told, cell: ({ told }) => told },
            ],
            rows,
          )}`,
    );
  });
}
