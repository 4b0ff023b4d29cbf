import { fitsPattern } from '../../domain/fits-pattern.ts';
import { pointedName, pointerStep } from '../../schemas/json-pointer.ts';
import type { Fault } from '../html/components.ts';
import type { Texts } from '../languages/vi.ts';
import { OFFSET } from '../tell.ts';
import { MOST_MATCHES, searched } from './area.ts';
import type { FormReader, Question } from './schema.ts';

/** What a browser sent, by name of the field. */
export type Sent = Readonly<Record<string, unknown>>;
type Data = Readonly<Record<string, unknown>>;

/** The id of a question's field on the page. */
export function idOf(at: string): string {
  return `f${at.replaceAll(/[^A-Za-z0-9]/g, '-')}`;
}

/** What was entered, by field, as it was entered: a page with faults shows it again. */
export type Entered = ReadonlyMap<string, string>;

export function enteredOf(sent: Sent): Entered {
  return new Map(
    Object.entries(sent).flatMap(([name, value]) =>
      typeof value === 'string' && name.startsWith('/') ? [[name, value]] : [],
    ),
  );
}

/** One more row of a list: the place of the next item counts as entered. */
export function withRow(entered: Entered, row: string): Entered {
  return new Map([...entered, [row, '']]);
}

/** As a form that is filled in already would have been entered. */
export function enteredFrom(value: unknown, at = ''): Map<string, string> {
  const entered = new Map<string, string>();
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const [name, text] of enteredFrom(item, `${at}/${index}`)) entered.set(name, text);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value))
      for (const [field, text] of enteredFrom(inner, `${at}/${pointerStep(name)}`)) entered.set(field, text);
  } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    const text = typeof value === 'number' ? writtenOf(value) : String(value);
    entered.set(at, text);
    for (const [part, written] of Object.entries(partsOfDate(text))) entered.set(`${at}.${part}`, written);
  }
  return entered;
}

/** The fields of a date, and of its time; none of what is no date. */
function partsOfDate(text: string): Record<string, string> {
  const [, year, month, day, time] = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}).*)?$/.exec(text) ?? [];
  if (year === undefined) return {};
  return { year, month: String(Number(month)), day: String(Number(day)), ...(time !== undefined && { time }) };
}

let plain: Intl.NumberFormat | undefined;
/** Made at first need, as `zoned` of ../tell.ts. */
const plainly = (): Intl.NumberFormat =>
  (plain ??= new Intl.NumberFormat('en', { useGrouping: false, maximumSignificantDigits: 21 }));

/** A number as it is entered: without groups, its fraction behind a comma. */
function writtenOf(value: number): string {
  return plainly().format(value).replace('.', ',');
}

/** Thousands in groups by points or by spaces, one kind throughout: 50.000 is fifty thousand. */
const GROUPED = /^-?[1-9]\d{0,2}(?<separator>[. ])\d{3}(?:\k<separator>\d{3})*$/;
/** A point before a fraction is read as one where it cannot separate a group. */
const DIGITS = { whole: /^-?\d+$/, fraction: /^-?\d+(?:[.,]\d+)?$/ };

/** The number that was entered; `undefined` where it is none, or not exactly the one that would be kept. */
export function numberOf(text: string, whole: boolean): number | undefined {
  const written = text.replaceAll(/\s/g, ' ');
  const [, before = written, fraction = ''] = whole ? [] : (/^([^,]*)(,\d+)$/.exec(written) ?? []);
  const plain = GROUPED.test(before) ? `${before.replaceAll(/[. ]/g, '')}${fraction}` : written;
  if (!DIGITS[whole ? 'whole' : 'fraction'].test(plain)) return undefined;
  const value = Number(plain.replace(',', '.'));
  if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) return undefined;
  return bare(plain) === bare(writtenOf(value)) ? value : undefined;
}

/** Written digits without zeros that say nothing. */
function bare(plain: string): string {
  const [whole = '', fraction = ''] = plain.replace('-', '').split(/[.,]/);
  return `${whole.replace(/^0+/, '')},${fraction.replace(/0+$/, '')}`;
}

