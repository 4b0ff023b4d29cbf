import type { DisposalList } from '../../schemas/archive.ts';
import type { Answer } from '../ask-api.ts';
import { button, type Fault, summaryList, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { html, when } from '../html/markup.ts';
import { longWords } from '../long-words.ts';
import { AT, type Visit } from '../visit.ts';
import type { DisposalAct } from './disposal-acts.ts';
import { refusedList, rowsOf } from './disposals.ts';
import { type Sent, textOf } from './sent.ts';

const LISTS = `${AT}/disposals`;

/** What approving, declining or taking back a list will do, before it is done. */
export async function judgePage(
  visit: Visit,
  { act, id }: { act: DisposalAct; id: string },
  { reason = '', faults = [] }: { reason?: string; faults?: readonly Fault[] } = {},
): Promise<Response> {
  const { t } = visit;
  const read = await visit.api.get<DisposalList>(`/disposals/${encodeURIComponent(id)}`);
  if (!read.ok) return refusedList(visit, id, read.problem);
  const list = read.body;
  if (list.status !== 'proposed') return visit.c.redirect(`${LISTS}/${list.id}`, 303);
  const { heading, confirm } = t.disposals.acts[act];
  const back = `${LISTS}/${list.id}`;
  return page(visit, {
    title: heading,
    at: 'find',
    back,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`<span class="govuk-caption-l">${t.disposals.one(list.number)}</span>
      <h1 class="govuk-heading-l">${heading}</h1>
      ${summaryList(await rowsOf(visit, list))}
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${happensOf(visit, act, list).map((each) => html`<li>${each}</li>`)}
      </ul>
      <form method="post" action="${back}/${act}" novalidate>
        ${csrfField(visit)}
        ${when(act === 'refusal', () => textField({ t, faults, id: 'reason', name: 'reason', label: t.orders.reason, hint: t.disposals.reasonHint, value: reason, rows: 3 }))}
        <div class="govuk-button-group">
          ${button(confirm)} <a class="govuk-link" href="${back}">${t.disposals.leave}</a>
        </div>
      </form>`,
  });
}

function happensOf({ t }: Visit, act: DisposalAct, { approved, fate }: DisposalList): readonly string[] {
  if (act !== 'approval') return t.disposals.acts[act].happens;
  return approved.length === 0 ? t.disposals.first : t.disposals.second(fate);
}

export async function judgeStep(
  visit: Visit,
  { act, id }: { act: DisposalAct; id: string },
  sent: Sent,
): Promise<Response> {
  const { t } = visit;
  const reason = textOf(sent, 'reason');
  if (act === 'refusal') {
    const faults = [
      ...(reason === '' ? [{ field: 'reason', text: t.orders.sayWhy }] : []),
      ...longWords(visit, { field: 'reason', label: t.orders.reason, words: reason }),
    ];
    if (faults.length > 0) return judgePage(visit, { act, id }, { reason, faults });
  }
  const done = await judge(visit, { act, id }, reason);
  return done.ok ? visit.c.redirect(`${LISTS}/${id}`, 303) : refusedList(visit, id, done.problem);
}

function judge(
  { api }: Visit,
  { act, id }: { act: DisposalAct; id: string },
  reason: string,
): Promise<Answer<unknown>> {
  const at = `/disposals/${encodeURIComponent(id)}`;
  switch (act) {
    case 'approval':
      return api.post(`${at}/approvals`, {});
    case 'refusal':
      return api.post(`${at}/refusal`, { reason });
    case 'withdrawal':
      return api.delete(at);
  }
}
