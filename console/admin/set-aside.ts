import type { DeadLetter, SetAside } from '../../schemas/dead-letters.ts';
import { button, type Fault, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { html, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { longWords } from '../long-words.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { tellInstant } from '../tell.ts';
import { AT, type Visit } from '../visit.ts';

const LIST = `${AT}/dead-letters`;
/** Read at once in search of one. */
const AT_ONCE = 100;

/** What was set aside, by whom, when and why. */
export async function setAsidePage(visit: Visit): Promise<Response> {
  const { c, t, api } = visit;
  const after = c.req.query('after') ?? '';
  const listed = await api.get<{ items: SetAside[]; next?: string }>(
    `/dead-letters/set-aside?limit=25${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
  );
  if (!listed.ok) return refusedPage(visit, listed.problem, { back: LIST });
  const { items, next } = listed.body;
  const { aside } = t.deadLetters;
  return page(visit, {
    title: aside.heading,
    at: 'subscriptions',
    back: LIST,
    body: html`<h1 class="govuk-heading-l">${aside.heading}</h1>
      ${
        items.length === 0
          ? html`<p class="govuk-body">${aside.none}</p>`
          : dataTable(
              aside.heading,
              [
                { name: t.stalled.dossier, cell: ({ dossier }) => html`<span class="ot-break">${dossier}</span>` },
                { name: t.deadLetters.kind, cell: ({ kind }) => t.deadLetters.kinds[kind] },
                { name: t.stalled.why, cell: ({ error }) => error },
                { name: aside.reason, cell: ({ reason }) => reason },
                { name: aside.by, cell: ({ by, at }) => `${by}, ${tellInstant(t, at)}` },
              ],
              items,
            )
      }
      ${when(next, () => html`<p class="govuk-body"><a class="govuk-link" href="${LIST}/set-aside?after=${encodeURIComponent(next ?? '')}">${t.more}</a></p>`)}`,
  });
}

/** Which letter it is, and what setting it aside will do, before it is done. */
export async function settingAsidePage(
  visit: Visit,
  id: string,
  { reason = '', faults = [] }: { reason?: string; faults?: readonly Fault[] } = {},
): Promise<Response> {
  const { t } = visit;
  const { aside } = t.deadLetters;
  const letter = await letterOf(visit, id);
  if (!letter) return notFoundPage(visit);
  const { dossier, kind, attempts, error } = letter;
  return page(visit, {
    title: aside.begin,
    at: 'subscriptions',
    back: LIST,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<h1 class="govuk-heading-l">${aside.begin}</h1>
      ${summaryList([
        { key: t.stalled.dossier, value: html`<span class="ot-break">${dossier}</span>` },
        { key: t.deadLetters.kind, value: t.deadLetters.kinds[kind] },
        { key: t.deadLetters.attempts, value: String(attempts) },
        { key: t.stalled.why, value: error },
      ])}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${aside.happens.map((each) => html`<li>${each}</li>`)}
      </ul>
      <form method="post" action="${LIST}/${encodeURIComponent(id)}/set-aside" novalidate>
        ${csrfField(visit)}
        ${textField({ t, faults, id: 'reason', name: 'reason', label: aside.reason, hint: aside.reasonHint, value: reason, rows: 3 })}
        <div class="govuk-button-group">
          ${button(aside.begin, { name: 'step', value: 'confirm' })}
          <a class="govuk-link" href="${LIST}">${t.stalled.leave}</a>
        </div>
      </form>`,
  });
}

/** Sets it aside; what is no dead letter any more is not there. */
export async function setAsideStep(
  visit: Visit,
  id: string,
  sent: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const { t, api } = visit;
  const { aside } = t.deadLetters;
  const reason = typeof sent['reason'] === 'string' ? sent['reason'].trim() : '';
  const missing = reason === '' ? [{ field: 'reason', text: aside.needReason }] : [];
  const faults = [...missing, ...longWords(visit, { field: 'reason', label: aside.reason, words: reason })];
  if (faults.length > 0) return settingAsidePage(visit, id, { reason, faults });
  const done = await api.post<{ setAside: number }>('/dead-letters/set-aside', { ids: [id], reason });
  return done.ok ? visit.c.redirect(`${LIST}/set-aside`, 303) : refusedPage(visit, done.problem, { back: LIST });
}

async function letterOf({ api }: Visit, id: string): Promise<DeadLetter | undefined> {
  for (let after = ''; ;) {
    const listed = await api.get<{ items: DeadLetter[]; next?: string }>(
      `/dead-letters?limit=${AT_ONCE}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    );
    if (!listed.ok) return undefined;
    const found = listed.body.items.find((each) => each.id === id);
    if (found || listed.body.next === undefined) return found;
    after = listed.body.next;
  }
}
