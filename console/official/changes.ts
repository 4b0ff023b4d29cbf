import type { Actor } from '../../schemas/actor.ts';
import type { SensitiveKind, WithheldField } from '../../schemas/procedure/sensitive.ts';
import { codeOfDossier, documentShown, type DossierRead, readDossier } from '../dossier.ts';
import { type Difference, differencesOf, leavesOf } from '../forms/differences.ts';
import { FormReader } from '../forms/schema.ts';
import { whoOf } from '../history.ts';
import { summaryList } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { tellInstant, tellSize } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';

interface Coming {
  seq: number;
  at: string;
  by: Actor;
}
type Form = Coming & { form: Readonly<Record<string, unknown>>; withheld?: WithheldField[] };
type Document = Coming & { sha256: string; size: number; mediaType: string; how: string; name?: string };

/** `GET /dossiers/{id}/versions`. */
interface Versions {
  forms: Form[];
  documents: { component: string; withheld?: SensitiveKind; versions: Document[] }[];
}

/** `GET /dossiers/{id}/sources`, as far as it is compared. */
interface Source {
  document: string;
  name?: string;
  answered: string | null;
  values?: Record<string, { value: unknown; at: string }>;
  withheld?: string[];
}

/** So many differences stand on the dossier's own page; more have a page of their own. */
const SHOWN = 8;

/** Whether anything of this dossier came more than once: then its versions are asked for. */
function hasEarlier({ detail, events }: DossierRead): boolean {
  const components = detail.documents.map(({ component }) => component);
  const revised = events.some(({ event }) => event.type === 'TaskDecided' && event.data['revises'] === true);
  return revised || new Set(components).size < components.length;
}

/** On the dossier's page: what the last supplement changed, field by field, and the way to all of it. */
export async function changesSection(visit: Visit, read: DossierRead): Promise<Content> {
  const { t } = visit;
  const { id } = read.detail;
  const all = html`<p class="govuk-body">
    <a class="govuk-link" href="${AT}/dossiers/${id}/changes">${t.changes.all}</a>
  </p>`;
  const compares = read.events.some(({ event }) => event.type === 'SourceAnswered' && event.data['found'] === true);
  if (!hasEarlier(read)) return when(compares, () => all);
  const versions = await visit.api.get<Versions>(`/dossiers/${encodeURIComponent(id)}/versions`);
  if (!versions.ok) return '';
  const [before, after] = versions.body.forms.slice(-2);
  const found = before && after ? differencesOf(readerOf(visit, read), before.form, after.form, t) : [];
  const replaced = versions.body.documents.filter((each) => each.versions.length > 1);
  const names = new Names(visit);
  return html`<h2 class="govuk-heading-m" id="changes">${t.changes.heading}</h2>
    ${when(after && before, () => html`<p class="govuk-body">${t.changes.since(tellInstant(t, after?.at ?? ''))}</p>`)}
    ${when(before && after, () => differenceTable(visit, found.slice(0, SHOWN)))} ${notCompared(visit, before, after)}
    ${when(found.length > SHOWN, () => html`<p class="govuk-body">${t.changes.more(found.length - SHOWN)}</p>`)}
    ${when(replaced.length > 0, () => html`<p class="govuk-body">${t.changes.replaced(replaced.map(({ component }) => names.document(read.pinned, component)).join(', '))}</p>`)}
    ${all}`;
}

/** Two versions of the form, by choice; each document that came more than once; and what registers say. */
export async function changesPage(visit: Visit, id: string): Promise<Response> {
  const { t, api, c } = visit;
  const back = `${AT}/dossiers/${id}`;
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  const { read } = found;
  const at = `/dossiers/${encodeURIComponent(id)}`;
  const [versions, sources] = await Promise.all([
    api.get<Versions>(`${at}/versions`),
    api.get<{ items: Source[] }>(`${at}/sources`),
  ]);
  if (!versions.ok) return refusedPage(visit, versions.problem, { back });
  if (!sources.ok) return refusedPage(visit, sources.problem, { back });
  const { forms, documents } = versions.body;
  const pair = pairOf(forms, c.req.query('from'), c.req.query('to'));
  if (pair === 'unknown') return notFoundPage(visit);
  const replaced = documents.filter((each) => each.versions.length > 1);
  return page(visit, {
    title: t.changes.heading,
    at: 'find',
    back,
    body: html`<span class="govuk-caption-l">${codeOfDossier(read.detail)}</span>
      <h1 class="govuk-heading-l">${t.changes.heading}</h1>
      <h2 class="govuk-heading-m">${t.dossier.form}</h2>
      ${pair ? await formCompared(visit, read, { forms, pair }) : html`<p class="govuk-body">${t.changes.oneForm}</p>`}
      <h2 class="govuk-heading-m">${t.dossier.documents}</h2>
      ${
        replaced.length === 0
          ? html`<p class="govuk-body">${t.changes.oneOfEach}</p>`
          : await Promise.all(replaced.map((each) => documentCompared(visit, read, each)))
      }
      ${registersCompared(visit, read, { form: forms.at(-1)?.form ?? {}, sources: sources.body.items })}`,
  });
}

