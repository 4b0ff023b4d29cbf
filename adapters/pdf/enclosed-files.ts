import { inflateSync } from 'node:zlib';
import { readPdf } from './pdf-file.ts';
import { isName, isStream } from './pdf-syntax.ts';

const MOST_BYTES = 100_000_000;

/** What the files that a PDF carries hold. Throws where that cannot be read, or one is longer than 100 MB. */
export function enclosedFiles(pdf: Uint8Array): Uint8Array[] {
  const file = readPdf(pdf);
  return [...Array(file.size).keys()].flatMap((number) => {
    const value = file.has(number) ? file.get(number) : undefined;
    if (!isStream(value)) return [];
    const type = value.dictionary.get('Type');
    if (!isName(type) || type.name !== 'EmbeddedFile') return [];
    const isPacked = value.dictionary.get('Filter') !== undefined;
    return [isPacked ? inflateSync(value.data, { maxOutputLength: MOST_BYTES }) : value.data];
  });
}
