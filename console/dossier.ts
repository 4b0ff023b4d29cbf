import type * as z from 'zod';
import type { Pinned } from '../functions/procedures/catalogue.ts';
import type { Step } from '../domain/time/explain.ts';
import type { DossierSummary } from '../schemas/api.ts';
import type { Problem } from '../schemas/api.ts';
import type { Validity } from '../schemas/events/sources.ts';
import type { SensitiveKind } from '../schemas/procedure/sensitive.ts';
import type { ContradictionShown } from '../schemas/sources.ts';
import type { Reused } from '../schemas/reuse.ts';
import type { SignatureShown } from '../functions/dossiers/signature-shown.ts';
import type { PrefilledShown } from '../functions/api/prefilled.ts';
import type { Withheld } from '../functions/api/sight.ts';
import { type Answer } from './ask-api.ts';
import { sectionsOf } from './forms/render.ts';
import { FormReader } from './forms/schema.ts';
import { details, type Fault, type Row, summaryList } from './html/components.ts';
import { page, type PageParts } from './html/layout.ts';
import { type Content, html, when } from './html/markup.ts';
import { fetchedNow, historyOf, type ShownEvent } from './history.ts';
import { frameFor } from './shown.ts';
import { dateOf, tellAmount, tellDate, tellInstant, tellOwn, tellSize } from './tell.ts';
import { AT, Names, type Visit } from './visit.ts';

/** `GET /dossiers/{id}`, as far as pages show it. */
export interface DossierDetail extends z.infer<typeof DossierSummary> {
  parked: unknown;
  withdrawal: string | null;
  rated: boolean;
  rateUntil: string | null;
  stages: Record<string, { left?: string | null; until?: string | null }>;
  fees: Record<string, { amount: { value: number; currency: string }; exempt: boolean; paid: string | null }>;
  issues: Record<
    string,
    {
      draft?: string | null;
      document?: string | null;
      /** Of a container: the PDF in it. */
      readable?: string;
      number?: { text: string } | null;
      sealed?: { document: string; mediaType: string; valid?: { until: string } } | null;
      /** Sending a print of it by post. */
      dispatch?: { state: string; on?: string; carrier?: string; number?: string };
    }
  >;
  documents: {
    component: string;
    sha256: string;
    size: number;
    mediaType: string;
    at: string;
    name?: string;
    how: string;
    evidence?: string;
    reused?: Reused;
    /** Of one handed in as signed: whose signature it is, as far as that is known. */
    signature?: SignatureShown;
    /** Whether a result that was handed in again holds today. */
    stands?: Validity;
    contradicted?: ContradictionShown;
  }[];
  tasks: {
    id: string;
    stage: string;
    kind: string;
    step: string;
    party: string | null;
    outcomes: string[];
    role: string | null;
    unit: string | null;
  }[];
  children: { result: string | null }[];
  form?: Record<string, unknown>;
  withheld?: Withheld;
  prefilled?: PrefilledShown[];
}

interface Deadline {
  state: 'due' | 'stopped' | 'not-started';
  due: string | null;
  promised: string | null;
  steps: Pick<Step, 'text'>[];
}

/** All that a page on a dossier tells. */
export interface DossierRead {
  detail: DossierDetail;
  pinned: Pinned;
  deadline: Deadline | undefined;
  events: ShownEvent[];
}

export async function readDossier(
  visit: Visit,
  id: string,
): Promise<{ ok: true; read: DossierRead } | { ok: false; problem: Problem }> {
  const { api, parts } = visit;
  const at = `/dossiers/${encodeURIComponent(id)}`;
  const detail = await api.get<DossierDetail>(at);
  if (!detail.ok) return detail;
  const [deadline, events] = await Promise.all([
    api.get<Deadline>(`${at}/deadline`),
    api.get<{ items: ShownEvent[] }>(`${at}/events`),
  ]);
  const pinned = await parts.catalogue.pinned(detail.body.procedure, detail.body.version);
  return {
    ok: true,
    read: { detail: detail.body, pinned, deadline: bodyOf(deadline), events: bodyOf(events)?.items ?? [] },
  };
}

function bodyOf<T>(answer: Answer<T>): T | undefined {
  return answer.ok ? answer.body : undefined;
}

export function codeOfDossier({ code, reference }: Pick<DossierDetail, 'code' | 'reference'>): string {
  return code ?? reference;
}

