import { inflateSync } from 'node:zlib';
import { catalogOf, readPdf, type PdfFile } from './pdf-file.ts';
import {
  isDictionary,
  isName,
  isStream,
  isString,
  type PdfDictionary,
  type PdfStream,
  type PdfString,
} from './pdf-syntax.ts';

const MOST_BYTES = 100_000_000;

/** What the files that a PDF carries hold. Throws where that cannot be read, or one is longer than 100 MB. */
export function enclosedFiles(pdf: Uint8Array): Uint8Array[] {
  const file = readPdf(pdf);
  return file.numbers().flatMap((number) => {
    const value = file.get(number);
    if (!isStream(value)) return [];
    const type = value.dictionary.get('Type');
    if (!isName(type) || type.name !== 'EmbeddedFile') return [];
    return [contentOf(value)];
  });
}

/** A file that a paper of ours carries. */
export interface NamedFile {
  name: string;
  title: string;
  mediaType: string;
  content: () => Uint8Array;
}

/** The files that a paper of ours carries, in the order in which it was given them. */
export function namedFiles(pdf: Uint8Array): NamedFile[] {
  const file = readPdf(pdf);
  const associated = file.resolve(catalogOf(file).get('AF'));
  if (!Array.isArray(associated)) return [];
  return associated.map((each) => {
    const specification = file.resolve(each);
    const files = isDictionary(specification) ? file.resolve(specification.get('EF')) : undefined;
    const stream = isDictionary(files) ? file.resolve(files.get('F')) : undefined;
    if (!isDictionary(specification) || !isStream(stream)) throw new Error('expected the files of a paper');
    const type = file.resolve(stream.dictionary.get('Subtype'));
    return {
      name: textAt(file, specification, 'UF'),
      title: textAt(file, specification, 'Desc'),
      mediaType: isName(type) ? type.name : '',
      content: () => contentOf(stream),
    };
  });
}

function contentOf({ dictionary, data }: PdfStream): Uint8Array {
  return dictionary.get('Filter') === undefined ? data : inflateSync(data, { maxOutputLength: MOST_BYTES });
}

function textAt(file: PdfFile, dictionary: PdfDictionary, key: string): string {
  const value = file.resolve(dictionary.get(key));
  return isString(value) ? readText(value) : '';
}

/** UTF-16BE where it begins with its mark; what we write otherwise is ASCII. */
function readText({ text }: PdfString): string {
  const bytes = Buffer.from(text);
  if (bytes[0] !== 0xfe || bytes[1] !== 0xff) return bytes.toString('latin1');
  return bytes
    .subarray(2, bytes.length - (bytes.length % 2))
    .swap16()
    .toString('utf16le');
}
