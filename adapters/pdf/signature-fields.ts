import { appendUpdate } from './incremental-update.ts';
import { catalogOf, dictionaryAt, MOST_REVISIONS, readPassing, type PdfFile } from './pdf-file.ts';
import {
  dictionary,
  isDictionary,
  isReference,
  isString,
  name,
  reference,
  textString,
  type PdfDictionary,
  type PdfValue,
} from './pdf-syntax.ts';

/** The field of the organisation's signature; every other signature field is a person's. */
export const organisationField = 'organisation';

/** The field of the person who signs in this role. */
export function personalField(role: string): string {
  return `sign-${role}`;
}

/** In points from the lower left corner of the page. */
export interface FieldPlace {
  field: string;
  /** From 0. */
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface SignatureField {
  field: string;
  number: number;
  widget: PdfDictionary;
  /** The signature dictionary, once signed. */
  signature: PdfDictionary | undefined;
}

/** Adds empty signature fields to an unsigned document. Each has an empty appearance, which PDF/A asks of every widget (ISO 19005-2 section 6.3.3). */
export function addSignatureFields(pdf: Uint8Array, places: readonly FieldPlace[]): Uint8Array {
  if (places.length === 0) return pdf;
  const file = readPassing(pdf);
  const objects = new Map<number, PdfValue>();
  const pages = pageNumbers(file);
  const fields: PdfValue[] = [];
  let next = file.size;
  for (const place of places) {
    const page = pages[place.page];
    if (page === undefined) throw new Error(`expected page ${place.page} in the PDF, got ${pages.length} pages`);
    const [widget, appearance] = [next++, next++];
    objects.set(appearance, emptyAppearance(place));
    objects.set(widget, buildWidget(place, page, appearance));
    objects.set(page, withAnnotation(objects.get(page) ?? file.get(page), widget));
    fields.push(reference(widget));
  }
  const form = next;
  objects.set(form, dictionary({ Fields: fields, SigFlags: 3 }));
  const root = file.trailer.get('Root');
  if (!isReference(root)) throw new Error('expected a PDF with a catalog');
  objects.set(root.ref, new Map([...catalogOf(file), ['AcroForm', reference(form)]]));
  return appendUpdate(file, objects).bytes;
}

/** All signature fields, in the form's order. */
export function readSignatureFields(file: PdfFile): SignatureField[] {
  const catalog = catalogOf(file);
  if (!catalog.has('AcroForm')) return [];
  const fields = file.resolve(dictionaryAt(file, catalog, 'AcroForm').get('Fields'));
  if (!Array.isArray(fields)) throw new Error('expected a PDF form with fields');
  // Each is signed in a revision of its own.
  if (fields.length > MOST_REVISIONS) throw new Error(`expected at most ${MOST_REVISIONS} fields in a PDF form`);
  return fields.map((item) => {
    const widget = file.resolve(item);
    if (!isReference(item) || !isDictionary(widget)) throw new Error('expected a PDF form of plain fields');
    const type = widget.get('FT');
    const title = widget.get('T');
    if (
      widget.has('Kids') ||
      !isString(title) ||
      typeof type !== 'object' ||
      type === null ||
      !('name' in type) ||
      type.name !== 'Sig'
    ) {
      throw new Error('expected a PDF form of signature fields and nothing else');
    }
    const signature = widget.has('V') ? dictionaryAt(file, widget, 'V') : undefined;
    return { field: decodeText(title.text), number: item.ref, widget, signature };
  });
}

/** Width and height of a field's widget, in points. */
export function sizeOf({ widget, field }: SignatureField): { width: number; height: number } {
  const rect = widget.get('Rect');
  const [left, bottom, right, top] = Array.isArray(rect) ? rect.map(Number) : [];
  if (left === undefined || bottom === undefined || right === undefined || top === undefined)
    throw new Error(`expected the field ${field} to have a rectangle`);
  return { width: right - left, height: top - bottom };
}

function decodeText(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xfe && bytes[1] === 0xff;
  return isUtf16 ? Buffer.from(bytes.subarray(2)).swap16().toString('utf16le') : Buffer.from(bytes).toString('latin1');
}

function pageNumbers(file: PdfFile): number[] {
  const kids = dictionaryAt(file, catalogOf(file), 'Pages').get('Kids');
  return Array.isArray(kids) ? kids.filter(isReference).map(({ ref }) => ref) : [];
}

function buildWidget({ field, x, y, width, height }: FieldPlace, page: number, appearance: number): PdfDictionary {
  return dictionary({
    Type: name('Annot'),
    Subtype: name('Widget'),
    FT: name('Sig'),
    T: textString(field),
    Rect: [x, y, x + width, y + height],
    F: 132, // printed and locked
    P: reference(page),
    AP: dictionary({ N: reference(appearance) }),
  });
}

function emptyAppearance({ width, height }: FieldPlace): PdfValue {
  const entries = dictionary({
    Type: name('XObject'),
    Subtype: name('Form'),
    BBox: [0, 0, width, height],
    Resources: new Map(),
  });
  return { dictionary: entries, data: new Uint8Array() };
}

function withAnnotation(page: PdfValue, widget: number): PdfValue {
  if (!isDictionary(page)) throw new Error('expected a page of the PDF to be a dictionary');
  const annotations = page.get('Annots') ?? [];
  if (!Array.isArray(annotations)) throw new Error('expected the annotations of a page as a list');
  return new Map([...page, ['Annots', [...annotations, reference(widget)]]]);
}