export interface Answered {
  value: Data;
  faults: Fault[];
}

/** The answers to these questions. A fault says how to mend it; what is empty is absent. */
export function readAnswers(reader: FormReader, questions: readonly Question[], entered: Entered, t: Texts): Answered {
  const faults: Fault[] = [];
  const value = readGroup(reader, questions, entered, { t, faults });
  return { value, faults };
}

interface Reading {
  t: Texts;
  faults: Fault[];
}

function readGroup(reader: FormReader, questions: readonly Question[], entered: Entered, reading: Reading): Data {
  return Object.fromEntries(
    questions.flatMap((question) => {
      const answer = readOne(reader, question, entered, reading);
      const name = pointedName(question.at);
      return answer === undefined ? [] : [[name, answer]];
    }),
  );
}

/** Whether anything is entered at or below a place. */
export function isTouched(entered: Entered, at: string): boolean {
  for (const [name, text] of entered)
    if (text.trim() !== '' && (name === at || name.startsWith(`${at}/`) || name.startsWith(`${at}.`))) return true;
  return false;
}

function readOne(reader: FormReader, question: Question, entered: Entered, reading: Reading): unknown {
  switch (question.kind) {
    case 'group':
      return question.required || isTouched(entered, question.at)
        ? readGroup(reader, question.questions, entered, reading)
        : undefined;
    case 'list':
      return readList(reader, question, entered, reading);
    case 'date':
      return readDate(question, entered, reading);
    case 'area':
      return readArea(question, entered, reading);
    case 'yes-no':
    case 'choice':
    case 'number':
    case 'text':
      return readField(question, (entered.get(question.at) ?? '').trim().normalize('NFC'), reading);
  }
}

function readArea(
  question: Extract<Question, { kind: 'area' }>,
  entered: Entered,
  { t, faults }: Reading,
): string | undefined {
  const { at, label, required } = question;
  const { typed, value, matches, both } = searched(question, entered);
  if (value !== undefined) return value;
  const fault = (text: string): void => void faults.push({ field: idOf(at), text });
  if (both) fault(t.forms.bothAreas(label));
  else if (typed === '') {
    if (required) fault(t.forms.choose(label));
  } else if (matches.length === 0) fault(t.forms.noArea(label, typed));
  else fault(matches.length > MOST_MATCHES ? t.forms.manyAreas(typed) : t.forms.whichArea(typed));
  return undefined;
}

type Field = Extract<Question, { kind: 'yes-no' | 'choice' | 'number' | 'text' }>;

/** Of one field: empty is absent, and a fault where an answer is required. */
function readField(question: Field, text: string, { t, faults }: Reading): unknown {
  const { at, label, required, kind } = question;
  const isEmpty = text === '';
  const isPicked = kind === 'choice' || kind === 'yes-no';
  const wrong = isEmpty
    ? required && (isPicked ? t.forms.choose(label) : t.forms.required(label))
    : FAULT_OF[kind](question as never, text, t);
  if (typeof wrong === 'string') faults.push({ field: idOf(at), text: wrong });
  if (isEmpty || typeof wrong === 'string') return undefined;
  if (kind === 'yes-no') return text === 'true';
  return kind === 'number' ? numberOf(text, question.whole) : text;
}

/** How to mend what was entered; nothing where it is right. */
const FAULT_OF: {
  readonly [K in Field['kind']]: (field: Extract<Field, { kind: K }>, text: string, t: Texts) => string | undefined;
} = {
  'yes-no': ({ label, fixed }, text, t) => {
    const wanted = fixed === undefined ? ['true', 'false'] : [String(fixed)];
    return wanted.includes(text) ? undefined : t.forms.invalid(label);
  },
  choice: ({ label, choices }, text, t) =>
    choices.some(({ value }) => value === text) ? undefined : t.forms.choose(label),
  number: ({ label, whole, minimum, maximum }, text, t) => {
    const value = numberOf(text, whole);
    if (value === undefined) return whole ? t.forms.integer(label, mayBeLong(maximum)) : t.forms.number(label);
    if (minimum !== undefined && value < minimum) return t.forms.minimum(label, writtenOf(minimum));
    return maximum !== undefined && value > maximum ? t.forms.maximum(label, writtenOf(maximum)) : undefined;
  },
  text: ({ label, minLength, maxLength, pattern }, text, t) => {
    const length = [...text].length;
    if (minLength !== undefined && length < minLength) return t.forms.minLength(label, minLength);
    if (maxLength !== undefined && length > maxLength) return t.forms.maxLength(label, maxLength);
    if (pattern === undefined || fitsPattern(new RegExp(pattern, 'u'), text)) return undefined;
    const digits = digitsOf(pattern);
    return digits === undefined ? t.forms.invalid(label) : t.forms.digits(label, digits);
  },
};

