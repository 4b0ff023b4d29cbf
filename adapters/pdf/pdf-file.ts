import { readOnce } from '../cms/read-once.ts';
import { PdfParser } from './pdf-parser.ts';
import { ReadingBudget } from './reading-budget.ts';
import {
  isDictionary,
  isReference,
  isStream,
  isString,
  writeValue,
  type PdfDictionary,
  type PdfValue,
} from './pdf-syntax.ts';

/** One cross-reference section: what one revision of the file added or replaced. */
export interface Revision {
  /** Byte offsets by object number. */
  offsets: ReadonlyMap<number, number>;
  trailer: PdfDictionary;
  /** Where its `xref` stands. */
  start: number;
}

/** A PDF with classic cross-reference tables, as pdfkit and our own updates write them; cross-reference streams are refused. */
export interface PdfFile {
  bytes: Uint8Array;
  /** Newest first. */
  revisions: Revision[];
  trailer: PdfDictionary;
  /** The next free object number. */
  size: number;
  /** The object's value; throws when there is none. */
  get(number: number): PdfValue;
  has(number: number): boolean;
  /** Numbers of all objects, ascending. */
  numbers(): number[];
  /** Follows a reference, if it is one. */
  resolve(value: PdfValue | undefined): PdfValue | undefined;
}

export const MOST_REVISIONS = 100;

/** A paper is read several times at each step of its way; larger files, which carry others, are read again. */
export const MOST_KEPT_BYTES = 1024 * 1024;
const MOST_KEPT = 16;
const readKept = readOnce(readPassing, MOST_KEPT);

/** Reads the whole file's structure; throws with the byte position of what is wrong. */
export function readPdf(bytes: Uint8Array): PdfFile {
  return bytes.length <= MOST_KEPT_BYTES ? readKept(bytes) : readPassing(bytes);
}

/** The same of a file that nobody reads again. */
export function readPassing(bytes: Uint8Array): PdfFile {
  const budget = new ReadingBudget(bytes.length);
  const revisions = readRevisions(bytes, budget);
  const [newest] = revisions;
  if (newest === undefined) throw new Error('expected a PDF with a cross-reference table');
  const offsets = new Map<number, number>();
  for (const revision of revisions)
    for (const [number, offset] of revision.offsets) if (!offsets.has(number)) offsets.set(number, offset);
  const size = newest.trailer.get('Size');
  if (typeof size !== 'number') throw new Error('expected a PDF trailer with a size');
  const cache = new Map<number, PdfValue>();
  const get = (number: number): PdfValue => {
    const known = cache.get(number);
    if (known !== undefined) return known;
    const offset = offsets.get(number);
    if (offset === undefined) throw new Error(`expected object ${number} in the PDF, got none`);
    const read = new PdfParser(bytes, offset, budget).readObject((length) => Number(get(length)));
    if (read.number !== number)
      throw new Error(`expected object ${number} at byte ${offset} of the PDF, got ${read.number}`);
    cache.set(number, read.value);
    return read.value;
  };
  const has = (number: number) => offsets.has(number);
  return {
    bytes,
    revisions,
    trailer: newest.trailer,
    size,
    get,
    has,
    numbers: () => [...offsets.keys()].sort((a, b) => a - b),
    resolve: (value) => (isReference(value) ? get(value.ref) : value),
  };
}

/** The dictionary under a key, following a reference; throws when it is none. */
export function dictionaryAt(file: PdfFile, parent: PdfDictionary, key: string): PdfDictionary {
  const value = file.resolve(parent.get(key));
  if (!isDictionary(value)) throw new Error(`expected a dictionary ${key} in the PDF`);
  return value;
}

export function catalogOf(file: PdfFile): PdfDictionary {
  return dictionaryAt(file, file.trailer, 'Root');
}

/** The language that the document says it is written in. */
export function languageOf(file: PdfFile): string | undefined {
  const lang = file.resolve(catalogOf(file).get('Lang'));
  return isString(lang) ? Buffer.from(lang.text).toString('latin1') : undefined;
}

/** Whether two values are written the same. */
export function sameValue(a: PdfValue | undefined, b: PdfValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : writeValue(sorted(a)).equals(writeValue(sorted(b)));
}

function sorted(value: PdfValue): PdfValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (isDictionary(value))
    return new Map([...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
  if (isStream(value)) return { dictionary: sorted(value.dictionary) as PdfDictionary, data: value.data };
  return value;
}

function readRevisions(bytes: Uint8Array, budget: ReadingBudget): Revision[] {
  const tail = Buffer.from(bytes).toString('latin1', Math.max(0, bytes.length - 64));
  const start = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(tail)?.[1];
  if (start === undefined) throw new Error('expected the PDF to end with startxref and %%EOF');
  const revisions: Revision[] = [];
  let next: number | undefined = Number(start);
  while (next !== undefined) {
    if (revisions.length >= MOST_REVISIONS) throw new Error(`expected at most ${MOST_REVISIONS} revisions in the PDF`);
    const revision = readRevision(new PdfParser(bytes, next, budget), budget);
    revisions.push(revision);
    const previous = revision.trailer.get('Prev');
    if (previous !== undefined && (typeof previous !== 'number' || previous >= next))
      throw new Error('expected revisions of the PDF to lead backwards');
    next = previous;
  }
  return revisions;
}

function readRevision(parser: PdfParser, budget: ReadingBudget): Revision {
  const start = parser.position;
  parser.expect('xref');
  const offsets = new Map<number, number>();
  while (!parser.accept('trailer')) {
    const first = parser.readInteger();
    const count = parser.readInteger();
    for (let i = 0; i < count; i++) {
      budget.takeValues(1);
      const offset = parser.readInteger();
      parser.readInteger();
      if (parser.accept('n')) offsets.set(first + i, offset);
      else parser.expect('f');
    }
  }
  const trailer = parser.readValue();
  if (!isDictionary(trailer) || trailer.has('XRefStm') || trailer.has('Encrypt'))
    throw new Error(`expected a plain trailer after byte ${start} of the PDF`);
  return { offsets, trailer, start };
}
