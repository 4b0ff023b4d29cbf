import { raw } from 'hono/html';
import type { Pinned } from '../../functions/procedures/catalogue.ts';
import type { Unit } from '../../schemas/organisation.ts';
import { evidenceOf } from '../../schemas/procedure/papers.ts';
import { button, type Row, summaryList, textField } from '../html/components.ts';
import { page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { notFoundPage } from '../refused.ts';
import { tellAmount, tellDate, tellTerm } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';

/** `POST /procedures/{id}/foresight`, as pages show it. */
export interface Foresight {
  documents: { document: string; needed: 'yes' | 'no' | 'perhaps' }[];
  fees: { fee: string; amount: { value: number; currency: string } | null }[];
  due: string | null;
}

/** The procedures that somebody can apply for now. */
async function offered(visit: Visit): Promise<Pinned[]> {
  const listed = await visit.api.get<{ items: { id: string }[] }>('/procedures');
  const ids = listed.ok ? [...new Set(listed.body.items.map(({ id }) => id))] : [];
  const found = await Promise.all(ids.map((id) => inForce(visit, id)));
  return found.filter((each) => each !== undefined);
}

/** A procedure as somebody can apply for it now: others open by themselves, or from another dossier. */
export async function inForce({ parts: { catalogue }, now }: Visit, id: string): Promise<Pinned | undefined> {
  const current = await catalogue.current(id, now);
  const pinned = current && (await catalogue.pinned(id, current.version));
  if (!pinned || pinned.procedure.input !== undefined || pinned.procedure.about !== undefined) return undefined;
  return (pinned.procedure.startedBy ?? 'applicant') === 'applicant' ? pinned : undefined;
}

/** Without diacritics and case: `dang ky khai sinh` finds `Đăng ký khai sinh`. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
}

export async function cataloguePage(visit: Visit): Promise<Response> {
  const { c, t, language } = visit;
  const names = new Names(visit);
  const sought = (c.req.query('q') ?? '').trim().slice(0, 100);
  const words = plain(sought).split(/\s+/);
  const items = (await offered(visit))
    .filter(({ procedure }) => {
      const text = plain([...Object.values(procedure.title), procedure.code ?? '', procedure.procedure].join(' '));
      return words.every((word) => text.includes(word));
    })
    .map((pinned) => ({ pinned, title: names.text(pinned.procedure.title) }))
    .toSorted((a, b) => a.title.localeCompare(b.title, language));
  return page(visit, {
    title: t.catalogue.heading,
    at: 'procedures',
    body: html`<h1 class="govuk-heading-l">${t.catalogue.heading}</h1>
      <form method="get" action="${AT}/procedures" role="search">
        ${textField({ id: 'q', name: 'q', label: t.catalogue.search, hint: t.catalogue.hint, value: sought, faults: [], t, width: 20 })}
        ${button(t.find.button, { secondary: true })}
      </form>
      ${
        items.length === 0
          ? html`<p class="govuk-body">${t.catalogue.none}</p>`
          : html`<ul class="ot-work">
              ${items.map(({ pinned, title }) => {
                const term = tellTerm(t, pinned.procedure.clock.limit);
                return html`<li>
                  <h2 class="govuk-heading-s">
                    <a class="govuk-link" href="${AT}/procedures/${pinned.procedure.procedure}">${title}</a>
                  </h2>
                  ${when(term, () => html`<p class="govuk-body">${t.catalogue.takes}: ${term}</p>`)}
                </li>`;
              })}
            </ul>`
      }`,
  });
}

/** Where a procedure can be handed in: units of the level that receives, in which somebody holds the office of the first stage. */
export async function receivingUnits({ parts: { catalogue }, now }: Visit, { procedure }: Pinned): Promise<Unit[]> {
  const [first] = Object.values(procedure.stages);
  const role = first && 'by' in first && typeof first.by === 'string' ? first.by : undefined;
  const receive = procedure.competence?.receive;
  const level = receive === undefined || receive === 'competent' ? undefined : receive;
  const units = await catalogue.unitsInForce(now);
  const found = await Promise.all(
    units.map(async (unit) => {
      if (level !== undefined && unit.level !== level) return [];
      const officials = await catalogue.directory.officialsOf(unit.id);
      const isStaffed =
        role === undefined ||
        officials.some(({ appointments }) => appointments.some((own) => own.unit === unit.id && own.role === role));
      return isStaffed ? [unit] : [];
    }),
  );
  return found.flat();
}

/** What is needed, what it costs, how long it takes: as of today. */
export async function procedurePage(visit: Visit, id: string): Promise<Response> {
  const { c, t, who, parts } = visit;
  const pinned = await inForce(visit, id);
  if (!pinned) return notFoundPage(visit);
  const names = new Names(visit);
  const { procedure } = pinned;
  const [unit] = await receivingUnits(visit, pinned);
  const foresight = await visit.api.post<Foresight>(`/procedures/${id}/foresight`, { unit: unit?.id ?? '' });
  const title = names.text(procedure.title);
  const address = `${parts.publicUrl}${AT}/procedures/${id}`;
  const old = c.req.query('instead');
  return page(visit, {
    title,
    at: 'procedures',
    back: `${AT}/procedures`,
    body: html`${when(old, () => html`<div class="govuk-inset-text">${t.catalogue.instead}</div>`)}
      <h1 class="govuk-heading-l">${title}</h1>
      ${foresight.ok ? needs(visit, pinned, foresight.body) : ''}
      ${
        who.kind === 'official'
          ? ''
          : html`<p><a class="govuk-button govuk-button--start" href="${AT}/apply/${id}">${t.catalogue.start}</a></p>
              ${when(who.kind === 'anyone', () => html`<p class="govuk-body">${t.catalogue.logInFirst}</p>`)}`
      }
      <h2 class="govuk-heading-m">${t.catalogue.link}</h2>
      <p class="govuk-body ot-break"><a class="govuk-link" href="${address}">${address}</a></p>
      ${await qrCode(address, t.catalogue.qr)}`,
  });
}

function needs(visit: Visit, pinned: Pinned, { documents, fees, due }: Foresight): Content {
  const { t } = visit;
  const names = new Names(visit);
  const { procedure } = pinned;
  const term = tellTerm(t, procedure.clock.limit);
  const law = [procedure.legalBasis].flat().join('; ');
  const rows: Row[] = [
    {
      key: t.catalogue.takes,
      value: html`${term}${when(due, () => html`<br />${t.catalogue.dueIf(tellDate(t, due ?? ''))}`)}`,
    },
    {
      key: t.catalogue.costs,
      value: fees.length === 0 ? t.catalogue.free : fees.map((fee) => feeLine(visit, names, pinned, fee)),
    },
    { key: t.catalogue.law, value: law },
    ...(procedure.code === undefined ? [] : [{ key: t.catalogue.code, value: procedure.code }]),
  ];
  const needed = documents.filter((each) => each.needed !== 'no');
  return html`${summaryList(rows)}
    <h2 class="govuk-heading-m">${t.catalogue.needed}</h2>
    ${
      needed.length === 0
        ? html`<p class="govuk-body">${t.catalogue.noDocuments}</p>`
        : html`<ul class="govuk-list govuk-list--bullet">
            ${needed.map(({ document, needed: how }) => html`<li>${names.document(pinned, document)}${how === 'perhaps' ? ` (${t.catalogue.perhaps})` : ''}${insteadOf(names, pinned, document).map((kind) => html`<br />${t.catalogue.orInstead(kind)}`)}</li>`)}
          </ul>`
    }`;
}

function insteadOf(names: Names, pinned: Pinned, document: string): string[] {
  const kinds = evidenceOf(pinned.procedure.documents?.[document] ?? {}).keys();
  return [...kinds].map((kind) => names.evidence(pinned, document, kind));
}

function feeLine(
  { t }: Visit,
  names: Names,
  { procedure }: Pinned,
  { fee, amount }: Foresight['fees'][number],
): Markup {
  const title = names.text(procedure.fees?.[fee]?.title) || fee;
  return html`<span>${title}: ${amount === null ? t.catalogue.depends : tellAmount(t, amount)}</span><br />`;
}

/** Drawn here, into the page: nothing is fetched for it. */
export async function qrCode(address: string, label: string): Promise<Markup> {
  // By its default export: of a bundled package that is no ES module there is no other.
  const { default: qr } = await import('qrcode');
  const drawn = await qr.toString(address, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
  const inner = /<svg[^>]*viewBox="([^"]+)"[^>]*>([\s\S]*)<\/svg>/.exec(drawn);
  return html`<svg
    class="ot-qr"
    role="img"
    aria-label="${label}"
    viewBox="${inner?.[1] ?? ''}"
    width="160"
    height="160"
  >
    ${raw(inner?.[2] ?? '')}
  </svg>`;
}

/** An address that names an old version leads to the one in force. */
export function oldVersion({ c }: Visit, id: string): Response {
  return c.redirect(`${AT}/procedures/${encodeURIComponent(id)}?instead=1`, 303);
}
