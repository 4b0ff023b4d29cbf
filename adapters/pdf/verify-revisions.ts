import { catalogOf, readPdf, sameValue, type PdfFile } from './pdf-file.ts';
import { isDictionary, type PdfDictionary } from './pdf-syntax.ts';
import { readSignatureFields } from './signature-fields.ts';

/**
 * What a later revision may do to a signed document, and nothing else: fill exactly one signature field that was empty, with a signature and what it shows.
 * Returns what it does beyond that, `undefined` when nothing. Both files begin with the same bytes; `later` is the next signed revision.
 */
export function forbiddenChange(earlier: PdfFile, later: PdfFile): string | undefined {
  const added = later.revisions.length - earlier.revisions.length;
  const [newest] = later.revisions;
  if (added !== 1 || newest === undefined) return `expected one revision per signature, got ${added}`;
  if (newest.trailer.get('Prev') !== earlier.revisions[0]?.start)
    return 'a later revision does not continue the one before';
  for (const key of ['Root', 'Info'])
    if (!sameValue(earlier.trailer.get(key), later.trailer.get(key)))
      return `a later revision replaces the document's ${key}`;
  if (!sameValue(firstId(earlier), firstId(later))) return "a later revision replaces the document's identifier";
  const open = readSignatureFields(earlier).filter(({ signature }) => signature === undefined);
  const changed = [...newest.offsets.keys()].filter((number) => earlier.has(number) || number < earlier.size);
  const [field] = open.filter(({ number }) => changed.includes(number));
  if (field === undefined || changed.length !== 1)
    return `a later revision changes objects ${changed.join(', ') || 'none'}, expected one empty signature field`;
  return fieldChange(field.widget, later.get(field.number));
}

function fieldChange(before: PdfDictionary, after: unknown): string | undefined {
  if (!(after instanceof Map) || !isDictionary(after)) return 'a later revision replaces a signature field';
  const keys = new Set([...before.keys(), ...after.keys()]);
  const other = [...keys].find((key) => key !== 'V' && key !== 'AP' && !sameValue(before.get(key), after.get(key)));
  return other === undefined ? undefined : `a later revision changes ${other} of a signature field`;
}

function firstId(file: PdfFile) {
  const ids = file.trailer.get('ID');
  return Array.isArray(ids) ? ids[0] : undefined;
}

/** The document as it stood when these bytes were its end; throws when they are no whole PDF. */
export function readRevision(bytes: Uint8Array, end: number): PdfFile {
  const file = readPdf(bytes.subarray(0, end));
  catalogOf(file);
  return file;
}
