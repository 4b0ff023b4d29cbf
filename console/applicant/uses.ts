import type { Pinned } from '../../functions/procedures/catalogue.ts';
import type { OwnAskShown } from '../../schemas/own-details.ts';
import type { DossierUses, ReadShown, Use } from '../../schemas/uses.ts';
import { codeOfDossier, type DossierDetail, dossierPage } from '../dossier.ts';
import { details } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { type Column, dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import { AT, Names, pinnedOf, type Visit } from '../visit.ts';

interface ReadList {
  items: ReadShown[];
  next?: string;
}

/** Of a dossier: the way to who used what it holds. */
export function usesLink({ t }: Visit, { id }: { id: string }): Content {
  return html`<p class="govuk-body"><a class="govuk-link" href="${AT}/mine/${id}/uses">${t.uses.heading}</a></p>`;
}

/** Who was asked about an applicant, whom his data was given to, and who opened his dossier. */
export async function usesPage(visit: Visit, id: string): Promise<Response> {
  const { t, api, c, parts } = visit;
  const after = c.req.query('after') ?? '';
  const at = `/dossiers/${encodeURIComponent(id)}`;
  const back = `${AT}/mine/${id}`;
  const detail = await api.get<DossierDetail>(at);
  if (!detail.ok) return refusedPage(visit, detail.problem, { back: `${AT}/mine` });
  const uses = await api.get<{ items: Use[] }>(`${at}/uses`);
  const reads = await api.get<ReadList>(
    `${at}/reads?limit=25${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
  );
  if (!uses.ok) return refusedPage(visit, uses.problem, { back });
  if (!reads.ok) return refusedPage(visit, reads.problem, { back });
  const pinned = await parts.catalogue.pinned(detail.body.procedure, detail.body.version);
  const { items, next } = reads.body;
  return dossierPage(visit, {
    pinned,
    code: codeOfDossier(detail.body),
    at: 'mine',
    back,
    body: html`<h2 class="govuk-heading-m">${t.uses.heading}</h2>
      <p class="govuk-body">${t.uses.intro}</p>
      <h3 class="govuk-heading-s">${t.uses.given}</h3>
      ${await usesTable(visit, pinned, uses.body.items)}
      <h3 class="govuk-heading-s">${t.uses.reads}</h3>
      ${await readsTable(visit, items)}
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${back}/uses?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}
      ${notTold(visit)}`,
  });
}

/** The same over all dossiers of the applicant. */
export async function allUsesPage(visit: Visit): Promise<Response> {
  const { t, api, c, parts } = visit;
  const after = c.req.query('after') ?? '';
  const listed = await api.get<{ items: DossierUses[]; next?: string }>(
    `/uses${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`,
  );
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: `${AT}/mine` });
  const { items, next } = listed.body;
  const names = new Names(visit);
  const own = await api.get<{ items: OwnAskShown[] }>('/uses/own?limit=25');
  const dossiers = await Promise.all(
    items.map(async (item) => {
      const pinned = await parts.catalogue.pinned(item.procedure, item.version);
      const title = `${names.text(pinned.procedure.title)} – ${codeOfDossier(item)}`;
      return html`<h2 class="govuk-heading-m">
          <a class="govuk-link" href="${AT}/mine/${item.dossier}/uses">${title}</a>
        </h2>
        <h3 class="govuk-heading-s">${t.uses.given}</h3>
        ${await usesTable(visit, pinned, item.uses)}
        <h3 class="govuk-heading-s">${t.uses.reads}</h3>
        ${await readsTable(visit, item.reads)}
        ${when(item.moreReads, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/mine/${item.dossier}/uses">${t.uses.all(codeOfDossier(item))}</a></p>`)}`;
    }),
  );
  return page(visit, {
    title: t.uses.heading,
    at: 'mine',
    back: `${AT}/mine`,
    body: html`<h1 class="govuk-heading-l">${t.uses.heading}</h1>
      <p class="govuk-body">${t.uses.intro}</p>
      ${dossiers.length === 0 ? html`<p class="govuk-body">${t.mine.nothing}</p>` : dossiers}
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/uses?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}
      ${await ownAsks(visit, own.ok && after === '' ? own.body.items : [])} ${notTold(visit)}`,
  });
}

/** Registers that were asked while a form was filled in, also of what was never handed in. */
async function ownAsks(visit: Visit, asks: readonly OwnAskShown[]): Promise<Content> {
  const { t } = visit;
  if (asks.length === 0) return '';
  const names = new Names(visit);
  const rows = await Promise.all(asks.map(async (ask) => ({ ask, title: await titleOf(visit, names, ask.procedure) })));
  return html`<h2 class="govuk-heading-m">${t.uses.own}</h2>
    <p class="govuk-body">${t.uses.ownText}</p>
    ${dataTable(
      t.uses.own,
      [
        { name: t.uses.who, cell: ({ ask }) => keeper(ask, ask.registry) },
        { name: t.uses.when, cell: ({ ask }) => tellInstant(t, ask.at) },
        { name: t.uses.why, cell: ({ ask, title }) => why(visit, title, ask.legalBasis) },
        {
          name: t.uses.outcome,
          cell: ({ ask }) => (ask.state === 'unavailable' ? t.uses.notHad : t.uses.states[ask.state]),
        },
      ],
      rows,
    )}`;
}

function why({ t }: Visit, purpose: string, legalBasis: string | readonly string[] | undefined): Content {
  const laws = [legalBasis ?? []].flat();
  return html`${purpose}<br /><span class="ot-of">${laws.length === 0 ? t.uses.noLaw : laws.join('; ')}</span>`;
}

function notTold({ t }: Visit): Content {
  return details(
    t.uses.notTold,
    html`<ul class="govuk-list govuk-list--bullet">
      ${t.uses.notToldText.map((text) => html`<li>${text}</li>`)}
    </ul>`,
  );
}

/** A use in words. */
interface ToldUse {
  when: string;
  who: Content;
  what: string;
  why: Content;
  outcome: string;
}

async function usesTable(visit: Visit, pinned: Pinned, uses: readonly Use[]): Promise<Content> {
  const { t } = visit;
  if (uses.length === 0) return html`<p class="govuk-body">${t.uses.none}</p>`;
  const columns: Column<ToldUse>[] = [
    { name: t.uses.who, cell: ({ who }) => who },
    { name: t.uses.when, cell: ({ when: at }) => at },
    { name: t.uses.what, cell: ({ what }) => what },
    { name: t.uses.why, cell: ({ why }) => why },
    { name: t.uses.outcome, cell: ({ outcome }) => outcome },
  ];
  return dataTable(t.uses.given, columns, await Promise.all(uses.map((use) => told(visit, pinned, use))));
}

async function told(visit: Visit, pinned: Pinned, use: Use): Promise<ToldUse> {
  const { t } = visit;
  const names = new Names(visit);
  const purpose = purposeOf(names, pinned, use);
  return {
    when: tellInstant(t, use.at),
    who: await whoOf(visit, names, use),
    what: whatOf(visit, names, pinned, use),
    why: why(visit, purpose, use.legalBasis),
    outcome: outcomeOf(visit, names, use),
  };
}

/** Own details were asked for by the procedure's title, which the reader has in his language. */
function purposeOf(names: Names, pinned: Pinned, use: Use): string {
  if (use.kind === 'own') return names.text(pinned.procedure.title);
  return 'purpose' in use ? use.purpose : names.stage(pinned, use.stage);
}

async function whoOf(visit: Visit, names: Names, use: Use): Promise<Content> {
  const { t } = visit;
  switch (use.kind) {
    case 'source':
      if ('result' in use.from) return t.uses.ownResult(await titleOf(visit, names, use.from.result));
      return keeper(use, use.from.registry);
    case 'own':
      return keeper(use, use.registry);
    case 'system':
      return keeper(use, use.system);
    case 'body':
    case 'unit':
    case 'child':
      return names.unit(use.unit);
  }
}

function keeper(
  { name, authority }: { name?: string | undefined; authority?: string | undefined },
  id: string,
): Content {
  return html`${name ?? id}${when(authority, () => html`<br /><span class="ot-of">${authority}</span>`)}`;
}

function whatOf({ t }: Visit, names: Names, pinned: Pinned, use: Use): string {
  switch (use.kind) {
    case 'source':
      return t.uses.insteadOf(names.document(pinned, use.document));
    case 'own':
      return t.uses.ownWish;
    case 'system':
      return use.takesBack ? t.uses.tookBack : t.uses.told;
    case 'unit':
      return t.uses.wentTo(names.issue(pinned, use.issue));
    case 'body':
    case 'child': {
      const given = use.gets.map((component) => names.document(pinned, component)).join(', ');
      return [use.kind === 'body' ? t.uses.consulted : t.uses.opened, given && t.uses.documents(given)]
        .filter((text) => text !== '')
        .join(' ');
    }
  }
}

function outcomeOf({ t }: Visit, names: Names, use: Use): string {
  switch (use.kind) {
    case 'source':
      return use.how === 'remembered' ? `${t.uses.states[use.state]} ${t.uses.remembered}` : t.uses.states[use.state];
    case 'own':
      return use.how === 'remembered' ? `${t.uses.states.found} ${t.uses.remembered}` : t.uses.states.found;
    case 'system':
      return use.outcome === null ? t.uses.states.asked : names.outcome(use.outcome);
    case 'body':
    case 'unit':
    case 'child':
      return t.uses.inHistory;
  }
}

async function titleOf(visit: Visit, names: Names, procedure: string): Promise<string> {
  const pinned = await pinnedOf(visit, procedure);
  return pinned ? names.text(pinned.procedure.title) : procedure;
}

async function readsTable(visit: Visit, reads: readonly ReadShown[]): Promise<Content> {
  const { t } = visit;
  if (reads.length === 0) return html`<p class="govuk-body">${t.uses.nobody}</p>`;
  const names = new Names(visit);
  const rows = await Promise.all(
    reads.map(async (read) => ({
      ...read,
      unitName: read.unit === null ? t.uses.byPrint : await names.unit(read.unit),
    })),
  );
  return dataTable(
    t.uses.reads,
    [
      { name: t.uses.unit, cell: ({ unitName }) => unitName },
      { name: t.uses.role, cell: ({ role }) => names.role(role) },
      { name: t.uses.opening, cell: ({ what }) => t.uses.things[what] },
      { name: t.uses.first, cell: ({ first }) => tellInstant(t, first) },
    ],
    rows,
  );
}
