import { pointedName } from '../../schemas/json-pointer.ts';
import {
  choiceField,
  type Described,
  dateField,
  errorMessage,
  type Fault,
  type Row,
  summaryList,
  textField,
} from '../html/components.ts';
import { type Content, html } from '../html/markup.ts';
import type { Texts } from '../languages/vi.ts';
import { tellDate, tellInstant } from '../tell.ts';
import { digitsOf, type Entered, idOf, rowsOf } from './answers.ts';
import { MOST_MATCHES, MOST_SHOWN, searched, searchOf } from './area.ts';
import type { FormReader, Question } from './schema.ts';

export interface Rendering {
  t: Texts;
  reader: FormReader;
  entered: Entered;
  faults: readonly Fault[];
  /** Where the form goes: a row more is asked for there, and the page shown again at its list. */
  action: string;
  /** What is said beside an answer: from where it is. */
  marks?: ReadonlyMap<string, string>;
  /** What stands in place of an answer that is there and not shown, by pointer. */
  withheld?: ReadonlyMap<string, string>;
  /** What stands at the head of a part of the form. */
  atHead?: (at: string) => Content;
}

/** The questions as fields of a page. */
export function renderQuestions(questions: readonly Question[], rendering: Rendering): Content {
  return questions.map((question) => renderQuestion(question, rendering));
}

function renderQuestion(question: Question, rendering: Rendering): Content {
  const { t, entered, faults } = rendering;
  const { at, required } = question;
  const id = idOf(at);
  const label = required ? question.label : `${question.label} (${t.optional})`;
  const described = { id, label, faults, t, hint: hintOf(question, rendering) };
  const value = entered.get(at) ?? '';
  switch (question.kind) {
    case 'group':
      return html`<fieldset class="govuk-fieldset">
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${label}</legend>
        ${rendering.atHead?.(at) ?? ''} ${renderQuestions(question.questions, rendering)}
      </fieldset>`;
    case 'list':
      return renderList(question, rendering);
    case 'date':
      return dateField({
        ...described,
        name: at,
        value: {
          day: entered.get(`${at}.day`) ?? '',
          month: entered.get(`${at}.month`) ?? '',
          year: entered.get(`${at}.year`) ?? '',
        },
        ...(question.time && { time: entered.get(`${at}.time`) ?? '' }),
      });
    case 'yes-no':
      return choiceField({
        ...described,
        name: at,
        kind: 'radios',
        chosen: [value],
        choices: [
          { value: 'true', label: t.yes },
          ...(question.fixed === true ? [] : [{ value: 'false', label: t.no }]),
        ],
      });
    case 'choice':
      return choiceField({ ...described, name: at, kind: 'radios', chosen: [value], choices: question.choices });
    case 'area':
      return renderArea(question, described, rendering);
    case 'number':
      return textField({ ...described, name: at, value, keys: question.whole ? 'numeric' : 'decimal', width: 10 });
    case 'text':
      return textField({
        ...described,
        name: at,
        value,
        ...(question.long && { rows: 5 }),
        ...(digitsOf(question.pattern) !== undefined && { keys: 'numeric' as const, width: 20 as const }),
      });
  }
}

function hintOf(question: Question, { t, marks }: Rendering): string | undefined {
  const told = [ownHint(question, t), marks?.get(question.at)].filter((each) => each !== undefined);
  return told.length === 0 ? undefined : told.join(' · ');
}

function ownHint(question: Question, t: Texts): string | undefined {
  if (question.hint !== undefined) return question.hint;
  if (question.kind === 'date') return t.date.example;
  const digits = question.kind === 'text' ? digitsOf(question.pattern) : undefined;
  return digits === undefined ? undefined : t.forms.digitsHint(digits);
}

/** Few units are shown. Of many one types a name; where several fit they are shown, and another name can be typed. */
function renderArea(
  question: Extract<Question, { kind: 'area' }>,
  described: Described,
  { t, entered }: Rendering,
): Content {
  const { at, choices } = question;
  const { typed, value, matches } = searched(question, entered);
  const shown = choices.filter((each) => !each.taken || each.value === value);
  const radios = { ...described, name: at, kind: 'radios' as const, chosen: value === undefined ? [] : [value] };
  const typing = { name: searchOf(at), value: typed, t, id: described.id };
  const other = { ...typing, id: `${described.id}-search`, label: t.forms.anotherArea, faults: [] };
  if (shown.length <= MOST_SHOWN) {
    const isShown = shown.some((each) => each.value === value);
    return html`${choiceField({ ...radios, choices: shown })}
    ${textField({ ...other, value: isShown ? '' : typed, width: 20 })}`;
  }
  const hint = [described.hint, t.forms.areaHint].filter((each) => each !== undefined).join(' ');
  if (value !== undefined || matches.length === 0 || matches.length > MOST_MATCHES)
    return textField({ ...described, ...typing, hint });
  return html`${choiceField({ ...radios, choices: matches })} ${textField(other)}`;
}

