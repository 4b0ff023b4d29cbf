import { appendUpdate } from './incremental-update.ts';
import { catalogOf, readPdf, sameValue, type PdfFile } from './pdf-file.ts';
import { dictionary, isDictionary, isReference, isStream, name, reference, type PdfValue } from './pdf-syntax.ts';

/** What is needed to judge a document's signatures long after: all DER. */
export interface ValidationData {
  certificates: readonly Uint8Array[];
  crls: readonly Uint8Array[];
  ocsps: readonly Uint8Array[];
}

const KEYS = { certificates: 'Certs', crls: 'CRLs', ocsps: 'OCSPs' } as const satisfies Record<
  keyof ValidationData,
  string
>;

/** Appends a document security store (ISO 32000-2 section 12.8.4.3): a PAdES B-T document becomes B-LT. */
export function addValidationData(pdf: Uint8Array, data: ValidationData): Uint8Array {
  const file = readPdf(pdf);
  const objects = new Map<number, PdfValue>();
  let next = file.size;
  const add = (value: PdfValue) => {
    objects.set(next, value);
    return reference(next++);
  };
  const store = dictionary({ Type: name('DSS') });
  for (const part of ['certificates', 'crls', 'ocsps'] as const) {
    const streams = data[part].map((der) => add({ dictionary: new Map(), data: der }));
    if (streams.length > 0) store.set(KEYS[part], streams);
  }
  objects.set(rootOf(file), new Map([...catalogOf(file), ['DSS', add(store)] as const]));
  return appendUpdate(file, objects).bytes;
}

/** What a document brings along, the first `most` of each kind. Nobody has signed the store: its parts stand for themselves. */
export function readValidationData(file: PdfFile, most = Infinity): ValidationData {
  const store = file.resolve(catalogOf(file).get('DSS'));
  const partOf = (part: keyof ValidationData): Uint8Array[] => {
    const items = isDictionary(store) ? file.resolve(store.get(KEYS[part])) : undefined;
    return (Array.isArray(items) ? items : []).slice(0, most).flatMap((item) => {
      const stream = file.resolve(item);
      return isStream(stream) && !stream.dictionary.has('Filter') ? [stream.data] : [];
    });
  };
  return { certificates: partOf('certificates'), crls: partOf('crls'), ocsps: partOf('ocsps') };
}

/** Whether the later file is the earlier one with one more revision that adds such a store, and changes nothing that is seen. */
export function addsOnlyValidationData(earlier: PdfFile, later: PdfFile): boolean {
  const [newest] = later.revisions;
  if (newest === undefined || later.revisions.length !== earlier.revisions.length + 1) return false;
  if (newest.trailer.get('Prev') !== earlier.revisions[0]?.start) return false;
  for (const key of ['Root', 'Info']) if (!sameValue(earlier.trailer.get(key), later.trailer.get(key))) return false;
  const changed = [...newest.offsets.keys()].filter((number) => earlier.has(number) || number < earlier.size);
  if (changed.length !== 1 || changed[0] !== rootOf(earlier)) return false;
  const [before, after] = [catalogOf(earlier), catalogOf(later)];
  const keys = new Set([...before.keys(), ...after.keys()]);
  return !before.has('DSS') && [...keys].every((key) => key === 'DSS' || sameValue(before.get(key), after.get(key)));
}

function rootOf(file: PdfFile): number {
  const root = file.trailer.get('Root');
  if (!isReference(root)) throw new Error('expected the PDF to refer to its catalogue');
  return root.ref;
}
