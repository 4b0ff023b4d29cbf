import type { Template, TemplateBlock, TemplateFormat, TemplateText } from '../../schemas/template.ts';
import { placeholderPattern } from '../../schemas/template.ts';
import { TaskTerminal } from '../failures.ts';
import { TemplateValueMissing, writeValue, type Writing } from './write-value.ts';

/** A document with all its texts, ready to be drawn. */
export interface FilledDocument {
  lang: string;
  title: string;
  subtitle: string | undefined;
  hasNationalHeader: boolean;
  agency: { parent: string | undefined; name: string };
  /** Whether a place for the organisation's number and date is kept. */
  organisationSigns: boolean;
  body: FilledBlock[];
  signers: { role: string }[];
  recipients: string[];
}

export type FilledBlock =
  | { kind: 'paragraph' | 'centred'; text: string }
  | { kind: 'fields'; rows: { label: string; value: string }[] }
  | { kind: 'list'; items: string[] }
  | { kind: 'table'; columns: { title: string; share: number }[]; rows: string[][] }
  | { kind: 'qr'; content: string; caption: string | undefined };

export type TemplateData = Readonly<Record<string, unknown>>;

export interface FillOptions {
  /** One of the template's languages; the first if not given. */
  lang?: string | undefined;
  timeZone: string;
}

/** Letters, as many as a book has: drawing it would take the process seconds in which it does nothing else. */
const LONGEST_DOCUMENT = 200_000;
/** What a line counts for however short it is - a list of as many items as a form takes has room -, and what a cell does. */
const LINE = 40;
const CELL = 10;

/** Puts the data into the template. Throws `TemplateValueMissing` for the first value that is not there, `TaskTerminal` for a document as long as a book. */
export function fillTemplate(template: Template, data: TemplateData, options: FillOptions): FilledDocument {
  const filled = fillWhole(template, data, options);
  const letters = sumOf(filled.body.flatMap(linesOf), (cells) =>
    Math.max(
      LINE,
      sumOf(cells, ({ length }) => Math.max(CELL, length)),
    ),
  );
  if (letters > LONGEST_DOCUMENT)
    throw new TaskTerminal(
      `expected a document of at most ${LONGEST_DOCUMENT} letters, a short line counted as ${LINE}, got ${letters}`,
    );
  return filled;
}

/** What begins on a line of its own, by its parts. */
function linesOf(block: FilledBlock): string[][] {
  switch (block.kind) {
    case 'fields':
      return block.rows.map(({ label, value }) => [label, value]);
    case 'list':
      return block.items.map((item) => [item]);
    case 'table':
      return block.rows;
    case 'qr':
      return [];
    default:
      return [[block.text]];
  }
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function fillWhole(template: Template, data: TemplateData, options: FillOptions): FilledDocument {
  const filling = fillingOf(template, data, options);
  const fill = (text: TemplateText) => fillText(text, filling);
  return {
    lang: filling.lang,
    title: fill(template.title),
    subtitle: template.subtitle && fill(template.subtitle),
    hasNationalHeader: template.header === 'national',
    agency: { parent: template.agency.parent && fill(template.agency.parent), name: fill(template.agency.name) },
    organisationSigns: template.organisation !== undefined,
    body: template.body.filter((block) => isWanted(block.when, data)).flatMap((block) => fillBlock(block, filling)),
    signers: template.sign,
    recipients: (template.recipients ?? []).map(fill),
  };
}

/** What the organisation's signature shows, from the data with number and date: known only after the personal signature (Decree 30/2020 art. 14). */
export function fillOrganisation(
  template: Template,
  data: TemplateData,
  options: FillOptions,
): { number: string; place: string } {
  const { organisation } = template;
  if (organisation === undefined)
    throw new Error(`expected the template ${template.template} to have a place for the organisation's signature`);
  const filling = fillingOf(template, data, options);
  return { number: fillText(organisation.number, filling), place: fillText(organisation.place, filling) };
}

interface Filling extends Writing {
  data: TemplateData;
}

function fillingOf(
  template: Template,
  data: TemplateData,
  { lang = template.languages[0], timeZone }: FillOptions,
): Filling {
  if (lang === undefined || !template.languages.includes(lang))
    throw new Error(`expected a language of ${template.languages.join(', ')}, got ${String(lang)}`);
  return { data, lang, timeZone };
}

function fillText(text: TemplateText, filling: Filling): string {
  const written = typeof text === 'string' ? text : text[filling.lang];
  if (written === undefined)
    throw new TaskTerminal(`expected a text of the template in ${filling.lang}, got ${Object.keys(text).join(', ')}`);
  const replaced = written.replace(placeholderPattern, (_, path: string, format: TemplateFormat | undefined) =>
    writeValue(path, valueAt(filling.data, path), format, filling),
  );
  return replaced.normalize('NFC').trim();
}

function fillBlock(block: TemplateBlock, filling: Filling): FilledBlock[] {
  const fill = (text: TemplateText) => fillText(text, filling);
  const fillItem = (text: TemplateText, item: unknown) =>
    fillText(text, { ...filling, data: { ...filling.data, item } });
  if (block.paragraph !== undefined) return [{ kind: 'paragraph', text: fill(block.paragraph) }];
  if (block.centred !== undefined) return [{ kind: 'centred', text: fill(block.centred) }];
  if (block.qr !== undefined)
    return [{ kind: 'qr', content: fill(block.qr), caption: block.caption && fill(block.caption) }];
  if (block.fields !== undefined) {
    const rows = block.fields.filter(({ when }) => isWanted(when, filling.data));
    return [{ kind: 'fields', rows: rows.map(({ label, value }) => ({ label: fill(label), value: fill(value) })) }];
  }
  if (block.list !== undefined) {
    const { list } = block;
    return [
      {
        kind: 'list',
        items: Array.isArray(list)
          ? list.map(fill)
          : entriesAt(filling.data, list.each).map((item) => fillItem(list.item, item)),
      },
    ];
  }
  if (block.table !== undefined) {
    const { each, columns } = block.table;
    const rows = entriesAt(filling.data, each).map((item) => columns.map(({ value }) => fillItem(value, item)));
    return [
      { kind: 'table', columns: columns.map(({ title, width = 1 }) => ({ title: fill(title), share: width })), rows },
    ];
  }
  return [];
}

function entriesAt(data: TemplateData, path: string): unknown[] {
  const value = valueAt(data, path);
  if (!Array.isArray(value)) throw new TemplateValueMissing(path, `got ${value === undefined ? 'nothing' : 'no list'}`);
  return value;
}

function isWanted(path: string | undefined, data: TemplateData): boolean {
  if (path === undefined) return true;
  const value = valueAt(data, path);
  return (
    value !== undefined &&
    value !== null &&
    value !== false &&
    value !== '' &&
    !(Array.isArray(value) && value.length === 0)
  );
}

/** Own properties only: a path never reaches what every object inherits. */
function valueAt(data: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, data);
}
