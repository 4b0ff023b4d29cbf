import { boxOf, type Box, type ForeignPage, numbersIn } from './foreign-pages.ts';
import type { ForeignPdf } from './foreign-pdf.ts';
import type { NewPdf } from './new-pdf.ts';
import {
  dictionary,
  isDictionary,
  isReference,
  isStream,
  type PdfDictionary,
  type PdfReference,
  type PdfStream,
  type PdfValue,
} from './pdf-syntax.ts';
import { Unprintable } from './print-fault.ts';

/** Values that are copied: a file has half as many, and what its pages have together is copied once. */
const MOST_COPIES = 1_000_000;
/** Nothing that is drawn hangs on them, and they lead to the rest of their file or out of it. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'Parent',
  'Metadata',
  'PieceInfo',
  'StructParent',
  'StructParents',
  'OPI',
  'Ref',
  'AF',
]);

/** From the space of what is drawn to that of the page: x' = ax + cy + e, y' = bx + dy + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A page as a picture that can be drawn on another: whatever its operators do, they cannot draw outside of it. */
export interface Picture {
  form: PdfReference;
  /** Forms that are drawn over it, each with where. */
  over: { form: PdfReference; at: Matrix }[];
}

/** Copies what pages of one file draw into another file, each object once. */
export class Importer {
  readonly #from: ForeignPdf;
  readonly #into: NewPdf;
  readonly #copies = new Map<number, PdfReference>();
  /** What several pages share, by what it is and not by its number. */
  readonly #shared = new Map<PdfDictionary | PdfStream, PdfReference>();
  readonly #waiting: { value: PdfValue; as: PdfReference }[] = [];
  #copied = 0;

  constructor(from: ForeignPdf, into: NewPdf) {
    this.#from = from;
    this.#into = into;
  }

  /** Throws where what it draws is not in its file. */
  picture({ box, resources, group, content, annotations }: ForeignPage): Picture {
    const { left, bottom, right, top } = box;
    if (content.dictionary.has('F')) throw new Error('expected a page whose content is in its file');
    const packed = ['Filter', 'DecodeParms'].flatMap((key): [string, PdfValue][] => {
      const value = content.dictionary.get(key);
      return value === undefined ? [] : [[key, value]];
    });
    const form = new Map<string, PdfValue>([
      ...packed,
      ['Type', { name: 'XObject' }],
      ['Subtype', { name: 'Form' }],
      ['BBox', [left, bottom, right, top]],
    ]);
    const copied = this.#entries(form).set('Resources', this.#once(resources));
    if (group) copied.set('Group', this.#once(group));
    const drawn = this.#into.add({ dictionary: copied, data: content.data });
    const over = annotations.flatMap(({ appearance, rectangle }) => {
      const at = this.#placed(appearance, rectangle);
      return at ? [{ form: this.#once(appearance, asForm), at }] : [];
    });
    this.#copyWaiting();
    return { form: drawn, over };
  }

  /** ISO 32000-1 section 12.5.5, algorithm 8.1: the appearance, turned as it says, fills its rectangle. */
  #placed({ dictionary: entries }: PdfStream, rectangle: Box): Matrix | undefined {
    const box = boxOf(this.#from, entries.get('BBox'));
    if (!box) return undefined;
    const turned = boundsOf(box, matrixOf(this.#from, entries.get('Matrix')));
    const [width, height] = [turned.right - turned.left, turned.top - turned.bottom];
    if (!(width > 0 && height > 0)) return undefined;
    const x = (rectangle.right - rectangle.left) / width;
    const y = (rectangle.top - rectangle.bottom) / height;
    return [x, 0, 0, y, rectangle.left - x * turned.left, rectangle.bottom - y * turned.bottom];
  }

  #once<T extends PdfDictionary | PdfStream>(shared: T, as: (value: T) => PdfValue = (value) => value): PdfReference {
    const known = this.#shared.get(shared) ?? this.#into.add(this.#copy(as(shared)));
    this.#shared.set(shared, known);
    return known;
  }

  #copyWaiting(): void {
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop())
      this.#into.put(next.as, this.#copy(next.value));
  }

  #copy(value: PdfValue): PdfValue {
    if (++this.#copied > MOST_COPIES) throw new Unprintable('too-large', `at most ${MOST_COPIES} values`);
    if (Array.isArray(value)) return value.map((each) => this.#copy(each));
    if (isReference(value)) return this.#copyOf(value);
    if (isDictionary(value)) return this.#entries(value);
    if (!isStream(value)) return value;
    if (value.dictionary.has('F')) throw new Error('expected a stream that is in the file itself');
    return { dictionary: this.#entries(value.dictionary), data: value.data };
  }

  #entries(entries: PdfDictionary): PdfDictionary {
    return new Map(
      [...entries].flatMap(([key, value]) => (LEFT_OUT.has(key) ? [] : [[key, this.#copy(value)] as const])),
    );
  }

  #copyOf(value: PdfReference): PdfValue {
    const known = this.#copies.get(value.ref);
    if (known) return known;
    const found = this.#from.resolve(value) ?? null;
    const as = this.#into.reserve();
    this.#copies.set(value.ref, as);
    this.#waiting.push({ value: found, as });
    return as;
  }
}

/** Type and subtype may be left out where an annotation names it, but not where it is drawn. */
function asForm({ dictionary: entries, data }: PdfStream): PdfStream {
  const form = dictionary({ Type: { name: 'XObject' }, Subtype: { name: 'Form' } });
  return { dictionary: new Map([...entries, ...form]), data };
}

function matrixOf(file: ForeignPdf, value: PdfValue | undefined): Matrix {
  const found = file.resolve(value);
  if (found === undefined || found === null) return [1, 0, 0, 1, 0, 0];
  const numbers = Array.isArray(found) ? numbersIn(file, found, 6) : undefined;
  if (!numbers) throw new Error('expected a matrix');
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers;
  return [a, b, c, d, e, f];
}

function boundsOf({ left, bottom, right, top }: Box, [a, b, c, d, e, f]: Matrix): Box {
  const corners = [left, right].flatMap((x) =>
    [bottom, top].map((y) => [a * x + c * y + e, b * x + d * y + f] as const),
  );
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return { left: Math.min(...xs), bottom: Math.min(...ys), right: Math.max(...xs), top: Math.max(...ys) };
}
