import type { DeadLetter } from '../../schemas/dead-letters.ts';
import { button, summaryList } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { tellInstant, tellNumber } from '../tell.ts';
import { AT, Names, type Visit } from '../visit.ts';

type Sent = Readonly<Record<string, unknown>>;

/** As `GET /subscriptions` lists it. */
export interface Subscription {
  id: string;
  url: string;
  types: string[];
  units: string[];
  owner: string;
  created: string;
}

interface Attempt {
  message: string;
  at: string;
  attempt: number;
  status?: number;
  failed?: string;
  took: number;
}

/** Dead letters taken up again in one step. */
const AT_ONCE = 100;
const LIST = `${AT}/subscriptions`;

/** Who is told of events, and what could not be delivered. */
export async function subscriptionsPage(visit: Visit): Promise<Response> {
  const { t, api } = visit;
  const listed = await api.get<{ items: Subscription[] }>('/subscriptions');
  if (!listed.ok) return refusedPage(visit, listed.problem);
  const { items } = listed.body;
  return page(visit, {
    title: t.subscriptions.heading,
    at: 'subscriptions',
    body: html`<h1 class="govuk-heading-l">${t.subscriptions.heading}</h1>
      <p class="govuk-body">${t.subscriptions.intro}</p>
      <p class="govuk-body"><a class="govuk-link" href="${LIST}/new">${t.subscriptions.make}</a></p>
      ${
        items.length === 0
          ? html`<p class="govuk-body">${t.subscriptions.none}</p>`
          : dataTable(
              t.subscriptions.heading,
              [
                {
                  name: t.subscriptions.to,
                  cell: ({ id, url }) => html`<a class="govuk-link ot-break" href="${LIST}/${id}">${url}</a>`,
                },
                { name: t.subscriptions.owner, cell: ({ owner }) => owner },
                { name: t.subscriptions.types, cell: ({ types }) => types.join(', ') || t.subscriptions.allTypes },
              ],
              items,
            )
      }
      <p class="govuk-body"><a class="govuk-link" href="${AT}/dead-letters">${t.deadLetters.heading}</a></p>`,
  });
}

