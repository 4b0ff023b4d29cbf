import { Unpacking } from './foreign-streams.ts';
import { PdfParser } from './pdf-parser.ts';
import {
  isDictionary,
  isName,
  isReference,
  isStream,
  type PdfDictionary,
  type PdfStream,
  type PdfValue,
} from './pdf-syntax.ts';
import { Unprintable } from './print-fault.ts';
import { ReadingBudget } from './reading-budget.ts';

/** A PDF that somebody else made, read as the standard says and not repaired: what is read is what a viewer shows. */
export interface ForeignPdf {
  trailer: PdfDictionary;
  /** Follows references, as many as it takes; what is not there is null. */
  resolve(value: PdfValue | undefined): PdfValue | undefined;
  /** What a stream holds. */
  unpack(stream: PdfStream): Uint8Array;
}

/** Where an object lies: at a byte, or as the how-manieth of an object stream; null: it was deleted. */
type Place = { offset: number } | { within: number; index: number } | null;

const MOST_SECTIONS = 100;
const MOST_STEPS = 16;

/** Reads the structure of a file. Work is bounded by its length; throws `Unprintable`, or an `Error` for what is no such file. */
export function readForeign(file: Uint8Array): ForeignPdf {
  const bytes = fromHeader(file);
  const reader = new Reader(bytes);
  reader.readSections(startOfSections(bytes));
  if (reader.trailer.get('Encrypt') !== undefined) throw new Unprintable('encrypted', 'a PDF that is not encrypted');
  return {
    trailer: reader.trailer,
    resolve: (value) => reader.resolve(value),
    unpack: (stream) => reader.unpack(stream),
  };
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #places = new Map<number, Place>();
  readonly #known = new Map<number, PdfValue>();
  readonly #reading = new Set<number>();
  readonly #packed = new Map<number, { bytes: Uint8Array; offsets: number[] }>();
  readonly #unpacking = new Unpacking();
  readonly #budget: ReadingBudget;
  trailer: PdfDictionary = new Map();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#budget = new ReadingBudget(bytes.length, (expected) => new Unprintable('too-large', expected));
  }

  readSections(start: number): void {
    const seen = new Set<number>();
    let next: PdfValue | undefined = start;
    while (next !== undefined) {
      if (typeof next !== 'number' || seen.has(next) || seen.size >= MOST_SECTIONS)
        throw new Error('expected cross-reference sections that lead backwards');
      seen.add(next);
      const trailer = this.#readSection(next);
      if (seen.size === 1) this.trailer = trailer;
      next = trailer.get('Prev');
    }
  }

  resolve(value: PdfValue | undefined): PdfValue | undefined {
    let found = value;
    for (let step = 0; isReference(found); step++) {
      if (step >= MOST_STEPS) throw new Error('expected a reference that leads somewhere');
      found = this.#get(found.ref);
    }
    return found;
  }

  unpack(stream: PdfStream): Uint8Array {
    return this.#unpacking.unpack(stream, (value) => this.resolve(value));
  }

  #get(number: number): PdfValue {
    const known = this.#known.get(number);
    if (known !== undefined) return known;
    if (this.#reading.has(number)) throw new Error(`expected object ${number} not to be part of itself`);
    this.#reading.add(number);
    const value = this.#read(number);
    this.#reading.delete(number);
    this.#known.set(number, value);
    return value;
  }

  #read(number: number): PdfValue {
    const place = this.#places.get(number);
    if (!place) return null;
    if ('within' in place) return this.#readPacked(number, place);
    const read = this.#parserAt(place.offset).readObject((length) => Number(this.#get(length)));
    if (read.number !== number) throw new Error(`expected object ${number} at byte ${place.offset}`);
    return read.value;
  }

  #readPacked(number: number, { within, index }: { within: number; index: number }): PdfValue {
    const { bytes, offsets } = this.#packedIn(within);
    const [named, offset] = [offsets[2 * index], offsets[2 * index + 1]];
    if (named !== number || offset === undefined)
      throw new Error(`expected object ${number} in object stream ${within}`);
    return new PdfParser(bytes, offset, this.#budget).readValue();
  }

  #packedIn(number: number): { bytes: Uint8Array; offsets: number[] } {
    const known = this.#packed.get(number);
    if (known) return known;
    const stream = this.#get(number);
    if (!isStream(stream) || !isType(stream.dictionary, 'ObjStm'))
      throw new Error(`expected an object stream ${number}`);
    const [first, count] = ['First', 'N'].map((key) => this.resolve(stream.dictionary.get(key)));
    const bytes = this.unpack(stream);
    if (!isWhole(first) || !isWhole(count) || first > bytes.length || 2 * count > first)
      throw new Error(`expected an object stream ${number} with its table`);
    this.#budget.allowBytes(bytes.length);
    this.#budget.takeValues(count);
    const table = new PdfParser(bytes.subarray(0, first), 0, this.#budget);
    const offsets = Array.from({ length: 2 * count }, (_, i) => table.readInteger() + (i % 2) * first);
    const packed = { bytes, offsets };
    this.#packed.set(number, packed);
    return packed;
  }

  #parserAt(offset: number): PdfParser {
    return new PdfParser(this.#bytes, offset, this.#budget);
  }

  #readSection(start: number): PdfDictionary {
    const parser = this.#parserAt(start);
    if (!parser.accept('xref')) return this.#readStreamSection(parser);
    const deleted = this.#readTable(parser);
    const trailer = parser.readValue();
    if (!isDictionary(trailer)) throw new Error('expected a trailer');
    const hidden = trailer.get('XRefStm');
    // A stream and nothing else: another table could lead back to this one.
    if (typeof hidden === 'number') this.#readStreamSection(this.#parserAt(hidden));
    deleted.forEach((number) => this.#place(number, null));
    return trailer;
  }

  /** Of a file that old readers can read too, what the table calls deleted may stand in a stream: that is looked at first. */
  #readTable(parser: PdfParser): number[] {
    const deleted: number[] = [];
    while (!parser.accept('trailer')) {
      const first = parser.readInteger();
      const count = parser.readInteger();
      for (let number = first; number < first + count; number++) {
        this.#budget.takeValues(1);
        const offset = parser.readInteger();
        parser.readInteger();
        if (parser.accept('n')) this.#place(number, { offset });
        else {
          parser.expect('f');
          deleted.push(number);
        }
      }
    }
    return deleted;
  }

  #readStreamSection(parser: PdfParser): PdfDictionary {
    const { value } = parser.readObject(() => {
      throw new Error('expected a cross-reference stream with its length');
    });
    if (!isStream(value) || !isType(value.dictionary, 'XRef')) throw new Error('expected a cross-reference stream');
    const { dictionary } = value;
    const widths = numbersOf(dictionary.get('W'));
    const size = dictionary.get('Size');
    const sections = dictionary.has('Index') ? numbersOf(dictionary.get('Index')) : [0, Number(size)];
    if (widths.length !== 3 || widths.some((width) => width > 6)) throw new Error('expected three widths');
    const entries = entriesOf(this.unpack(value), widths);
    for (let i = 0; i + 1 < sections.length; i += 2) {
      const [first = 0, count = 0] = sections.slice(i, i + 2);
      for (let number = first; number < first + count; number++) {
        const entry = entries.next();
        this.#budget.takeValues(1);
        if (entry.done === true) throw new Error('expected as many entries as the cross-reference stream says');
        this.#place(number, entry.value);
      }
    }
    return dictionary;
  }

  #place(number: number, place: Place): void {
    if (!this.#places.has(number)) this.#places.set(number, place);
  }
}

