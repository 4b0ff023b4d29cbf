import { sha256 } from '../cms/signed-data.ts';
import type { PdfFile } from './pdf-file.ts';
import { writeValue, type PdfDictionary, type PdfValue } from './pdf-syntax.ts';

export interface Update {
  bytes: Uint8Array;
  /** Where each written object begins. */
  offsets: Map<number, number>;
}

/** Appends new and replaced objects with a cross-reference table of their own (ISO 32000-1 section 7.5.6); what was there stays byte for byte. */
export function appendUpdate(file: PdfFile, objects: ReadonlyMap<number, PdfValue>): Update {
  const numbers = [...objects.keys()].sort((a, b) => a - b);
  const parts: Buffer[] = [Buffer.from(file.bytes)];
  const offsets = new Map<number, number>();
  let position = file.bytes.length;
  const push = (part: Buffer) => {
    parts.push(part);
    position += part.length;
  };
  if (file.bytes.at(-1) !== 0x0a) push(Buffer.from('\n'));
  for (const number of numbers) {
    offsets.set(number, position);
    push(
      Buffer.concat([
        Buffer.from(`${number} 0 obj\n`),
        writeValue(objects.get(number) ?? null),
        Buffer.from('\nendobj\n'),
      ]),
    );
  }
  const start = position;
  push(Buffer.from(writeTable(numbers, offsets), 'latin1'));
  const trailer = writeValue(trailerOf(file, Math.max(file.size, ...numbers.map((number) => number + 1))));
  push(Buffer.concat([Buffer.from('trailer\n'), trailer, Buffer.from(`\nstartxref\n${start}\n%%EOF\n`)]));
  return { bytes: new Uint8Array(Buffer.concat(parts)), offsets };
}

function writeTable(numbers: readonly number[], offsets: ReadonlyMap<number, number>): string {
  const lines = ['xref'];
  numbers.forEach((number, i) => {
    if (numbers[i - 1] !== number - 1) lines.push(`${number} ${runLength(numbers, i)}`);
    lines.push(`${String(offsets.get(number)).padStart(10, '0')} 00000 n `);
  });
  return `${lines.join('\n')}\n`;
}

function runLength(numbers: readonly number[], from: number): number {
  let length = 1;
  while (numbers[from + length] === (numbers[from] ?? 0) + length) length++;
  return length;
}

/** The second part of the file's identifier changes with each revision (section 14.4), here with the content before it. */
function trailerOf(file: PdfFile, size: number): PdfDictionary {
  const trailer: PdfDictionary = new Map();
  for (const key of ['Root', 'Info']) {
    const value = file.trailer.get(key);
    if (value !== undefined) trailer.set(key, value);
  }
  const ids = file.trailer.get('ID');
  if (Array.isArray(ids) && ids[0] !== undefined)
    trailer.set('ID', [ids[0], { text: sha256(file.bytes).subarray(0, 16) }]);
  trailer.set('Size', size);
  trailer.set('Prev', file.revisions[0]?.start ?? 0);
  return trailer;
}
