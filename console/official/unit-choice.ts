import { MOST_MATCHES, MOST_SHOWN, searched, searchOf } from '../forms/area.ts';
import { namesApart } from '../forms/unit-names.ts';
import { type Choice, choiceField, type Fault, textField } from '../html/components.ts';
import { type Content, html, when } from '../html/markup.ts';
import type { Visit } from '../visit.ts';
import { type Sent, textOf } from './sent.ts';

/** The field of a unit: few are shown, of many a name is typed and chosen among those that fit. */
export interface UnitQuestion {
  label: string;
  hint: string;
  /** Of the field in which a name is typed where none is shown yet. */
  type: string;
  /** That cannot be chosen. */
  except: string | null;
  /** What can be chosen in place of a unit. */
  instead?: Choice & { value: string };
}

const AT = 'to';

export function unitField(
  visit: Visit,
  { sent, faults, ...question }: UnitQuestion & { sent: Sent; faults: readonly Fault[] },
): Content {
  const { t } = visit;
  const { label, hint, instead } = question;
  const units = choicesOf(visit, question);
  const { typed, matches } = searched({ at: AT, choices: units }, enteredOf(sent));
  const isMany = units.length > MOST_SHOWN;
  const shown = isMany ? (matches.length > MOST_MATCHES ? [] : matches) : units;
  const choices = [...shown, ...(instead ? [instead] : [])];
  const typing = { name: searchOf(AT), t, value: typed, ...(choices.length > 0 && { id: `${AT}-search` }) };
  return html`${when(choices.length > 0, () =>
    choiceField({
      id: AT,
      name: AT,
      label,
      hint,
      legendSize: 'm',
      kind: 'radios',
      chosen: [textOf(sent, AT)],
      choices,
      faults,
      t,
    }),
  )}
  ${when(isMany, () =>
    textField({
      id: AT,
      label: shown.length > 0 ? t.forms.anotherArea : question.type,
      hint: t.forms.areaHint,
      faults: choices.length > 0 ? [] : faults,
      ...typing,
    }),
  )}`;
}

/** The unit that is meant, or `instead`; else what is asked again. */
export function readUnit(
  visit: Visit,
  sent: Sent,
  { choose, ...question }: UnitQuestion & { choose: string },
): { value: string; name: string } | { fault: string } {
  const { t } = visit;
  const entered = enteredOf(sent);
  const isSearched = entered.get(searchOf(AT)) !== '';
  const label = question.label.replace(/\?$/, '');
  if (question.instead && entered.get(AT) === question.instead.value)
    return isSearched ? { fault: t.forms.bothAreas(label) } : { value: question.instead.value, name: '' };
  const choices = choicesOf(visit, question);
  const { typed, value, matches, both } = searched({ at: AT, choices }, entered);
  const found = choices.find((each) => each.value === value);
  if (found) return { value: found.value, name: found.label };
  if (both) return { fault: t.forms.bothAreas(label) };
  if (!isSearched || typed === '') return { fault: choose };
  if (matches.length === 0) return { fault: t.forms.noArea(label, typed) };
  return { fault: matches.length > MOST_MATCHES ? t.forms.manyAreas(typed) : t.forms.whichArea(typed) };
}

function choicesOf(
  { units, language }: Visit,
  { except }: Pick<UnitQuestion, 'except'>,
): { value: string; label: string }[] {
  const { compare } = new Intl.Collator(language);
  return [...namesApart(units)]
    .flatMap(([value, label]) => (value === except ? [] : [{ value, label }]))
    .toSorted((a, b) => compare(a.label, b.label));
}

function enteredOf(sent: Sent): ReadonlyMap<string, string> {
  return new Map([AT, searchOf(AT)].map((name) => [name, textOf(sent, name)]));
}
