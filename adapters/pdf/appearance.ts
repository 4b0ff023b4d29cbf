import { createBlankDocument, collect, registerFonts } from './draw-document.ts';
import type { Fonts } from './fonts.ts';
import { catalogOf, dictionaryAt, readPassing, type PdfFile } from './pdf-file.ts';
import {
  dictionary,
  isDictionary,
  isReference,
  isStream,
  name,
  reference,
  type PdfDictionary,
  type PdfStream,
  type PdfValue,
} from './pdf-syntax.ts';

export interface AppearanceSize {
  width: number;
  height: number;
}

/** What a signature shows, as objects to be added to a document: the form XObject has the first number. */
export type Appearance = Map<number, PdfValue>;

/** Draws an appearance with pdfkit, fonts embedded, and numbers its objects from `first`. */
export async function drawAppearance(
  options: AppearanceSize & { at: number; fonts: Fonts; first: number },
  draw: (document: PDFKit.PDFDocument) => void,
): Promise<Appearance> {
  const document = createBlankDocument(options, options.at);
  registerFonts(document, options.fonts);
  const source = readPassing(await collect(document, () => draw(document)));
  const page = firstPage(source);
  const content = source.resolve(page.get('Contents'));
  if (!isStream(content)) throw new Error('expected a drawn page to have one content stream');
  const objects: Appearance = new Map();
  const numbers = new Map<number, number>();
  objects.set(options.first, formOf(content, options, null));
  const resources = copy(page.get('Resources') ?? new Map(), { source, objects, numbers, first: options.first + 1 });
  objects.set(options.first, formOf(content, options, resources));
  return objects;
}

function firstPage(file: PdfFile): PdfDictionary {
  const kids = dictionaryAt(file, catalogOf(file), 'Pages').get('Kids');
  const page = file.resolve(Array.isArray(kids) ? kids[0] : undefined);
  if (!isDictionary(page)) throw new Error('expected a drawn document to have a page');
  return page;
}

function formOf(content: PdfStream, { width, height }: AppearanceSize, resources: PdfValue): PdfStream {
  const filter = content.dictionary.get('Filter');
  const entries = dictionary({
    Type: name('XObject'),
    Subtype: name('Form'),
    BBox: [0, 0, width, height],
    Resources: resources,
  });
  if (filter !== undefined) entries.set('Filter', filter);
  return { dictionary: entries, data: content.data };
}

interface Copying {
  source: PdfFile;
  objects: Appearance;
  /** New numbers by old ones. */
  numbers: Map<number, number>;
  first: number;
}

/** Copies a value and all that it refers to, with new numbers. */
function copy(value: PdfValue, copying: Copying): PdfValue {
  if (isReference(value)) return reference(copyObject(value.ref, copying));
  if (Array.isArray(value)) return value.map((item) => copy(item, copying));
  if (isDictionary(value)) return new Map([...value].map(([key, item]) => [key, copy(item, copying)]));
  if (isStream(value)) {
    const entries = new Map([...value.dictionary].filter(([key]) => key !== 'Length'));
    return { dictionary: copy(entries, copying) as PdfDictionary, data: value.data };
  }
  return value;
}

function copyObject(old: number, copying: Copying): number {
  const known = copying.numbers.get(old);
  if (known !== undefined) return known;
  const number = copying.first + copying.numbers.size;
  copying.numbers.set(old, number);
  copying.objects.set(number, copy(copying.source.get(old), copying));
  return number;
}
