import { Temporal } from 'temporal-polyfill';
import type { TemplateFormat } from '../../schemas/template.ts';
import { lackedOf } from '../../schemas/typeface.ts';
import { TaskTerminal } from '../failures.ts';

/** A place in a template that the data cannot fill. The document is not made; the path says what to supply. */
export class TemplateValueMissing extends TaskTerminal {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`expected ${path} for the document, ${problem}`);
    this.path = path;
  }
}

export interface Writing {
  lang: string;
  /** IANA time zone in which instants are told. */
  timeZone: string;
}

/** A value as the document shows it. Only texts and finite numbers can be shown; empty ones cannot. */
export function writeValue(path: string, value: unknown, format: TemplateFormat | undefined, writing: Writing): string {
  if (value === undefined || value === null || value === '') throw new TemplateValueMissing(path, 'got nothing');
  if (typeof value === 'number' && Number.isFinite(value))
    return format === 'number' ? grouped(value, writing.lang) : String(value);
  if (typeof value !== 'string')
    throw new TemplateValueMissing(path, `got ${Array.isArray(value) ? 'a list' : typeof value}`);
  const text = value.normalize('NFC').replaceAll('\t', ' ').replaceAll('\r\n', '\n').trim();
  if (text === '') throw new TemplateValueMissing(path, 'got nothing');
  const lacked = lackedOf(text);
  if (lacked !== undefined) throw new TemplateValueMissing(path, `got ${lacked}, which the typeface of papers lacks`);
  if (format === undefined) return text;
  if (format === 'upper') return text.toLocaleUpperCase(writing.lang);
  if (format === 'number') throw new TemplateValueMissing(path, 'got a text that is to be a number');
  return writeTime(path, text, format, writing);
}

function writeTime(
  path: string,
  text: string,
  format: 'date' | 'longDate' | 'time' | 'dateTime',
  writing: Writing,
): string {
  const isInstant = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!isInstant && (format === 'time' || format === 'dateTime' || !/^\d{4}-\d\d-\d\d$/.test(text))) {
    throw new TemplateValueMissing(
      path,
      `got a text that is no ${format === 'date' || format === 'longDate' ? 'date' : 'instant'}`,
    );
  }
  const local = timeOf(text, writing.timeZone);
  if (!local) throw new TemplateValueMissing(path, 'got a time that no calendar has');
  const date = `${two(local.day)}/${two(local.month)}/${String(local.year)}`;
  const isVietnamese = writing.lang === 'vi';
  const time = isVietnamese
    ? `${two(local.hour)} giờ ${two(local.minute)} phút`
    : `${two(local.hour)}:${two(local.minute)}`;
  switch (format) {
    case 'date':
      return date;
    case 'longDate':
      return isVietnamese
        ? longVietnameseDate(local)
        : `${String(local.day)} ${local.toLocaleString(writing.lang, { month: 'long' })} ${String(local.year)}`;
    case 'time':
      return time;
    case 'dateTime':
      return isVietnamese ? `${time}, ngày ${date}` : `${time}, ${date}`;
  }
}

/** Undefined for what is written as a day or an instant and is none, such as 31 February. */
function timeOf(text: string, timeZone: string): Temporal.PlainDateTime | undefined {
  try {
    return text.includes('T')
      ? Temporal.Instant.from(text).toZonedDateTimeISO(timeZone).toPlainDateTime()
      : Temporal.PlainDate.from(text).toPlainDateTime();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Days below 10 and the months 1 and 2 have a zero before them (Decree 30/2020, Annex I, part II, 4). */
function longVietnameseDate({ day, month, year }: { day: number; month: number; year: number }): string {
  return `ngày ${two(day)} tháng ${month < 3 ? two(month) : String(month)} năm ${String(year)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function grouped(value: number, lang: string): string {
  return new Intl.NumberFormat(lang, { maximumFractionDigits: 6 }).format(value);
}
