import type { Pinned } from '../../functions/procedures/catalogue.ts';
import type { PaperList, ReuseList } from '../../schemas/own-papers.ts';
import { type Row, summaryList } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { type Column, dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { dateOf, tellDate, tellInstant } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';

export type OwnPaper = PaperList['items'][number];

/** Dossiers whose papers are offered where something is handed in: the latest of that many. */
const OFFERED = 50;

/** What the applicant has already, the newest first; nothing where it cannot be had. */
export async function ownPapers({ api }: Visit): Promise<OwnPaper[]> {
  const listed = await api.get<PaperList>(`/papers?limit=${OFFERED}`);
  return listed.ok ? listed.body.items : [];
}

/** Those that can be handed in as this document; of the same name or title first. */
export function fitting({ procedure }: Pinned, document: string, papers: readonly OwnPaper[]): OwnPaper[] {
  const { title, reuse, media } = procedure.documents?.[document] ?? {};
  const isSame = (paper: OwnPaper): boolean =>
    Object.entries(title ?? {}).some(([language, text]) => paper.title?.[language] === text) || paper.name === document;
  const fit = papers.filter(
    (paper) =>
      paper.validity === 'valid' &&
      reuse !== 'never' &&
      (reuse?.includes(paper.procedure) ?? true) &&
      (media?.includes(paper.mediaType) ?? true) &&
      formOf({ procedure }, document, paper) !== undefined,
  );
  return [...fit.filter(isSame), ...fit.filter((paper) => !isSame(paper))];
}

/** In which form it is handed in: the first that it counts as and the procedure takes. */
export function formOf(
  { procedure }: Pick<Pinned, 'procedure'>,
  document: string,
  { countsAs }: OwnPaper,
): string | undefined {
  const accepted: readonly string[] = procedure.documents?.[document]?.accept ?? ['scan'];
  return countsAs.find((how) => accepted.includes(how));
}

/** What it is and from where, in a line. */
export function titleOf(visit: Visit, { title, name, number, code, dossier }: OwnPaper): string {
  const said = [new Names(visit).text(title) || name, ...(number == null ? [] : [visit.t.dossier.number(number)])];
  return `${said.join(', ')} (${visit.t.papers.of(code ?? dossier)})`;
}

/** By whom and when it was issued or accepted, and until when it holds. */
export function factsOf(visit: Visit, { issuedBy, accepted, at, until }: OwnPaper): string {
  const { t } = visit;
  const said = accepted
    ? (accepted.compared ? t.papers.compared : t.papers.accepted)(accepted.where.name, tellInstant(t, accepted.at))
    : t.papers.issued(issuedBy?.name ?? '', tellInstant(t, at));
  return until === undefined ? said : `${said}; ${t.track.valid(tellDate(t, dateOf(Date.parse(until))))}`;
}

/** "My papers": results, and what was accepted. */
export async function papersPage(visit: Visit): Promise<Response> {
  const { t, api, c } = visit;
  const after = c.req.query('after') ?? '';
  const listed = await api.get<PaperList>(`/papers${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`);
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: `${AT}/mine` });
  const { items, next } = listed.body;
  return page(visit, {
    title: t.papers.heading,
    at: 'mine',
    back: `${AT}/mine`,
    body: html`<h1 class="govuk-heading-l">${t.papers.heading}</h1>
      <p class="govuk-body">${t.papers.intro}</p>
      ${
        items.length === 0
          ? html`<p class="govuk-body">${t.papers.none}</p>`
          : items.map((paper) => paperShown(visit, paper))
      }
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/papers?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}`,
  });
}

function paperShown(visit: Visit, paper: OwnPaper): Markup {
  const { t } = visit;
  const names = new Names(visit);
  const { dossier, document, kind, validity, effects = [], procedureTitle } = paper;
  const title = titleOf(visit, paper);
  const rows: Row[] = [
    { key: t.papers.kind, value: t.papers.kinds[kind] },
    { key: t.papers.from, value: factsOf(visit, paper) },
    { key: t.papers.procedure, value: names.text(procedureTitle) },
    {
      key: t.papers.holds,
      value: [t.papers.validity[validity], ...effects.map((effect) => t.papers.effects[effect])].join('; '),
    },
  ];
  return html`<h2 class="govuk-heading-m ot-break">${title}</h2>
    ${summaryList(rows)}
    <p class="govuk-body">
      <a class="govuk-link" href="${AT}/dossiers/${dossier}/documents/${document}">${t.dossier.open(title)}</a><br />
      <a class="govuk-link" href="${AT}/mine/${dossier}"
        >${t.papers.dossier}<span class="govuk-visually-hidden"> (${title})</span></a
      ><br />
      <a class="govuk-link" href="${AT}/papers/${dossier}"
        >${t.papers.reuses}<span class="govuk-visually-hidden"> (${title})</span></a
      >
    </p>`;
}

type Reuse = ReuseList['items'][number];

/** Which later dossiers used papers of this one. */
export async function reusesPage(visit: Visit, dossier: string): Promise<Response> {
  const { t, api, c } = visit;
  const after = c.req.query('after') ?? '';
  const query = `dossier=${encodeURIComponent(dossier)}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
  const listed = await api.get<ReuseList>(`/papers/reuses?${query}`);
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: `${AT}/papers` });
  const { items, next } = listed.body;
  return page(visit, {
    title: t.papers.reuses,
    at: 'mine',
    back: `${AT}/papers`,
    body: html`<h1 class="govuk-heading-l">${t.papers.reuses}</h1>
      <p class="govuk-body">${t.papers.reusesText}</p>
      ${items.length === 0 ? html`<p class="govuk-body">${t.papers.noReuse}</p>` : reusesTable(visit, items)}
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/papers/${dossier}?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}`,
  });
}

function reusesTable(visit: Visit, items: readonly Reuse[]): Content {
  const { t } = visit;
  const names = new Names(visit);
  const columns: Column<Reuse>[] = [
    {
      name: t.papers.usedBy,
      cell: ({ by }) =>
        html`<a class="govuk-link" href="${AT}/mine/${by.dossier}"
          >${names.text(by.procedureTitle)} – ${by.code ?? by.dossier}</a
        >`,
    },
    { name: t.papers.when, cell: ({ at }) => tellInstant(t, at) },
    { name: t.papers.how, cell: ({ how }) => t.papers.hows[how] },
    { name: t.papers.as, cell: ({ as }) => (as ? names.text(as.title) || as.component : t.none) },
    { name: t.papers.where, cell: ({ by }) => by.receivedBy.name },
    {
      name: t.papers.why,
      cell: ({ purpose, legalBasis }) =>
        [purpose ?? '', [legalBasis ?? []].flat().join('; ')].filter((each) => each !== '').join(' – ') || t.none,
    },
  ];
  return dataTable(t.papers.reuses, columns, items);
}
