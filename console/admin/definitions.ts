import { readDefinition } from '../../schemas/procedure/definition.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { type Row, summaryList } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { tellTerm } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { changesShown } from './changes.ts';
import { type DrawnStage, drawWays } from './draw-ways.ts';
import {
  addressOf,
  instant,
  LIST,
  readChanges,
  readVersion,
  statusTag,
  type Version,
  type VersionDetail,
} from './version.ts';

type Stage = Procedure['stages'][string];

/** All procedures, with the versions that were handed in. */
export async function definitionsPage(visit: Visit): Promise<Response> {
  const { t, api, now } = visit;
  const { catalogue } = visit.parts;
  const listed = await api.get<{ items: Version[] }>('/versions');
  if (!listed.ok) return refusedPage(visit, listed.problem);
  const groups = [...Map.groupBy(listed.body.items, ({ id }) => id)];
  const rows = await Promise.all(
    groups.map(async ([id, versions]) => {
      const current = await catalogue.current(id, now);
      const title = await titleOf(visit, id);
      const drafts = versions.filter(({ status }) => status === 'draft');
      return { id, title, current: current?.version, versions: versions.length, drafts };
    }),
  );
  return page(visit, {
    title: t.definitions.heading,
    at: 'definitions',
    body: html`<h1 class="govuk-heading-l">${t.definitions.heading}</h1>
      <p class="govuk-body">${t.definitions.intro}</p>
      <p class="govuk-body"><a class="govuk-link" href="${AT}/hand-in">${t.handIn.heading}</a></p>
      ${dataTable(
        t.definitions.heading,
        [
          {
            name: t.definitions.procedure,
            cell: ({ id, title }) =>
              html`<a class="govuk-link" href="${LIST}/${id}">${title}</a><br /><span class="ot-of">${id}</span>`,
          },
          { name: t.definitions.inForce, cell: ({ current }) => current ?? t.none },
          { name: t.definitions.versions, numeric: true, cell: ({ versions }) => versions },
          {
            name: t.definitions.drafts,
            cell: ({ drafts }) => drafts.map(({ version }) => version).join(', ') || t.none,
          },
        ],
        rows.toSorted((a, b) => a.title.localeCompare(b.title, visit.language)),
      )}`,
  });
}

/** As the version in force calls it, else the one published last; of a draft alone its id. */
async function titleOf(visit: Visit, id: string): Promise<string> {
  const { catalogue } = visit.parts;
  const known = (await catalogue.current(id, visit.now)) ?? (await catalogue.published(id)).at(-1);
  return known ? new Names(visit).text((await catalogue.pinned(id, known.version)).procedure.title) : id;
}

/** The versions of one procedure, the newest first. */
export async function definitionPage(visit: Visit, id: string): Promise<Response> {
  const { t } = visit;
  const listed = await versionsOf(visit, id);
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: LIST });
  const title = await titleOf(visit, id);
  return page(visit, {
    title,
    at: 'definitions',
    back: LIST,
    body: html`<span class="govuk-caption-l">${id}</span>
      <h1 class="govuk-heading-l">${title}</h1>
      ${dataTable<Version>(
        t.definitions.versions,
        [
          {
            name: t.definitions.version,
            cell: (each) => html`<a class="govuk-link" href="${addressOf(each)}">${each.version}</a>`,
          },
          { name: t.dossier.status, cell: ({ status }) => statusTag(visit, status) },
          { name: t.definitions.from, cell: ({ effectiveFrom }) => instant(visit, effectiveFrom) },
          { name: t.definitions.until, cell: ({ retiredFrom }) => instant(visit, retiredFrom) },
        ],
        listed.versions,
      )}`,
  });
}

async function versionsOf({ api }: Visit, id: string) {
  const listed = await api.get<{ items: Version[] }>('/versions');
  if (!listed.ok) return listed;
  const order = new Intl.Collator('en', { numeric: true });
  const versions = listed.body.items
    .filter((each) => each.id === id)
    .toSorted((a, b) => order.compare(b.version, a.version));
  return { ok: true as const, versions };
}

/** One version: its ways, what publication would refuse, and what can be done with it. */
export async function versionPage(visit: Visit, id: string, version: string): Promise<Response> {
  const { t } = visit;
  const back = `${LIST}/${id}`;
  const [found, all] = await Promise.all([readVersion(visit, id, version), versionsOf(visit, id)]);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  const { body } = found;
  const { procedure } = readDefinition(body.definition);
  const names = new Names(visit);
  const others = all.ok ? all.versions.filter((each) => each.version !== version) : [];
  return page(visit, {
    title: `${names.text(procedure.title)} ${version}`,
    at: 'definitions',
    back,
    body: html`<span class="govuk-caption-l">${id}</span>
      <h1 class="govuk-heading-l">${names.text(procedure.title)} ${version}</h1>
      ${summaryList(factsOf(visit, body, procedure))} ${actionsOf(visit, body)} ${findingsOf(visit, body)}
      ${await differenceOf(visit, body)} ${waysSection(visit, body, procedure)}
      ${when(
        others.length > 0,
        () =>
          html`<h2 class="govuk-heading-m">${t.definitions.compare}</h2>
            <ul class="govuk-list">
              ${others.map(
                (other) =>
                  html`<li>
                    <a class="govuk-link" href="${addressOf(body)}/changes?since=${other.version}"
                      >${t.definitions.since(other.version)}</a
                    >
                  </li>`,
              )}
            </ul>`,
      )}`,
  });
}

