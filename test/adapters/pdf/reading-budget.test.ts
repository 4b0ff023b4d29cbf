import { enclosedFiles } from '../../../adapters/pdf/enclosed-files.ts';
import { readForeign } from '../../../adapters/pdf/foreign-pdf.ts';
import { readPassing } from '../../../adapters/pdf/pdf-file.ts';
import { isReference, reference, type PdfValue } from '../../../adapters/pdf/pdf-syntax.ts';
import { readSignatureFields } from '../../../adapters/pdf/signature-fields.ts';
import { readValidationData } from '../../../adapters/pdf/validation-data.ts';
import { rawPdf, stream } from '../../builders/raw-pdf.ts';

const place = (offset: number): string => `${String(offset).padStart(10, '0')} 00000 n \n`;
const ending = (table: string, size: number, start: number): string =>
  `${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;

/** Objects that each begin within a comment of the one before: what follows the comment is part of them all. */
function sharing(heads: readonly string[], shared: string): Buffer {
  let text = '%PDF-1.7\n';
  const places = heads.map((head, index) => {
    const at = place(text.length);
    text += `${index + 1} 0 obj ${head}%`;
    return at;
  });
  text += `\n${shared}\nendobj\n`;
  const table = `xref\n0 ${heads.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  return Buffer.from(text + ending(table, heads.length + 1, text.length));
}

const OBJECTS = 20;
const numbers = Array.from({ length: OBJECTS }, (_, index) => index + 1);
const LISTS = '[]'.repeat(5_000);
const OVERLAP = 'expected a PDF whose objects do not overlap';
const TOO_MANY = 'expected a PDF of at most 500000 values';

/** Streams of which each has the length that the next one is; the last has this one. */
const chained = (last: number): Buffer =>
  sharing(
    numbers.map((number) => `<< /Length ${number === OBJECTS ? last : number + 1} 0 R /Lists [`),
    `${LISTS}] >>\nstream\n\nendstream`,
  );

describe('what may be read of a PDF', () => {
  it.each([
    ['values', `[${LISTS}]`],
    ['a stream', `<< /Length 10000 >>\nstream\n${' '.repeat(10_000)}\nendstream`],
  ])('is no more than its length allows where objects share %s', (_, shared) => {
    const pdf = sharing(
      numbers.map(() => ''),
      shared,
    );
    const file = readPassing(pdf);
    expect(file.get(1)).toBeDefined();
    expect(() => numbers.map((number) => file.get(number))).toThrow(OVERLAP);
    const foreign = readForeign(pdf);
    expect(foreign.resolve(reference(1))).toBeDefined();
    expect(() => numbers.map((number) => foreign.resolve(reference(number)))).toThrow(OVERLAP);
  });

  it('is counted while objects lead to each other, before the first of them is there', () => {
    const nowhere = OBJECTS + 1;
    expect(() => readPassing(chained(nowhere)).get(1)).toThrow(OVERLAP);
    expect(() => readForeign(chained(OBJECTS)).resolve(reference(1))).toThrow(OVERLAP);
  });

  it('is no more than half a million values and entries', () => {
    const values = rawPdf({ 1: `[${'0 '.repeat(500_001)}]` });
    expect(() => readPassing(values).get(1)).toThrow(TOO_MANY);
    expect(() => readForeign(values).resolve(reference(1))).toThrow(TOO_MANY);
    const head = '%PDF-1.7\n1 0 obj\n<<>>\nendobj\n';
    const table = `xref\n0 500001\n${'0 0 f '.repeat(500_001)}`;
    const entries = Buffer.from(head + ending(table, 2, head.length));
    expect(() => readPassing(entries)).toThrow(TOO_MANY);
    expect(() => readForeign(entries)).toThrow(TOO_MANY);
  });

  it('is nothing twice: a table leads to no table beside it', () => {
    const pdf = rawPdf({ 1: '<<>>' }, '/XRefStm 0000000000');
    const start = pdf.lastIndexOf('xref\n0');
    pdf.write(String(start).padStart(10, '0'), pdf.indexOf('/XRefStm ') + '/XRefStm '.length, 'latin1');
    expect(() => readForeign(pdf)).toThrow(`expected a value at byte ${start} of the PDF`);
  });

  it('is of validation data as many as are asked for', () => {
    const crls = Array.from({ length: 40 }, (_, index) => index + 3);
    const refs = crls.map((number) => `${number} 0 R`).join(' ');
    const lists = Object.fromEntries(crls.map((number) => [number, stream(`list ${number}`)]));
    const file = readPassing(rawPdf({ 1: '<< /DSS 2 0 R >>', 2: `<< /CRLs [${refs}] >>`, ...lists }));
    const resolved: number[] = [];
    const resolve = (value: PdfValue | undefined) => {
      if (isReference(value)) resolved.push(value.ref);
      return file.resolve(value);
    };
    expect(readValidationData({ ...file, resolve }, 16).crls).toHaveLength(16);
    expect(resolved.filter((number) => crls.includes(number))).toEqual(crls.slice(0, 16));
  });

  it('does not hang on how many objects it says to have', () => {
    const pdf = rawPdf({ 1: '<< /Type /Catalog >>', 2: stream('enclosed', { entries: '/Type /EmbeddedFile' }) });
    const text = pdf.toString('latin1').replace('/Size 3 ', '/Size 5000000000 ');
    expect(enclosedFiles(Buffer.from(text, 'latin1')).map((file) => Buffer.from(file).toString())).toEqual([
      'enclosed',
    ]);
  });

  it('is no more fields than can be signed', () => {
    const fields = '2 0 R '.repeat(101);
    const field = '<< /FT /Sig /T (one) >>';
    const file = readPassing(rawPdf({ 1: `<< /AcroForm << /Fields [${fields}] >> >>`, 2: field }));
    expect(() => readSignatureFields(file)).toThrow('expected at most 100 fields in a PDF form');
  });
});