/** The two versions that are compared: those that the address names, else the last two. */
function pairOf(
  forms: readonly Form[],
  from: string | undefined,
  to: string | undefined,
): [Form, Form] | undefined | 'unknown' {
  const find = (seq: string | undefined, otherwise: Form | undefined): Form | undefined =>
    seq === undefined ? otherwise : forms.find((each) => String(each.seq) === seq);
  if (forms.length < 2 && from === undefined && to === undefined) return undefined;
  const [before, after] = [find(from, forms.at(-2)), find(to, forms.at(-1))];
  return before && after ? [before, after] : 'unknown';
}

function readerOf({ language, units }: Visit, { pinned }: DossierRead): FormReader {
  return new FormReader(pinned.definition, pinned.procedure.form ?? {}, language, units);
}

async function formCompared(
  visit: Visit,
  read: DossierRead,
  { forms, pair: [before, after] }: { forms: readonly Form[]; pair: [Form, Form] },
): Promise<Content> {
  const { t } = visit;
  const names = new Names(visit);
  const told = async ({ at, by }: Form): Promise<string> =>
    t.changes.version(tellInstant(t, at), await whoOf(visit, names, by));
  const others = await Promise.all(
    forms.slice(1).map(async (now, index) => {
      const was = forms[index] ?? now;
      return { was, now, text: t.changes.between(await told(was), await told(now)) };
    }),
  );
  return html`${when(
    others.length > 1,
    () =>
      html`<ul class="govuk-list">
        ${others.map(({ was, now, text }) =>
          was === before && now === after
            ? html`<li><strong aria-current="true">${text}</strong></li>`
            : html`<li>
                <a class="govuk-link" href="${AT}/dossiers/${read.detail.id}/changes?from=${was.seq}&to=${now.seq}"
                  >${text}</a
                >
              </li>`,
        )}
      </ul>`,
  )}
  ${summaryList([
    { key: t.changes.was, value: await told(before) },
    { key: t.changes.is, value: await told(after) },
  ])}
  ${differenceTable(visit, differencesOf(readerOf(visit, read), before.form, after.form, t))}
  ${notCompared(visit, before, after)}`;
}

/** That answers are not shown, and so not compared. */
function notCompared({ t }: Visit, ...forms: readonly (Form | undefined)[]): Content {
  return when(
    forms.some((form) => form?.withheld),
    () => html`<div class="govuk-inset-text">${t.withheld.notCompared}</div>`,
  );
}

/** Old and new beside each other: struck out and underlined, and in words for who does not see it. */
function differenceTable({ t }: Visit, found: readonly Difference[]): Markup {
  if (found.length === 0) return html`<p class="govuk-body">${t.changes.nothing}</p>`;
  return dataTable<Difference>(
    t.changes.heading,
    [
      { name: t.changes.field, cell: ({ label }) => label },
      { name: t.changes.was, cell: ({ was }) => marked('del', t.changes.was, was, t.changes.noAnswer) },
      { name: t.changes.is, cell: ({ is }) => marked('ins', t.changes.is, is, t.changes.noAnswer) },
    ],
    found,
  );
}

function marked(how: 'del' | 'ins', word: string, text: string | undefined, none: string): Content {
  if (text === undefined) return html`<span class="ot-of">${none}</span>`;
  const said = html`<span class="govuk-visually-hidden">${word}: </span>`;
  return how === 'del'
    ? html`<del class="ot-del">${said}${text}</del>`
    : html`<ins class="ot-ins">${said}${text}</ins>`;
}