/** Of a draft: what is other than in the version that is in force. */
async function differenceOf(visit: Visit, { id, version, status }: VersionDetail): Promise<Content> {
  const { t, parts, now } = visit;
  const current = status === 'draft' ? await parts.catalogue.current(id, now) : undefined;
  if (!current) return '';
  const found = await readChanges(visit, { id, version }, current.version);
  return (
    found.ok &&
    html`<h2 class="govuk-heading-m">${t.definitions.sinceInForce(current.version)}</h2>
      ${changesShown(visit, found.body)}`
  );
}

function factsOf(visit: Visit, body: VersionDetail, procedure: Procedure): Row[] {
  const { t } = visit;
  const names = new Names(visit);
  const onPaper = Object.entries(procedure.stages).filter(
    ([, stage]) => stage.kind !== 'decide' && (stage.presence !== undefined || stage.paper !== undefined),
  );
  return [
    { key: t.dossier.status, value: statusTag(visit, body.status) },
    { key: t.definitions.from, value: instant(visit, body.effectiveFrom) },
    { key: t.definitions.until, value: instant(visit, body.retiredFrom) },
    { key: t.catalogue.takes, value: tellTerm(t, procedure.clock.limit) || t.definitions.depends },
    { key: t.definitions.paperDebt, value: onPaper.map(([id]) => names.stage({ procedure }, id)).join('; ') || t.none },
    { key: t.definitions.digest, value: html`<span class="ot-break">${body.digest}</span>` },
  ];
}

function actionsOf(visit: Visit, { status, ...version }: VersionDetail): Content {
  const { t } = visit;
  const action = status === 'draft' ? ('publish' as const) : status === 'published' ? ('retire' as const) : undefined;
  return when(
    action,
    () =>
      html`<p class="govuk-body">
        <a class="govuk-link" href="${addressOf(version)}/${action}"
          >${t.definitions[action === 'publish' ? 'toPublish' : 'toRetire']}</a
        >
      </p>`,
  );
}

function findingsOf({ t }: Visit, { findings }: VersionDetail): Markup {
  return html`<h2 class="govuk-heading-m">${t.definitions.findings}</h2>
    ${
      findings.length === 0
        ? html`<p class="govuk-body">${t.definitions.noFindings}</p>`
        : dataTable(
            t.definitions.findings,
            [
              { name: t.definitions.place, cell: ({ at }) => at },
              { name: t.definitions.rule, cell: ({ rule }) => rule },
              { name: t.definitions.message, cell: ({ message }) => html`<span lang="en">${message}</span>` },
            ],
            findings,
          )
    }`;
}

function waysSection(visit: Visit, { stages }: VersionDetail, procedure: Procedure): Markup {
  const { t } = visit;
  const names = new Names(visit);
  const nameOf = (to: string): string =>
    to === 'back' ? t.definitions.back : to === 'end' ? t.definitions.end : `${names.stage({ procedure }, to)} (${to})`;
  const drawn = stages.map(({ stage, ways }): DrawnStage & { told: string[]; who: string } => {
    const is = procedure.stages[stage];
    const labelled = ways.map(({ label, to }) => ({
      to,
      label: label === null ? t.definitions.ends : names.outcome(label),
    }));
    return {
      id: stage,
      title: names.stage({ procedure }, stage),
      about: [stage, ...(is ? aboutOf(visit, procedure, is) : [])].join(', '),
      ways: labelled.map((way) => (way.to === 'back' ? { ...way, label: `${way.label} ↩` } : way)),
      who: is ? [t.kinds[is.kind], ...aboutOf(visit, procedure, is)].join(', ') : '',
      told: labelled.map(({ label, to }) => `${label} → ${nameOf(to)}`),
    };
  });
  return html`<h2 class="govuk-heading-m">${t.definitions.ways}</h2>
    ${drawWays({ stages: drawn, end: t.definitions.end, title: t.definitions.ways, description: t.definitions.waysText })}
    ${dataTable(
      t.definitions.ways,
      [
        { name: t.dossier.stage, cell: ({ id }) => nameOf(id) },
        { name: t.definitions.about, cell: ({ who }) => who },
        { name: t.definitions.goes, cell: ({ told }) => told.map((way) => html`<span>${way}</span><br />`) },
      ],
      drawn,
    )}`;
}

/** What it makes, who acts, and within which term. */
function aboutOf(visit: Visit, procedure: Procedure, stage: Stage): string[] {
  const { t } = visit;
  const names = new Names(visit);
  const who =
    'by' in stage && typeof stage.by === 'string'
      ? names.role(stage.by)
      : stage.kind === 'ask'
        ? t.history.applicant
        : '';
  const term = 'within' in stage ? tellTerm(t, stage.within) : '';
  const what =
    stage.kind === 'sign'
      ? names.issue({ procedure }, stage.issue)
      : stage.kind === 'notify' && stage.result !== undefined
        ? (t.results[stage.result] ?? stage.result)
        : '';
  return [what, who, term].filter((part) => part !== '');
}
