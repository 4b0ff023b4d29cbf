import { randomUUID } from 'node:crypto';
import type { Changes, Impact, Named } from '../../schemas/impact.ts';
import { readDefinition } from '../../schemas/procedure/definition.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { button, type Row, summaryList, tag } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusedPage } from '../refused.ts';
import { tellInstant, tellTerm } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { type DrawnStage, drawWays } from './draw-ways.ts';

type Sent = Readonly<Record<string, unknown>>;
type Stage = Procedure['stages'][string];

interface Version {
  id: string;
  version: string;
  digest: string;
  status: 'draft' | 'published' | 'retired';
  effectiveFrom: string | null;
  retiredFrom: string | null;
}

interface VersionDetail extends Version {
  definition: Record<string, unknown>;
  stages: { stage: string; ways: { label: string | null; to: string }[] }[];
  findings: { rule: string; at: string; message: string }[];
}

const LIST = `${AT}/definitions`;

function addressOf({ id, version }: Pick<Version, 'id' | 'version'>): string {
  return `${LIST}/${id}/${version}`;
}

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

function statusTag({ t }: Visit, status: Version['status']): Markup {
  return tag(
    t.definitions.statuses[status],
    ({ draft: 'yellow', published: 'green', retired: 'grey' } as const)[status],
  );
}

function instant({ t }: Visit, at: string | null): string {
  return at === null ? '–' : tellInstant(t, at);
}

async function readVersion({ api }: Visit, id: string, version: string) {
  return api.get<VersionDetail>(`/procedures/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`);
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
      ${waysSection(visit, body, procedure)}
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

/** What is other in a version than in another one. */
export async function changesPage(visit: Visit, id: string, version: string): Promise<Response> {
  const { c, t, api } = visit;
  const since = c.req.query('since') ?? '';
  const back = addressOf({ id, version });
  const found = await api.get<Changes>(
    `/procedures/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}/changes?since=${encodeURIComponent(since)}`,
  );
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

function changesShown(visit: Visit, changes: Changes): Markup {
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

/** What publishing a draft would do, before it is done. */
export async function publishPage(visit: Visit, id: string, version: string): Promise<Response> {
  const { t, api } = visit;
  const back = addressOf({ id, version });
  const [found, foreseen] = await Promise.all([
    readVersion(visit, id, version),
    api.post<Impact>(`/procedures/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}/impact`, {}),
  ]);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  if (!foreseen.ok) return refusedPage(visit, foreseen.problem, { back });
  const impact = foreseen.body;
  const title = t.definitions.publishing(id, version);
  return page(visit, {
    title,
    at: 'definitions',
    back,
    body: html`<h1 class="govuk-heading-l">${title}</h1>
      ${when(impact.refused, () => html`<div class="govuk-inset-text">${t.definitions.wouldRefuse}: ${impact.refused?.detail}</div>`)}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${impactTold(visit, impact).map((each) => html`<li>${each}</li>`)}
      </ul>
      ${impact.versions.map(
        (other) =>
          html`<h2 class="govuk-heading-m">${t.definitions.since(other.version)}</h2>
            <p class="govuk-body">
              ${t.definitions.openDossiers(other.complete ? String(other.open) : `${other.open}+`)}
            </p>
            ${changesShown(visit, other.changes)}`,
      )}
      ${
        impact.refused || impact.status !== 'draft'
          ? ''
          : confirmForm(visit, {
              action: `${back}/publish`,
              back,
              text: t.definitions.publish,
              digest: found.body.digest,
            })
      }`,
  });
}

function impactTold(visit: Visit, { effectiveFrom, replaces }: Impact): string[] {
  const { t } = visit;
  return [
    t.definitions.starts(instant(visit, effectiveFrom)),
    ...(replaces === null ? [] : [t.definitions.instead(replaces)]),
    t.definitions.openStay,
    t.definitions.forGood,
  ];
}

function confirmForm(
  visit: Visit,
  { action, back, text, digest }: { action: string; back: string; text: string; digest?: string },
): Markup {
  return html`<form method="post" action="${action}" novalidate>
    ${csrfField(visit)} <input type="hidden" name="once" value="${randomUUID()}" />
    ${when(digest, () => html`<input type="hidden" name="digest" value="${digest}" />`)}
    <div class="govuk-button-group">
      ${button(text, { name: 'step', value: 'confirm' })}
      <a class="govuk-link" href="${back}">${visit.t.stalled.leave}</a>
    </div>
  </form>`;
}

export async function retirePage(visit: Visit, id: string, version: string): Promise<Response> {
  const { t } = visit;
  const back = addressOf({ id, version });
  const found = await readVersion(visit, id, version);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  const title = t.definitions.retiring(id, version);
  return page(visit, {
    title,
    at: 'definitions',
    back,
    body: html`<h1 class="govuk-heading-l">${title}</h1>
      ${
        found.body.status === 'published'
          ? html`<h2 class="govuk-heading-m">${t.decide.happens}</h2>
              <ul class="govuk-list govuk-list--bullet">
                ${t.definitions.retireHappens.map((each) => html`<li>${each}</li>`)}
              </ul>
              ${confirmForm(visit, { action: `${back}/retire`, back, text: t.definitions.retire })}`
          : html`<p class="govuk-body">${statusTag(visit, found.body.status)}</p>`
      }`,
  });
}

/** Publishes the very draft that was looked at, or retires a version now. */
export async function versionStep(
  visit: Visit,
  { id, version, what }: Pick<Version, 'id' | 'version'> & { what: 'publish' | 'retire' },
  sent: Sent,
): Promise<Response> {
  const text = (name: string): string | undefined => {
    const value = sent[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const digest = text('digest');
  const back = addressOf({ id, version });
  const done = await visit.api.post(
    `/procedures/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}/${what}`,
    what === 'publish' && digest !== undefined ? { digest } : {},
    text('once'),
  );
  return done.ok ? visit.c.redirect(back, 303) : refusedPage(visit, done.problem, { back });
}