/** One subscription: what was sent when, and what came back. */
export async function subscriptionPage(visit: Visit, id: string): Promise<Response> {
  const { c, t, api } = visit;
  const after = c.req.query('after') ?? '';
  const [listed, attempts] = await Promise.all([
    api.get<{ items: Subscription[] }>('/subscriptions'),
    api.get<{ items: Attempt[]; next?: string }>(
      `/subscriptions/${encodeURIComponent(id)}/attempts?limit=25${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    ),
  ]);
  if (!attempts.ok) return refusedPage(visit, attempts.problem, { back: LIST });
  const found = listed.ok ? listed.body.items.find((each) => each.id === id) : undefined;
  if (!found) return notFoundPage(visit);
  const names = new Names(visit);
  const units = await Promise.all(found.units.map((unit) => names.unit(unit)));
  const { items, next } = attempts.body;
  return page(visit, {
    title: t.subscriptions.one,
    at: 'subscriptions',
    back: LIST,
    body: html`<h1 class="govuk-heading-l">${t.subscriptions.one}</h1>
      ${summaryList([
        { key: t.subscriptions.to, value: found.url },
        { key: t.subscriptions.owner, value: found.owner },
        { key: t.subscriptions.units, value: units.join('; ') || t.subscriptions.allUnits },
        { key: t.subscriptions.types, value: found.types.join(', ') || t.subscriptions.allTypes },
        { key: t.subscriptions.since, value: tellInstant(t, found.created) },
      ])}
      <p class="govuk-body"><a class="govuk-link" href="${LIST}/${id}/end">${t.subscriptions.toEnd}</a></p>
      <h2 class="govuk-heading-m">${t.subscriptions.attempts}</h2>
      ${items.length === 0 ? html`<p class="govuk-body">${t.subscriptions.noAttempts}</p>` : attemptsTable(visit, items)}
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${LIST}/${id}?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}
      <h2 class="govuk-heading-m">${t.subscriptions.redeliver}</h2>
      ${redeliverForm(visit, `${LIST}/${id}/redeliver`)}`,
  });
}

function attemptsTable({ t }: Visit, attempts: readonly Attempt[]): Markup {
  return dataTable(
    t.subscriptions.attempts,
    [
      { name: t.subscriptions.at, cell: ({ at }) => tellInstant(t, at) },
      { name: t.subscriptions.message, cell: ({ message }) => message },
      { name: t.subscriptions.attempt, numeric: true, cell: ({ attempt }) => attempt },
      { name: t.subscriptions.answer, cell: ({ status, failed }) => failed ?? String(status ?? '–') },
      { name: t.subscriptions.took, numeric: true, cell: ({ took }) => tellNumber(t, took) },
    ],
    attempts,
  );
}

function redeliverForm(visit: Visit, action: string, ids: readonly string[] = []): Markup {
  const { t } = visit;
  return html`<ul class="govuk-list govuk-list--bullet">
      ${t.deadLetters.happens.map((each) => html`<li>${each}</li>`)}
    </ul>
    <form method="post" action="${action}" novalidate>
      ${csrfField(visit)} ${ids.map((id) => html`<input type="hidden" name="ids" value="${id}" />`)}
      ${button(t.deadLetters.redeliver, { name: 'step', value: 'confirm' })}
    </form>`;
}

export async function redeliverStep(visit: Visit, id: string): Promise<Response> {
  const done = await visit.api.post<{ redelivered: number }>(`/subscriptions/${encodeURIComponent(id)}/redeliver`, {});
  const back = `${LIST}/${encodeURIComponent(id)}`;
  return done.ok ? takenUpPage(visit, done.body, back) : refusedPage(visit, done.problem, { back });
}

/** Mail and webhooks that were given up. */
export async function deadLettersPage(visit: Visit): Promise<Response> {
  const { c, t, api } = visit;
  const after = c.req.query('after') ?? '';
  const listed = await api.get<{ items: DeadLetter[]; next?: string }>(
    `/dead-letters?limit=${AT_ONCE}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
  );
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: LIST });
  const { items, next } = listed.body;
  return page(visit, {
    title: t.deadLetters.heading,
    at: 'subscriptions',
    back: LIST,
    body: html`<h1 class="govuk-heading-l">${t.deadLetters.heading}</h1>
      <p class="govuk-body">${t.deadLetters.intro}</p>
      ${items.length === 0 ? html`<p class="govuk-body">${t.deadLetters.none}</p>` : lettersShown(visit, items)}
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${AT}/dead-letters?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}
      <p class="govuk-body">
        <a class="govuk-link" href="${AT}/dead-letters/set-aside">${t.deadLetters.aside.heading}</a>
      </p>`,
  });
}

function lettersShown(visit: Visit, letters: readonly DeadLetter[]): Content {
  const { t } = visit;
  return html`${dataTable(
    t.deadLetters.heading,
    [
      { name: t.stalled.dossier, cell: ({ dossier }) => html`<span class="ot-break">${dossier}</span>` },
      { name: t.deadLetters.kind, cell: ({ kind }) => t.deadLetters.kinds[kind] },
      { name: t.deadLetters.attempts, numeric: true, cell: ({ attempts }) => attempts },
      { name: t.stalled.why, cell: ({ error }) => error },
      {
        name: t.deadLetters.aside.what,
        cell: ({ id }) =>
          html`<a class="govuk-link" href="${AT}/dead-letters/${encodeURIComponent(id)}/set-aside"
            >${t.deadLetters.aside.begin}</a
          >`,
      },
    ],
    letters,
  )}
  ${redeliverForm(
    visit,
    `${AT}/dead-letters/redeliver`,
    letters.map(({ id }) => id),
  )}`;
}

/** Takes up again those that the page showed. */
export async function redeliverLettersStep(visit: Visit, sent: Sent): Promise<Response> {
  const back = `${AT}/dead-letters`;
  const ids = [sent['ids']].flat().filter((id): id is string => typeof id === 'string');
  if (ids.length === 0) return visit.c.redirect(back, 303);
  const done = await visit.api.post<{ redelivered: number }>('/dead-letters/redeliver', { ids });
  return done.ok ? takenUpPage(visit, done.body, back) : refusedPage(visit, done.problem, { back });
}

function takenUpPage(visit: Visit, { redelivered }: { redelivered: number }, back: string): Promise<Response> {
  const { t } = visit;
  return page(visit, {
    title: t.deadLetters.done,
    at: 'subscriptions',
    back,
    body: html`<h1 class="govuk-heading-l">${t.deadLetters.done}</h1>
      <p class="govuk-body">${t.deadLetters.count(redelivered)}</p>`,
  });
}
