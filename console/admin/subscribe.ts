import { randomUUID } from 'node:crypto';
import { EventTypeName } from '../../schemas/events.ts';
import { codeOf } from '../ask-api.ts';
import { searched, searchOf } from '../forms/area.ts';
import { namesApart } from '../forms/unit-names.ts';
import { button, choiceField, details, type Fault, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { html } from '../html/markup.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { AT, type Visit } from '../visit.ts';
import type { Subscription } from './subscriptions.ts';

type Sent = Readonly<Record<string, unknown>>;
/** `secret` comes this once. */
type Made = Subscription & { secret?: string };

const LIST = `${AT}/subscriptions`;

interface Asked {
  url: string;
  types: string[];
  /** One in each line, as it was typed. */
  units: string;
  once: string;
}

const NOTHING: Asked = { url: '', types: [], units: '', once: '' };

/** Asks where to send which events of which units. */
export async function newSubscriptionPage(
  visit: Visit,
  asked: Asked = NOTHING,
  faults: readonly Fault[] = [],
): Promise<Response> {
  const { t } = visit;
  const field = { faults, t };
  const kinds = choiceField({
    ...field,
    id: 'types',
    name: 'types',
    label: t.subscriptions.types,
    hint: t.subscriptions.typesHint,
    kind: 'checkboxes',
    chosen: asked.types,
    choices: EventTypeName.options.map((value) => ({ value, label: value })),
  });
  return page(visit, {
    title: t.subscriptions.make,
    at: 'subscriptions',
    back: LIST,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<h1 class="govuk-heading-l">${t.subscriptions.make}</h1>
      <p class="govuk-body">${t.subscriptions.makeText}</p>
      <form method="post" action="${LIST}" novalidate>
        ${csrfField(visit)} <input type="hidden" name="once" value="${asked.once || randomUUID()}" />
        ${textField({ ...field, id: 'url', name: 'url', label: t.subscriptions.to, hint: t.subscriptions.urlHint, value: asked.url })}
        ${textField({ ...field, id: 'units', name: 'units', label: `${t.subscriptions.units} (${t.optional})`, hint: t.subscriptions.unitsHint, value: asked.units, rows: 3 })}
        ${details(t.subscriptions.someTypes, kinds)} ${button(t.subscriptions.makeButton)}
      </form>`,
  });
}

function askedIn(sent: Sent): Asked {
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const types = [sent['types']].flat().filter((each) => typeof each === 'string');
  return { url: text('url'), types, units: text('units').normalize('NFC'), once: text('once') };
}

/** Makes it; the secret is on this answer and nowhere else. */
export async function subscribeStep(visit: Visit, sent: Sent): Promise<Response> {
  const { t, api } = visit;
  const asked = askedIn(sent);
  const faults: Fault[] = [];
  const units = unitsIn(visit, asked.units, faults);
  if (asked.url === '') faults.unshift({ field: 'url', text: t.subscriptions.badUrl });
  if (faults.length > 0) return newSubscriptionPage(visit, asked, faults);
  const made = await api.post<Made>(
    '/subscriptions',
    { url: asked.url, types: asked.types, units },
    asked.once || undefined,
  );
  if (made.ok) return madePage(visit, made.body);
  const isUrl = made.problem.errors?.some(({ at }) => at === '/url') ?? false;
  if (isUrl) return newSubscriptionPage(visit, asked, [{ field: 'url', text: t.subscriptions.badUrl }]);
  if (codeOf(made.problem) === 'wrong-unit')
    return newSubscriptionPage(visit, asked, [{ field: 'units', text: t.subscriptions.foreignUnit }]);
  return refusedPage(visit, made.problem, { back: LIST });
}

/** Ids of the units, each told by its name or its id. */
function unitsIn({ t, units }: Visit, typed: string, faults: Fault[]): string[] {
  const choices = [...namesApart(units)].map(([value, label]) => ({ value, label }));
  const lines = typed.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return lines.flatMap((line) => {
    const { value, matches } = searched({ at: 'units', choices }, new Map([[searchOf('units'), line]]));
    if (value !== undefined) return [value];
    const text = matches.length === 0 ? t.forms.noArea(t.subscriptions.units, line) : t.forms.manyAreas(line);
    faults.push({ field: 'units', text });
    return [];
  });
}

function madePage(visit: Visit, { id, url, secret }: Made): Promise<Response> {
  const { t } = visit;
  return page(visit, {
    title: t.subscriptions.made,
    at: 'subscriptions',
    back: LIST,
    status: 201,
    body: html`<h1 class="govuk-heading-l">${t.subscriptions.made}</h1>
      <div class="govuk-inset-text">${t.subscriptions.keepSecret}</div>
      ${summaryList([
        { key: t.subscriptions.to, value: html`<span class="ot-break">${url}</span>` },
        { key: t.subscriptions.secret, value: html`<code class="ot-break">${secret}</code>` },
      ])}
      <p class="govuk-body"><a class="govuk-link" href="${LIST}/${id}">${t.subscriptions.one}</a></p>`,
  });
}

/** What ending it will do, before it is done. */
export async function endPage(visit: Visit, id: string): Promise<Response> {
  const { t, api } = visit;
  const listed = await api.get<{ items: Subscription[] }>('/subscriptions');
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: LIST });
  const found = listed.body.items.find((each) => each.id === id);
  if (!found) return notFoundPage(visit);
  const at = `${LIST}/${id}`;
  return page(visit, {
    title: t.subscriptions.ending,
    at: 'subscriptions',
    back: at,
    body: html`<h1 class="govuk-heading-l">${t.subscriptions.ending}</h1>
      ${summaryList([{ key: t.subscriptions.to, value: html`<span class="ot-break">${found.url}</span>` }])}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${t.subscriptions.endHappens.map((each) => html`<li>${each}</li>`)}
      </ul>
      <form method="post" action="${at}/end" novalidate>
        ${csrfField(visit)}
        <div class="govuk-button-group">
          ${button(t.subscriptions.end, { name: 'step', value: 'confirm' })}
          <a class="govuk-link" href="${at}">${t.stalled.leave}</a>
        </div>
      </form>`,
  });
}

/** Ends it; what is gone already is ended. */
export async function endStep(visit: Visit, id: string): Promise<Response> {
  const ended = await visit.api.delete(`/subscriptions/${encodeURIComponent(id)}`);
  return ended.ok || ended.status === 404
    ? visit.c.redirect(LIST, 303)
    : refusedPage(visit, ended.problem, { back: LIST });
}