function renderList(list: Extract<Question, { kind: 'list' }>, rendering: Rendering): Content {
  const { t, reader, entered, faults, action } = rendering;
  const rows = rowsOf(list, entered);
  return html`<fieldset class="govuk-fieldset" id="${idOf(list.at)}">
    <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${list.label}</legend>
    ${errorMessage(t, idOf(list.at), faults)}
    ${Array.from({ length: rows }, (_, index) => {
      const item = reader.ofItem(list, index, {});
      return renderQuestion({ ...item, label: t.forms.row(index + 1) }, rendering);
    })}
    ${
      rows < list.maxItems
        ? html`<button
            type="submit"
            class="govuk-button govuk-button--secondary"
            formaction="${action}#${idOf(list.at)}"
            name="add"
            value="${list.at}/${rows}"
          >
            ${t.forms.addRow}
          </button>`
        : ''
    }
  </fieldset>`;
}

export interface Section {
  title: string;
  rows: Row[];
}

/** What was filled in, in words, with the labels of the form: a section for each part. `withheld`: what stands for an answer that is not shown. */
export function sectionsOf(
  reader: FormReader,
  value: Readonly<Record<string, unknown>>,
  t: Texts,
  marks: ReadonlyMap<string, string> = new Map(),
  withheld: ReadonlyMap<string, string> = new Map(),
): Section[] {
  const telling = { t, reader, marks, withheld };
  const loose: Row[] = [];
  const sections: Section[] = [];
  for (const question of reader.questions(value)) {
    const name = pointedName(question.at);
    const answer = value[name];
    if (answer === undefined) loose.push(...withheldRow(question, telling));
    else if (question.kind === 'group')
      sections.push({ title: question.label, rows: rowsOfGroup(question.questions, answer, telling) });
    else loose.push({ key: question.label, value: tellAnswer(question, answer, telling) });
  }
  return loose.length > 0 ? [...sections, { title: '', rows: loose }] : sections;
}

type Telling = Pick<Rendering, 't' | 'reader' | 'marks' | 'withheld'>;

function withheldRow(question: Question, { withheld }: Telling): Row[] {
  const value = withheld?.get(question.at);
  return value === undefined ? [] : [{ key: question.label, value }];
}

function rowsOfGroup(questions: readonly Question[], value: unknown, telling: Telling): Row[] {
  const fields = value as Readonly<Record<string, unknown>>;
  return questions.flatMap((question) => {
    const answer = fields[question.at.split('/').at(-1) ?? ''];
    if (answer === undefined) return withheldRow(question, telling);
    return [{ key: question.label, value: tellAnswer(question, answer, telling) }];
  });
}

function tellAnswer(question: Question, answer: unknown, telling: Telling): Content {
  const { t, reader, marks } = telling;
  switch (question.kind) {
    case 'group':
      return summaryList(rowsOfGroup(question.questions, answer, telling));
    case 'list':
      return html`<ol class="govuk-list govuk-list--number">
        ${(Array.isArray(answer) ? (answer as unknown[]) : []).map(
          (item, index) => html`<li>${tellItem(reader.ofItem(question, index, item), item, telling)}</li>`,
        )}
      </ol>`;
    case 'yes-no':
    case 'date':
    case 'number':
    case 'choice':
    case 'area':
    case 'text': {
      const mark = marks?.get(question.at);
      const told = tellOne(question, answer, t);
      return mark === undefined ? told : html`${told}<br /><span class="ot-of">${mark}</span>`;
    }
  }
}

type One = Extract<Question, { kind: 'yes-no' | 'date' | 'number' | 'choice' | 'area' | 'text' }>;

/** A single answer, in words. */
export function tellOne(question: One, answer: unknown, t: Texts): string {
  switch (question.kind) {
    case 'yes-no':
      return answer === true ? t.yes : t.no;
    case 'date':
      return typeof answer !== 'string' ? '' : question.time ? tellInstant(t, answer) : tellDate(t, answer);
    case 'number':
      return new Intl.NumberFormat(t.code, {
        useGrouping: Number(answer) >= 10_000,
        maximumSignificantDigits: 21,
      }).format(Number(answer));
    case 'choice':
    case 'area':
      return question.choices.find(({ value }) => value === answer)?.label ?? String(answer);
    case 'text':
      return String(answer);
  }
}

/** An item of a list in one line. */
function tellItem(item: Question, value: unknown, telling: Telling): Content {
  if (item.kind !== 'group') return tellAnswer(item, value, telling);
  return rowsOfGroup(item.questions, value, telling).map(
    ({ key, value: told }, index) => html`${index > 0 ? '; ' : ''}${key}: ${told}`,
  );
}