/** Whether a number may have more than four digits, so that somebody may write it in groups: a year has none. */
function mayBeLong(maximum = Infinity): boolean {
  return maximum > 9999;
}

/** Of a pattern that asks for so many digits and nothing else. */
export function digitsOf(pattern: string | undefined): string | undefined {
  const [, least, most] = /^\^(?:\[0-9\]|\\d)\{(\d+)(?:,(\d+))?\}\$$/.exec(pattern ?? '') ?? [];
  return least === undefined || most === undefined ? least : `${least}–${most}`;
}

function readDate(
  { at, label, required, time: timed }: Extract<Question, { kind: 'date' }>,
  entered: Entered,
  { t, faults }: Reading,
): string | undefined {
  const part = (name: string): string => (entered.get(`${at}.${name}`) ?? '').trim();
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const date = dateIn({ year, month, day });
  const fault = (text: string): void => void faults.push({ field: idOf(at), text });
  if (`${year}${month}${day}` === '') {
    if (required) fault(t.forms.required(label));
    return undefined;
  }
  const time = timed ? timeOf(part('time')) : '';
  if (date !== undefined && time !== undefined) return timed ? `${date}T${time}:00${OFFSET}` : date;
  fault(timed ? t.forms.dateTime(label) : t.forms.date(label));
  return undefined;
}

/** HH:MM of what was entered, such as 9:30 or 9h30. */
export function timeOf(text: string): string | undefined {
  const [, hour = '', minute = ''] = /^([01]?\d|2[0-3])[:.h]([0-5]\d)$/.exec(text) ?? [];
  return hour === '' ? undefined : `${hour.padStart(2, '0')}:${minute}`;
}

/** The date of three fields, YYYY-MM-DD; `undefined` where there is no such day. */
export function dateIn({ year, month, day }: { year: string; month: string; day: string }): string | undefined {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  const isReal =
    /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
  return isReal ? date : undefined;
}

type List = Extract<Question, { kind: 'list' }>;

/** Items of a list for which fields were sent, each with whether anything is entered there. */
function itemsIn({ at }: List, entered: Entered): Map<number, boolean> {
  const items = new Map<number, boolean>();
  const before = `${at}/`;
  for (const [name, text] of entered) {
    if (!name.startsWith(before)) continue;
    const [, index] = /^(0|[1-9]\d{0,2})(?:[/.]|$)/.exec(name.slice(before.length)) ?? [];
    if (index === undefined) continue;
    const item = Number(index);
    items.set(item, items.get(item) === true || text.trim() !== '');
  }
  return items;
}

/** How many items of a list are shown: those that hold something, and at least as many as are wanted. */
export function rowsOf(list: List, entered: Entered): number {
  const last = Math.max(-1, ...itemsIn(list, entered).keys());
  return Math.min(list.maxItems, Math.max(1, list.minItems, last + 1));
}

function readList(reader: FormReader, list: List, entered: Entered, reading: Reading): unknown[] | undefined {
  const items = [...itemsIn(list, entered)]
    .filter(([index, isFilled]) => isFilled && index < list.maxItems)
    .toSorted(([a], [b]) => a - b)
    .map(([index]) => readOne(reader, reader.ofItem(list, index, {}), entered, reading));
  if (items.length < list.minItems)
    reading.faults.push({ field: idOf(list.at), text: reading.t.forms.rows(list.label) });
  return items.length > 0 || list.required ? items : undefined;
}
