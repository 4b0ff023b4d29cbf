import { inflateSync } from 'node:zlib';
import { isDictionary, isName, type PdfDictionary, type PdfStream, type PdfValue } from './pdf-syntax.ts';
import { Unprintable } from './print-fault.ts';

/** How many bytes all that is unpacked of one file may have. */
const MOST_UNPACKED = 64_000_000;
/** What a stream counts for at least: to unpack an empty one is work too, and many pages may name the same thousand. */
const LEAST_COUNTED = 1_000;

/** Unpacks streams of a file that somebody handed in, all of them together within a limit. Throws `Unprintable` beyond it. */
export class Unpacking {
  #left = MOST_UNPACKED;

  /** What a stream holds. Throws for filters other than Flate, which scanners do not use for text. */
  unpack({ dictionary, data }: PdfStream, resolve: (value: PdfValue | undefined) => PdfValue | undefined): Uint8Array {
    const filters = listOf(resolve(dictionary.get('Filter')));
    const parameters = listOf(resolve(dictionary.get('DecodeParms')));
    if (filters.length > 1) throw new Error('expected a stream with one filter');
    const filter = resolve(filters[0]);
    if (filter === undefined) return this.#within(data);
    if (!isName(filter) || !['FlateDecode', 'Fl'].includes(filter.name))
      throw new Error('expected a stream that is packed by FlateDecode');
    return unfilter(this.#inflate(data), resolve(parameters[0]), resolve);
  }

  #inflate(data: Uint8Array): Uint8Array {
    try {
      return this.#within(inflateSync(data, { maxOutputLength: Math.max(1, this.#left) }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
      throw error;
    }
  }

  #within(bytes: Uint8Array): Uint8Array {
    this.#left -= Math.max(bytes.length, LEAST_COUNTED);
    if (this.#left < 0) throw tooLarge();
    return bytes;
  }
}

function tooLarge(): Unprintable {
  return new Unprintable('too-large', `at most ${MOST_UNPACKED} bytes unpacked`);
}

function listOf(value: PdfValue | undefined): PdfValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Takes the predictors of PNG back (ISO 32000-1 section 7.4.4.4), which tables of a file are packed with. */
function unfilter(
  bytes: Uint8Array,
  parameters: PdfValue | undefined,
  resolve: (value: PdfValue | undefined) => PdfValue | undefined,
): Uint8Array {
  if (!isDictionary(parameters)) return bytes;
  const predictor = numberOf(parameters, 'Predictor', resolve) ?? 1;
  if (predictor === 1) return bytes;
  const columns = numberOf(parameters, 'Columns', resolve) ?? 1;
  const isBytes =
    (numberOf(parameters, 'Colors', resolve) ?? 1) === 1 &&
    (numberOf(parameters, 'BitsPerComponent', resolve) ?? 8) === 8;
  if (predictor < 10 || !isBytes || columns < 1 || columns > bytes.length)
    throw new Error('expected a predictor of PNG over bytes');
  return fromRows(bytes, columns);
}

function fromRows(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / (columns + 1));
  const out = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const kind = bytes[row * (columns + 1)] ?? 0;
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const left = column > 0 ? (out[at - 1] ?? 0) : 0;
      const up = row > 0 ? (out[at - columns] ?? 0) : 0;
      const corner = row > 0 && column > 0 ? (out[at - columns - 1] ?? 0) : 0;
      out[at] = (bytes[row * (columns + 1) + 1 + column] ?? 0) + predicted(kind, { left, up, corner });
    }
  }
  return out;
}

function predicted(kind: number, { left, up, corner }: { left: number; up: number; corner: number }): number {
  if (kind === 0) return 0;
  if (kind === 1) return left;
  if (kind === 2) return up;
  if (kind === 3) return (left + up) >> 1;
  if (kind === 4) return nearest(left, up, corner);
  throw new Error(`expected a row filter of PNG, got ${kind}`);
}

function nearest(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function numberOf(
  dictionary: PdfDictionary,
  key: string,
  resolve: (value: PdfValue | undefined) => PdfValue | undefined,
): number | undefined {
  const value = resolve(dictionary.get(key));
  return typeof value === 'number' ? value : undefined;
}
