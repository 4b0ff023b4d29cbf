import { randomUUID } from 'node:crypto';
import { HELPER_ROLE } from '../domain/authority/rules.ts';
import type { DossierSummary, RebuildAnswer } from '../schemas/api.ts';
import type { Problem } from '../schemas/api.ts';
import type * as z from 'zod';
import type { ShownEvent } from './history.ts';
import { codeOfDossier } from './dossier.ts';
import { button, summaryList } from './html/components.ts';
import { csrfField, page } from './html/layout.ts';
import { html, type Markup, when } from './html/markup.ts';
import { dataTable } from './html/table.ts';
import { refusedPage } from './refused.ts';
import { tellInstant } from './tell.ts';
import { AT, Names, type Visit } from './visit.ts';

type Sent = Readonly<Record<string, unknown>>;
type Listed = Omit<DossierSummary, 'channel'>;
type Detail = Listed & { parked: { stage: string; error: string; cause: string } | null };
const FEW = 20;

interface Row extends Detail {
  title: string;
  stageName: string;
}

/** Dossiers that stand still because something failed for good: of one's unit, or of all units for the administrator. */
export async function stalledPage(visit: Visit): Promise<Response> {
  const { c, t, api, who } = visit;
  const after = c.req.query('after') ?? '';
  const listed = await api.get<{ items: Listed[]; next?: string }>(
    `/dossiers?status=parked&order=updated&limit=${FEW}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
  );
  if (!listed.ok) return refusedPage(visit, listed.problem);
  const { items, next } = listed.body;
  const rows = await Promise.all(items.map((item) => rowOf(visit, item)));
  return page(visit, {
    title: t.stalled.heading,
    ...placeOf(visit),
    body: html`<h1 class="govuk-heading-l">${t.stalled.heading}</h1>
      <p class="govuk-body">${t.stalled.intro}</p>
      ${
        rows.length === 0
          ? html`<p class="govuk-body">${t.stalled.none}</p>`
          : dataTable<Row>(
              t.stalled.heading,
              [
                {
                  name: t.stalled.dossier,
                  cell: (row) =>
                    html`<a class="govuk-link" href="${AT}/stalled/${row.id}">${codeOfDossier(row)}</a><br /><span
                        class="ot-of"
                        >${row.title}</span
                      >`,
                },
                { name: t.dossier.stage, cell: ({ stageName }) => stageName },
                {
                  name: t.stalled.why,
                  cell: ({ parked }) => html`<span class="ot-break">${parked?.error ?? t.stalled.goesOn}</span>`,
                },
                { name: t.stalled.changed, cell: ({ updated }) => tellInstant(t, updated) },
              ],
              rows,
            )
      }
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/stalled?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}
      ${when(
        who.kind === 'admin',
        () =>
          html`<h2 class="govuk-heading-m">${t.restart.heading}</h2>
            <p class="govuk-body">${t.restart.when}</p>
            <p class="govuk-body"><a class="govuk-link" href="${AT}/restart">${t.restart.look}</a></p>`,
      )}`,
  });
}

/** An official comes from the work of his unit, which is in his menu; of the administrator's menu it is an item. */
function placeOf({ who }: Visit): { at: string; back?: string } {
  return who.kind === 'admin' ? { at: 'stalled' } : { at: 'work', back: `${AT}/work` };
}

async function rowOf(visit: Visit, listed: Listed): Promise<Row> {
  const names = new Names(visit);
  const detail = await visit.api.get<Detail>(`/dossiers/${listed.id}`);
  const pinned = await visit.parts.catalogue.pinned(listed.procedure, listed.version);
  return {
    ...listed,
    parked: detail.ok ? detail.body.parked : null,
    title: names.text(pinned.procedure.title),
    stageName: names.stage(pinned, listed.stage),
  };
}

/** Why one dossier stands still, and what will happen if it is let go on. */
export async function stalledDossierPage(visit: Visit, id: string): Promise<Response> {
  const { t } = visit;
  const back = `${AT}/stalled`;
  const found = await readStalled(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back });
  const { detail, parkings } = found;
  const names = new Names(visit);
  const pinned = await visit.parts.catalogue.pinned(detail.procedure, detail.version);
  const stage = names.stage(pinned, detail.stage);
  const last = parkings.at(-1);
  return page(visit, {
    title: t.stalled.of(codeOfDossier(detail)),
    at: placeOf(visit).at,
    back,
    body: html`<span class="govuk-caption-l">${names.text(pinned.procedure.title)}</span>
      <h1 class="govuk-heading-l">${t.stalled.of(codeOfDossier(detail))}</h1>
      ${when(detail.parked === null, () => html`<div class="govuk-inset-text">${t.stalled.goesOn}</div>`)}
      ${summaryList([
        { key: t.dossier.stage, value: stage },
        { key: t.dossier.unit, value: await names.unit(detail.unit) },
        ...(detail.parked === null
          ? []
          : [
              { key: t.stalled.why, value: detail.parked.error },
              { key: t.stalled.cause, value: detail.parked.cause },
            ]),
        ...(last === undefined ? [] : [{ key: t.stalled.since, value: tellInstant(t, last.event.at) }]),
        { key: t.stalled.times, value: parkings.length },
      ])}
      ${when(detail.parked !== null && !isHelping(visit), () => resumeForm(visit, id, stage))}`,
  });
}

/** In a helper's session nothing is let go on. */
function isHelping({ who }: Visit): boolean {
  return who.kind === 'official' && who.office.role === HELPER_ROLE;
}

function resumeForm(visit: Visit, id: string, stage: string): Markup {
  const { t } = visit;
  return html`<h2 class="govuk-heading-m">${t.decide.happens}</h2>
    <ul class="govuk-list govuk-list--bullet">
      ${t.stalled.happens(stage).map((each) => html`<li>${each}</li>`)}
    </ul>
    <form method="post" action="${AT}/stalled/${id}/resume" novalidate>
      ${csrfField(visit)} <input type="hidden" name="once" value="${randomUUID()}" />
      <div class="govuk-button-group">
        ${button(t.stalled.resume, { name: 'step', value: 'confirm' })}
        <a class="govuk-link" href="${AT}/stalled">${t.stalled.leave}</a>
      </div>
    </form>`;
}

async function readStalled(
  { api }: Visit,
  id: string,
): Promise<{ ok: true; detail: Detail; parkings: ShownEvent[] } | { ok: false; problem: Problem }> {
  const at = `/dossiers/${encodeURIComponent(id)}`;
  const detail = await api.get<Detail>(at);
  if (!detail.ok) return detail;
  const events = await api.get<{ items: ShownEvent[] }>(`${at}/events`);
  if (!events.ok) return events;
  const parkings = events.body.items.filter(({ event }) => event.type === 'DossierParked');
  return { ok: true, detail: detail.body, parkings };
}

export async function resumeStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const once = typeof sent['once'] === 'string' && sent['once'] !== '' ? sent['once'] : undefined;
  const back = `${AT}/stalled/${encodeURIComponent(id)}`;
  const resumed = await visit.api.post(`/dossiers/${encodeURIComponent(id)}/resume`, {}, once);
  return resumed.ok ? visit.c.redirect(back, 303) : refusedPage(visit, resumed.problem, { back });
}

type Rebuilt = z.infer<typeof RebuildAnswer>;
const FOUND = ['restarted', 'running', 'starting', 'parked', 'changed'] as const;
/** Dossiers looked at in one step: a page must come. */
const LOOKED_AT = 100;

/** Starts dossiers again whose execution is gone: first what will happen, then page after page what was found. */
export async function restartPage(visit: Visit): Promise<Response> {
  const { t } = visit;
  return page(visit, {
    title: t.restart.heading,
    at: 'stalled',
    back: `${AT}/stalled`,
    body: html`<h1 class="govuk-heading-l">${t.restart.heading}</h1>
      <p class="govuk-body">${t.restart.when}</p>
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${t.restart.happens(LOOKED_AT).map((each) => html`<li>${each}</li>`)}
      </ul>
      ${restartForm(visit, undefined)}`,
  });
}

function restartForm(visit: Visit, after: string | undefined): Markup {
  const { t } = visit;
  return html`<form method="post" action="${AT}/restart" novalidate>
    ${csrfField(visit)} ${when(after, () => html`<input type="hidden" name="after" value="${after}" />`)}
    <div class="govuk-button-group">
      ${button(after === undefined ? t.restart.confirm : t.restart.goOn, { name: 'step', value: 'confirm' })}
      <a class="govuk-link" href="${AT}/stalled">${t.stalled.leave}</a>
    </div>
  </form>`;
}

export async function restartStep(visit: Visit, sent: Sent): Promise<Response> {
  const { t, api } = visit;
  const after = typeof sent['after'] === 'string' && sent['after'] !== '' ? sent['after'] : undefined;
  const back = `${AT}/stalled`;
  const rebuilt = await api.post<Rebuilt>('/rebuild', { limit: LOOKED_AT, ...(after !== undefined && { after }) });
  if (!rebuilt.ok) return refusedPage(visit, rebuilt.problem, { back });
  const { next } = rebuilt.body;
  return page(visit, {
    title: t.restart.found,
    at: 'stalled',
    back,
    body: html`<h1 class="govuk-heading-l">${t.restart.found}</h1>
      ${summaryList(FOUND.map((each) => ({ key: t.restart.counts[each], value: rebuilt.body[each] })))}
      ${next === undefined ? html`<p class="govuk-body">${t.restart.all}</p>` : restartForm(visit, next)}`,
  });
}
