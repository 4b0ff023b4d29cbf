import type { DossierRead } from '../dossier.ts';
import { button, choiceField, type Fault, textField } from '../html/components.ts';
import { csrfField } from '../html/layout.ts';
import { type Content, html } from '../html/markup.ts';
import { tellInstant } from '../tell.ts';
import { AT, type Visit } from '../visit.ts';

type Sent = Readonly<Record<string, unknown>>;

/** From best to worst. */
export const SCORES = ['5', '4', '3', '2', '1'] as const;

/** After the result, for a month: how was it? Once. */
export function ratingSection(
  visit: Visit,
  { detail: { id, rated, rateUntil } }: DossierRead,
  { faults, sent, once }: { faults: readonly Fault[]; sent: Sent; once: string },
): Content {
  const { t, now } = visit;
  if (rated) return html`<p class="govuk-inset-text">${t.rating.given}</p>`;
  if (rateUntil === null || now >= Date.parse(rateUntil)) return '';
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name] : '');
  return html`<form class="ot-asked" method="post" action="${AT}/mine/${id}/rating" novalidate>
    <h2 class="govuk-heading-m">${t.rating.heading}</h2>
    ${csrfField(visit)} <input type="hidden" name="once" value="${text('once') || once}" />
    ${choiceField({
      id: 'score',
      name: 'score',
      label: t.rating.score,
      hint: t.rating.hint(tellInstant(t, rateUntil)),
      kind: 'radios',
      chosen: [text('score')],
      faults,
      t,
      choices: SCORES.map((value) => ({ value, label: t.rating.scores[value] })),
    })}
    ${textField({ id: 'said', name: 'said', label: `${t.rating.comment} (${t.optional})`, hint: t.rating.commentHint, value: text('said'), rows: 3, faults, t })}
    ${button(t.rating.send, { secondary: true })}
  </form>`;
}
