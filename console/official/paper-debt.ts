import type * as z from 'zod';
import type { PaperDebt, SourceGaps } from '../../schemas/dossier.ts';
import type { CustodyShown, DebtOfProcedure, DossierDebt, UnitDebt } from '../../schemas/intake.ts';
import { codeOfDossier } from '../dossier.ts';
import { barChart } from '../html/chart.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { type Column, dataTable } from '../html/table.ts';
import type { Texts } from '../languages/vi.ts';
import { refusedPage } from '../refused.ts';
import { tellDate, tellInstant } from '../tell.ts';
import { AT, Names, pinnedOf, type Visit } from '../visit.ts';
import type { OfficialWho } from './task.ts';

const HERE = `${AT}/paper-debt`;
const DEBTS = ['scans', 'presence', 'papers', 'prints', 'kept'] as const satisfies (keyof PaperDebt)[];
const GAPS = ['unavailable', 'demanded'] as const satisfies (keyof SourceGaps)[];

interface Listed<T> {
  items: T[];
  next?: string;
}
type Kept = z.infer<typeof CustodyShown>;

/** What of the work of one's unit is not electronic yet. */
export async function paperDebtPage(visit: Visit, who: OfficialWho): Promise<Response> {
  const { t, api } = visit;
  const found = await api.get<UnitDebt>('/paper-debt');
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/work` });
  const { procedures, complete, custody } = found.body;
  return page(visit, {
    title: t.paperDebt.heading,
    at: 'work',
    back: `${AT}/work`,
    body: html`<span class="govuk-caption-l">${who.unitName}</span>
      <h1 class="govuk-heading-l">${t.paperDebt.heading}</h1>
      <p class="govuk-body">${t.paperDebt.intro}</p>
      ${await proceduresOf(visit, procedures, complete)}
      <h2 class="govuk-heading-m">${t.paperDebt.custody}</h2>
      ${
        custody.open === 0
          ? html`<p class="govuk-body">${t.paperDebt.nothingKept}</p>`
          : html`<p class="govuk-body">
              <a class="govuk-link" href="${HERE}/custody">${t.paperDebt.keeps(custody.open, custody.late)}</a>
            </p>`
      }
      ${when(!custody.complete, () => html`<p class="govuk-body">${t.paperDebt.custodyNotAll}</p>`)}`,
  });
}

interface Named extends DebtOfProcedure {
  title: string;
  says: string[];
}

async function proceduresOf(visit: Visit, debts: readonly DebtOfProcedure[], complete: boolean): Promise<Markup> {
  const { t } = visit;
  const heading = html`<h2 class="govuk-heading-m">${t.paperDebt.byProcedure}</h2>`;
  if (debts.length === 0)
    return html`${heading}
      <p class="govuk-body">${t.paperDebt.noDossiers}</p>`;
  const named = await Promise.all(debts.map((debt) => nameOf(visit, debt)));
  return html`${heading} ${when(!complete, () => html`<p class="govuk-body">${t.paperDebt.notAll}</p>`)}
  ${barChart({
    id: 'paper-debt',
    title: t.paperDebt.chart,
    description: t.paperDebt.chartText,
    bars: named.map(({ title, dossiers, touched }) => ({
      label: title,
      value: dossiers,
      part: touched,
      told: t.paperDebt.of(touched, dossiers),
    })),
  })}
  ${dataTable<Named>(
    t.paperDebt.byProcedure,
    [
      { name: t.work.procedure, cell: procedureCell(t) },
      { name: t.paperDebt.touched, numeric: true, cell: ({ touched, dossiers }) => t.work.share(touched, dossiers) },
      ...[...DEBTS, ...GAPS].map((kind): Column<Named> => ({
        name: t.paperDebt[kind],
        numeric: true,
        cell: (debt) => debt[kind],
      })),
    ],
    named,
  )}`;
}

/** The procedure, what it declares, and the way to its dossiers. */
function procedureCell(t: Texts): (debt: Named) => Content {
  return ({ title, procedure, touched, says }) =>
    html`${
      touched === 0 ? title : html`<a class="govuk-link" href="${HERE}/dossiers?procedure=${procedure}">${title}</a>`
    }
    ${when(says.length > 0, () => html`<br /><span class="ot-of">${t.paperDebt.declares(says.join(', '))}</span>`)}`;
}

async function nameOf(visit: Visit, debt: DebtOfProcedure): Promise<Named> {
  const { t } = visit;
  const names = new Names(visit);
  const pinned = await pinnedOf(visit, debt.procedure);
  if (!pinned) return { ...debt, title: debt.procedure, says: [] };
  const says = debt.declared.map((place) => {
    const [part, id = '', kind] = place.split('.');
    if (part === 'intake') return t.paperDebt.declared.intake;
    if (part === 'issues') return t.paperDebt.declared.prints(names.issue(pinned, id));
    const stage = names.stage(pinned, id);
    return kind === 'presence' ? t.paperDebt.declared.presence(stage) : t.paperDebt.declared.paper(stage);
  });
  return { ...debt, title: names.text(pinned.procedure.title), says };
}

/** Dossiers that touched paper, those that changed last first. A page of it may be empty and still lead on. */
export async function paperDossiersPage(visit: Visit): Promise<Response> {
  const { t, api, c } = visit;
  const asked = new URLSearchParams({ limit: '50' });
  const procedure = c.req.query('procedure');
  if (procedure !== undefined) asked.set('procedure', procedure);
  const after = c.req.query('after');
  if (after !== undefined) asked.set('after', after);
  const found = await api.get<Listed<DossierDebt>>(`/paper-debt/dossiers?${asked.toString()}`);
  if (!found.ok) return refusedPage(visit, found.problem, { back: HERE });
  const { items, next } = found.body;
  const rows = await Promise.all(items.map(async (item) => ({ ...item, title: await titleOf(visit, item.procedure) })));
  return listPage(visit, {
    title: t.paperDebt.dossiers,
    table: rows.length > 0 && dossierTable(t, rows),
    more: next !== undefined && `${HERE}/dossiers?${moreOf(asked, next)}`,
  });
}

function dossierTable(t: Texts, rows: readonly (DossierDebt & { title: string })[]): Markup {
  return dataTable<(typeof rows)[number]>(
    t.paperDebt.dossiers,
    [
      { name: t.paperDebt.dossier, cell: (row) => dossierLink(row) },
      { name: t.work.procedure, cell: ({ title }) => title },
      ...DEBTS.map((kind): Column<(typeof rows)[number]> => ({
        name: t.paperDebt[kind],
        numeric: true,
        cell: ({ paper }) => paper[kind],
      })),
    ],
    rows,
  );
}

/** Originals that the unit keeps, the first due first. */
export async function custodyPage(visit: Visit): Promise<Response> {
  const { t, api, c } = visit;
  const asked = new URLSearchParams({ limit: '50' });
  const after = c.req.query('after');
  if (after !== undefined) asked.set('after', after);
  const found = await api.get<Listed<Kept>>(`/paper-debt/custody?${asked.toString()}`);
  if (!found.ok) return refusedPage(visit, found.problem, { back: HERE });
  const { items, next } = found.body;
  const names = new Names(visit);
  const rows = await Promise.all(
    items.map(async (item) => {
      const pinned = await pinnedOf(visit, item.procedure);
      const what = item.components.map((each) => (pinned ? names.document(pinned, each) : each)).join(', ');
      return { ...item, what };
    }),
  );
  return listPage(visit, {
    title: t.paperDebt.custody,
    table:
      rows.length > 0 &&
      dataTable<(typeof rows)[number]>(
        t.paperDebt.custody,
        [
          {
            name: t.paperDebt.dossier,
            cell: (row) => html`<a class="govuk-link" href="${AT}/tasks/${row.task}">${codeOfDossier(row)}</a>`,
          },
          { name: t.paperDebt.what, cell: ({ what }) => what },
          { name: t.intake.place, cell: ({ place }) => place ?? t.intake.placeGone },
          { name: t.intake.until, cell: ({ until }) => tellDate(t, until) },
          { name: t.intake.since, cell: ({ since }) => tellInstant(t, since) },
        ],
        rows,
      ),
    more: next !== undefined && `${HERE}/custody?${moreOf(asked, next)}`,
  });
}

function listPage(
  visit: Visit,
  { title, table, more }: { title: string; table: Markup | false; more: string | false },
): Promise<Response> {
  const { t } = visit;
  return page(visit, {
    title,
    at: 'work',
    back: HERE,
    body: html`<h1 class="govuk-heading-l">${title}</h1>
      ${table === false ? html`<p class="govuk-body">${more === false ? t.paperDebt.none : t.paperDebt.noneHere}</p>` : table}
      ${when(more, () => html`<p class="govuk-body"><a class="govuk-link" href="${more}">${t.more}</a></p>`)}`,
  });
}

function moreOf(asked: URLSearchParams, next: string): string {
  return new URLSearchParams([...[...asked].filter(([name]) => name === 'procedure'), ['after', next]]).toString();
}

function dossierLink({ dossier, ...coded }: Pick<DossierDebt, 'dossier' | 'code' | 'reference'>): Markup {
  return html`<a class="govuk-link" href="${AT}/dossiers/${dossier}">${codeOfDossier(coded)}</a>`;
}

async function titleOf(visit: Visit, procedure: string): Promise<string> {
  const pinned = await pinnedOf(visit, procedure);
  return pinned ? new Names(visit).text(pinned.procedure.title) : procedure;
}
