/** The values of PDF (ISO 32000-1 section 7.3). Names, strings and references are objects so that they cannot be mistaken for each other. */
export type PdfValue =
  null | boolean | number | PdfName | PdfString | PdfReference | PdfValue[] | PdfDictionary | PdfStream | PdfRaw;
export type PdfDictionary = Map<string, PdfValue>;
export interface PdfName {
  name: string;
}
export interface PdfString {
  text: Uint8Array;
}
export interface PdfReference {
  ref: number;
}
export interface PdfStream {
  dictionary: PdfDictionary;
  data: Uint8Array;
}
/** Written as it stands: for places that are filled in later. */
export interface PdfRaw {
  raw: string;
}

export const isName = (value: PdfValue | undefined): value is PdfName => isObject(value) && 'name' in value;
export const isString = (value: PdfValue | undefined): value is PdfString => isObject(value) && 'text' in value;
export const isReference = (value: PdfValue | undefined): value is PdfReference => isObject(value) && 'ref' in value;
export const isStream = (value: PdfValue | undefined): value is PdfStream => isObject(value) && 'dictionary' in value;
export const isDictionary = (value: PdfValue | undefined): value is PdfDictionary => value instanceof Map;

function isObject(
  value: PdfValue | undefined,
): value is Exclude<PdfValue, null | boolean | number | PdfValue[] | PdfDictionary> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

export const name = (text: string): PdfName => ({ name: text });
export const reference = (number: number): PdfReference => ({ ref: number });
export const dictionary = (entries: Readonly<Record<string, PdfValue>>): PdfDictionary =>
  new Map(Object.entries(entries));

/** A text string: UTF-16BE with its mark (section 7.9.2.2), in NFC. */
export function textString(text: string): PdfString {
  const units = Buffer.from(`\ufeff${text.normalize('NFC')}`, 'utf16le').swap16();
  return { text: new Uint8Array(units) };
}

/** A date in UTC (section 7.9.4). */
export function dateString(instant: number): PdfString {
  const digits = new Date(instant).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '');
  return { text: new Uint8Array(Buffer.from(`D:${digits}`, 'latin1')) };
}

/** Serialises a value; the same value gives the same bytes. A stream is written with its length. */
export function writeValue(value: PdfValue): Buffer {
  return isStream(value) ? writeStream(value) : Buffer.from(writeInline(value), 'latin1');
}

function writeStream({ dictionary: entries, data }: PdfStream): Buffer {
  const head = writeInline(new Map([...entries, ['Length', data.length]]));
  return Buffer.concat([Buffer.from(`${head}\nstream\n`, 'latin1'), data, Buffer.from('\nendstream', 'latin1')]);
}

function writeInline(value: PdfValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value);
  if (Array.isArray(value)) return `[${value.map(writeInline).join(' ')}]`;
  if (value instanceof Map)
    return `<<${[...value].map(([key, item]) => `${writeName(key)} ${writeInline(item)}`).join(' ')}>>`;
  if ('name' in value) return writeName(value.name);
  if ('text' in value) return `<${Buffer.from(value.text).toString('hex')}>`;
  if ('ref' in value) return `${value.ref} 0 R`;
  if ('raw' in value) return value.raw;
  throw new Error('expected a stream to stand alone, got one inside a value');
}

function writeNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(5).replace(/0+$/, '');
}

function writeName(text: string): string {
  return `/${text.replace(/[^!-~]|[#/()<>[\]{}%]/g, (character) => `#${character.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
}