/** Each version of a document, the latest first: side by side where there is room. */
async function documentCompared(
  visit: Visit,
  { detail, pinned }: DossierRead,
  { component, versions, withheld }: Versions['documents'][number],
): Promise<Markup> {
  const { t } = visit;
  const names = new Names(visit);
  const title = names.document(pinned, component);
  const newest = versions.toReversed();
  const drawn = await Promise.all(
    newest.map(async (version, index) => {
      const which = index === 0 ? t.changes.now : t.changes.earlier(newest.length - index);
      const rows = [
        { key: t.changes.name, value: version.name ?? t.changes.noName },
        { key: t.changes.size, value: tellSize(t, version.size) },
        { key: 'SHA-256', value: html`<code class="ot-break">${version.sha256}</code>` },
        { key: t.changes.came, value: tellInstant(t, version.at) },
        { key: t.changes.by, value: await whoOf(visit, names, version.by) },
      ];
      return html`<li>
        <h4 class="govuk-heading-s">${which}</h4>
        ${documentShown(visit, `${title} (${which})`, detail, { ...version, withheld })} ${summaryList(rows)}
      </li>`;
    }),
  );
  return html`<h3 class="govuk-heading-s">${title}</h3>
    <ul class="ot-beside">
      ${drawn}
    </ul>`;
}

interface Beside {
  label: string;
  register: string;
  form: string | undefined;
}

/** What registers said beside the answers of the form that bear the same name. */
function registersCompared(
  visit: Visit,
  read: DossierRead,
  { form, sources }: { form: Readonly<Record<string, unknown>>; sources: readonly Source[] },
): Content {
  const { t } = visit;
  const names = new Names(visit);
  const leaves = leavesOf(readerOf(visit, read), form, t);
  const answered = sources.filter(({ values = {}, withheld = [] }) => Object.keys(values).length + withheld.length > 0);
  return when(
    answered.length > 0,
    () =>
      html`<h2 class="govuk-heading-m">${t.changes.registers}</h2>
        <p class="govuk-body">${t.changes.registersHint}</p>
        ${answered.map(({ document, name, answered: at, values = {}, withheld = [] }) => {
          const rows = Object.entries(values).flatMap(([field, { value }]): Beside[] => {
            const same = leaves.filter((leaf) => leaf.at.split('/').at(-1) === field);
            const raw = typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
            if (same.length === 0) return [{ label: field, register: raw, form: undefined }];
            return same.map((leaf) => ({
              label: leaf.label,
              register: inWordsOf(visit, read, leaf.at, value) ?? raw,
              form: leaf.told,
            }));
          });
          return html`<h3 class="govuk-heading-s">
              ${names.document(read.pinned, document)}${when(name, () => html` – ${name}`)}
            </h3>
            ${when(at, () => html`<p class="govuk-body">${t.changes.answered(tellInstant(t, at ?? ''))}</p>`)}
            ${when(rows.length > 0, () => besideTable(visit, rows))}
            ${when(withheld.length > 0, () => html`<div class="govuk-inset-text">${t.withheld.notCompared}</div>`)}`;
        })}`,
  );
}

/** A register's value as the form's question would tell it. */
function inWordsOf(visit: Visit, read: DossierRead, at: string, value: unknown): string | undefined {
  const form = at
    .split('/')
    .slice(1)
    .reduceRight<unknown>((inner, step) => (/^\d+$/.test(step) ? [inner] : { [step]: inner }), value);
  return leavesOf(readerOf(visit, read), form as Record<string, unknown>, visit.t).at(0)?.told;
}

function besideTable({ t }: Visit, rows: readonly Beside[]): Markup {
  const verdict = ({ register, form }: Beside): Content =>
    form === undefined
      ? html`<span class="ot-of">${t.changes.notInForm}</span>`
      : register === form
        ? t.changes.same
        : html`<strong>${t.changes.differs}</strong>`;
  return dataTable<Beside>(
    t.changes.registers,
    [
      { name: t.changes.field, cell: ({ label }) => label },
      { name: t.changes.inRegister, cell: ({ register }) => register },
      { name: t.changes.inForm, cell: ({ form }) => form ?? html`<span class="ot-of">${t.changes.noAnswer}</span>` },
      { name: t.changes.verdict, cell: verdict },
    ],
    rows,
  );
}