function* entriesOf(bytes: Uint8Array, widths: readonly number[]): Generator<Place, undefined> {
  const [kinds = 0, seconds = 0, thirds = 0] = widths;
  const width = kinds + seconds + thirds;
  if (width === 0) return;
  for (let at = 0; at + width <= bytes.length; at += width) {
    const kind = kinds === 0 ? 1 : wholeOf(bytes, at, kinds);
    const second = wholeOf(bytes, at + kinds, seconds);
    if (kind === 1) yield { offset: second };
    else yield kind === 2 ? { within: second, index: wholeOf(bytes, at + kinds + seconds, thirds) } : null;
  }
}

function wholeOf(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function numbersOf(value: PdfValue | undefined): number[] {
  if (!Array.isArray(value) || !value.every(isWhole))
    throw new Error('expected whole numbers in a cross-reference stream');
  return value;
}

function isWhole(value: PdfValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isType(dictionary: PdfDictionary, wanted: string): boolean {
  const type = dictionary.get('Type');
  return isName(type) && type.name === wanted;
}

/** Some programs write something before it; places are counted from it. */
function fromHeader(file: Uint8Array): Uint8Array {
  const at = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, 1024)).indexOf('%PDF-');
  if (at === -1) throw new Error('expected a PDF');
  return file.subarray(at);
}

function startOfSections(bytes: Uint8Array): number {
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    'latin1',
    Math.max(0, bytes.length - 2048),
  );
  const start = /^startxref\s+(\d{1,15})\s/.exec(tail.slice(Math.max(0, tail.lastIndexOf('startxref'))))?.[1];
  if (start === undefined) throw new Error('expected a PDF that ends with startxref');
  return Number(start);
}