/** The frame of every page on one dossier. */
export function dossierPage(
  visit: Visit,
  {
    pinned,
    code,
    faults = [],
    body,
    ...place
  }: {
    pinned: Pinned;
    code: string;
    faults?: readonly Fault[];
    body: Content;
  } & Required<Pick<PageParts, 'at' | 'back'>>,
): Promise<Response> {
  const title = visit.t.dossier.heading(code);
  return page(visit, {
    title,
    ...place,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${new Names(visit).text(pinned.procedure.title)}</span>
      <h1 class="govuk-heading-l">${title}</h1>
      ${body}`,
  });
}

/** Where it stands, by when it is due and why. */
export async function standingOfDossier(visit: Visit, { detail, pinned, deadline }: DossierRead): Promise<Content> {
  const { t } = visit;
  const names = new Names(visit);
  const { status, result, code, reference, stage, unit, receivingUnit, submitted } = detail;
  const rows: Row[] = [
    { key: t.dossier.status, value: t.statuses[status.business] ?? status.business },
    ...(result === null ? [] : [{ key: t.dossier.result, value: t.results[result] ?? result }]),
    ...(stage === null ? [] : [{ key: t.dossier.stage, value: names.stage(pinned, stage) }]),
    ...dueRows(visit, detail, deadline),
    ...(code === null ? [] : [{ key: t.dossier.code, value: code }]),
    { key: t.dossier.reference, value: reference },
    { key: t.dossier.submitted, value: tellInstant(t, submitted) },
    { key: t.dossier.unit, value: await names.unit(unit) },
    ...(receivingUnit === unit ? [] : [{ key: t.dossier.received, value: await names.unit(receivingUnit) }]),
    ...feeRows(visit, detail, pinned),
  ];
  return html`${summaryList(rows)}
  ${when(deadline && deadline.steps.length > 0, () =>
    details(
      result === null ? t.dossier.why : t.dossier.howCounted,
      html`<ul class="govuk-list govuk-list--bullet">
        ${deadline?.steps.map(({ text }) => html`<li>${text[visit.language]}</li>`)}
      </ul>`,
    ),
  )}`;
}

function dueRows({ t }: Visit, { due, result }: DossierDetail, deadline: Deadline | undefined): Row[] {
  if (result !== null) return [];
  if (deadline?.state === 'stopped') return [{ key: t.dossier.due, value: t.dossier.stopped }];
  const rows: Row[] = [{ key: t.dossier.due, value: due === null ? t.dossier.noDue : tellDate(t, due) }];
  if (deadline?.due != null && deadline.due !== due)
    rows.push({ key: t.dossier.statutory, value: tellDate(t, deadline.due) });
  return rows;
}

function feeRows(visit: Visit, { fees }: DossierDetail, pinned: Pinned): Row[] {
  const names = new Names(visit);
  const owed = Object.entries(fees).filter(([, { amount, exempt }]) => !exempt && amount.value > 0);
  const { t } = visit;
  return owed.map(([fee, { amount, paid }]) => ({
    key: names.text(pinned.procedure.fees?.[fee]?.title) || t.dossier.fees,
    value:
      paid === null ? t.pay.unpaid(tellAmount(t, amount)) : t.pay.paid(tellAmount(t, amount), tellInstant(t, paid)),
  }));
}

/** The form in words, with the labels under which it was filled in. */
export function formInWords(visit: Visit, { detail, pinned }: DossierRead): Content {
  const { form, prefilled = [], withheld } = detail;
  if (form === undefined || pinned.procedure.form === undefined) return '';
  const reader = new FormReader(pinned.definition, pinned.procedure.form, visit.language, visit.units);
  const marks = new Map(prefilled.map((each) => [each.at, tellOwn(visit.t, each)]));
  const hidden = new Map(
    withheld?.form.map(({ at, kind }) => [at, visit.t.withheld.value(visit.t.withheld.kinds[kind])]),
  );
  const sections = sectionsOf(reader, form, visit.t, marks, hidden).filter(({ rows }) => rows.length > 0);
  return when(
    sections.length > 0,
    () =>
      html`<h2 class="govuk-heading-m" id="form">${visit.t.dossier.form}</h2>
        ${when(hidden.size > 0, () => html`<div class="govuk-inset-text">${visit.t.withheld.note}</div>`)}
        ${sections.map(
          ({ title, rows }) =>
            html`${when(title, () => html`<h3 class="govuk-heading-s">${title}</h3>`)} ${summaryList(rows)}`,
        )}`,
  );
}

type HandedIn = Pick<
  DossierDetail['documents'][number],
  'component' | 'sha256' | 'size' | 'mediaType' | 'name' | 'reused' | 'signature' | 'stands' | 'contradicted'
> & { how?: string; evidence?: string | undefined; withheld?: SensitiveKind | undefined };

/** Documents that were handed in. A picture is shown; whatever else is downloaded: what applicants hand in never runs in an official's browser. */
export function documentsShown(
  visit: Visit,
  pinned: Pinned,
  dossier: { id: string; documents: readonly HandedIn[]; fetched?: readonly string[] },
): Content {
  const { t } = visit;
  const names = new Names(visit);
  const handed = dossier.documents.map(
    (document) => html`<li>${documentShown(visit, names.handedIn(pinned, document), dossier, document)}</li>`,
  );
  const { fetched = [] } = dossier;
  return html`<h2 class="govuk-heading-m" id="documents">${t.dossier.documents}</h2>
    ${when(
      fetched.length > 0,
      () =>
        html`<ul class="govuk-list govuk-list--bullet">
          ${fetched.map((each) => html`<li>${each}</li>`)}
        </ul>`,
    )}
    ${
      handed.length === 0
        ? html`<p class="govuk-body">${t.dossier.noDocuments}</p>`
        : html`<ul class="ot-work">
            ${handed}
          </ul>`
    }`;
}

/** One document under its title, to be opened. */
export function documentShown(
  visit: Pick<Visit, 't' | 'parts'>,
  title: string,
  dossier: { id: string },
  {
    sha256,
    name,
    mediaType,
    size,
    how,
    reused,
    signature,
    stands,
    contradicted,
    withheld,
  }: Omit<HandedIn, 'component'>,
): Content {
  const { t } = visit;
  if (withheld !== undefined)
    return html`<p class="govuk-body ot-break">
      <strong>${title}</strong><br />${t.withheld.value(t.withheld.kinds[withheld])} (${kindOf(mediaType)},
      ${tellSize(t, size)})
    </p>`;
  const at = addressIn(dossier);
  return html`<p class="govuk-body ot-break">
      <strong>${title}</strong><br />
      <a class="govuk-link" href="${at(sha256)}">${t.dossier.open(name ?? title)}</a> (${kindOf(mediaType)},
      ${tellSize(t, size)})${when(signature, () => html`<br />${signature && t.signatures[signature.trust](signature.by)}`)}${when(reused, () => html`<br />${reused && reusedFrom(t, reused)}`)}${standsShown(t, stands)}${contradictedShown(t, contradicted)}${when(how === 'reference', () => html`<br />${t.reference.kept}`)}
    </p>
    ${when(mediaType === 'application/pdf', () => frameFor(visit, { at: at(sha256), sha256, name: name ?? title }))}
    ${when(
      mediaType.startsWith('image/'),
      () => html`<img class="ot-picture" src="${at(sha256)}" alt="${t.dossier.picture(title)}" loading="lazy" />`,
    )}`;
}

/** Where a document is from that its holder had already. */
function reusedFrom(t: Visit['t'], { dossier, code, procedure, version, paper, until }: Reused): string {
  const facts =
    'issue' in paper
      ? [paper.number === null ? paper.issue : t.dossier.number(paper.number)]
      : [t.papers.acceptedBy(paper.accepted.by, paper.accepted.unit, tellInstant(t, paper.accepted.at))];
  const term = until === undefined ? [] : [t.track.valid(tellDate(t, dateOf(Date.parse(until))))];
  return [t.papers.reused(code ?? dossier, `${procedure} ${version}`), ...facts, ...term].join('; ');
}

/** That its register, which was away, does not bear it out. */
function contradictedShown(t: Visit['t'], contradicted: ContradictionShown | undefined): Content {
  return when(
    contradicted,
    () =>
      html`<br /><strong>${t.contradiction.beside}</strong>
        ${[t.contradiction.why[contradicted?.why ?? 'not-found'], ...(contradicted?.reasons ?? [])].join(' ')}`,
  );
}

/** What became of it since it was handed in. */
function standsShown(t: Visit['t'], stands: Validity = 'valid'): Content {
  return when(
    stands !== 'valid',
    () => html`<br /><strong class="govuk-tag govuk-tag--red">${t.papers.validity[stands]}</strong>`,
  );
}

function addressIn({ id }: { id: string }): (sha256: string) => string {
  return (sha256) => `${AT}/dossiers/${id}/documents/${sha256}`;
}

/** Documents and papers. */
export function documentsOf(visit: Visit, { detail, pinned, events }: DossierRead): Content {
  const papers = Object.entries(detail.issues).flatMap(
    ([issue, { draft, document, readable, number, sealed, dispatch }]) => {
      const file = sealed?.document ?? document ?? draft;
      if (file == null) return [];
      const until = sealed?.valid?.until;
      return [
        {
          issue,
          sha256: file,
          isSealed: sealed !== null,
          isWithheld: detail.withheld?.papers.includes(issue) === true,
          number: number?.text ?? null,
          ...(until !== undefined && { until }),
          ...(readable !== undefined && { readable }),
          ...(dispatch && { dispatch }),
        },
      ];
    },
  );
  const kinds = new Map(detail.withheld?.documents.map(({ component, kind }) => [component, kind]));
  const documents = detail.documents.map((each) => ({ ...each, withheld: kinds.get(each.component) }));
  const fetched = fetchedNow(visit, pinned, events);
  return html`${documentsShown(visit, pinned, { id: detail.id, documents, fetched })}
  ${papersShown(visit, pinned, { id: detail.id, papers })}`;
}

interface Paper {
  issue: string;
  sha256: string;
  isSealed: boolean;
  isWithheld?: boolean;
  number: string | null;
  until?: string;
  /** Of a container: what is to be read in it. */
  readable?: string;
  dispatch?: DossierDetail['issues'][string]['dispatch'];
}

/** Papers of the authority, each to be opened; nothing where there is none. */
export function papersShown(visit: Visit, pinned: Pinned, dossier: { id: string; papers: readonly Paper[] }): Content {
  const { t } = visit;
  const names = new Names(visit);
  const at = addressIn(dossier);
  const papers = dossier.papers.map(({ issue, sha256, isSealed, isWithheld, number, until, readable, dispatch }) => {
    const title = names.issue(pinned, issue);
    const facts = [
      isSealed ? t.dossier.sealed : t.dossier.draft,
      ...(number ? [t.dossier.number(number)] : []),
      ...(until === undefined ? [] : [t.track.valid(tellDate(t, dateOf(Date.parse(until))))]),
      ...(dispatch ? sentByPost(t, dispatch) : []),
    ];
    if (isWithheld)
      return html`<li>
        <p class="govuk-body ot-break"><strong>${title}</strong><br />${t.withheld.paper} (${facts.join(', ')})</p>
      </li>`;
    const pdf = readable ?? ((pinned.procedure.issues?.[issue]?.format ?? 'pdf') === 'pdf' ? sha256 : undefined);
    return html`<li>
      <p class="govuk-body ot-break">
        <strong>${title}</strong><br /><a class="govuk-link" href="${at(sha256)}">${t.dossier.open(title)}</a>
        (${facts.join(', ')})${when(readable, () => html`<br /><a class="govuk-link" href="${at(readable ?? '')}">${t.dossier.readable(title)}</a>`)}${when(isSealed && pinned.procedure.issues?.[issue]?.encloses, () => html`<br /><a class="govuk-link" href="${at(sha256)}?print=true">${t.dossier.print(title)}</a>`)}
      </p>
      ${when(pdf, () => frameFor(visit, { at: at(pdf ?? ''), sha256: pdf ?? '', name: title }))}
    </li>`;
  });
  return when(
    papers.length > 0,
    () =>
      html`<h2 class="govuk-heading-m">${t.dossier.papers}</h2>
        <ul class="ot-work">
          ${papers}
        </ul>`,
  );
}

/** What became of the print that goes by post. */
function sentByPost(t: Visit['t'], { state, on, carrier, number }: NonNullable<Paper['dispatch']>): string[] {
  if (state === 'waiting') return [t.dispatch.waiting];
  if (state !== 'posted') return [];
  const sent = t.dispatch.sent(tellDate(t, on ?? ''));
  return [[sent, carrier, number].filter((each) => each !== undefined).join(', ')];
}

function kindOf(mediaType: string): string {
  return (mediaType.split('/').at(-1) ?? mediaType).toUpperCase();
}

export async function historySection(visit: Visit, { pinned, events }: DossierRead): Promise<Content> {
  return html`<h2 class="govuk-heading-m" id="history">${visit.t.dossier.history}</h2>
    ${await historyOf(visit, pinned, events)}`;
}
