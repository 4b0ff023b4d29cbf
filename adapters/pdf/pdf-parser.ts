import type { PdfDictionary, PdfValue } from './pdf-syntax.ts';
import { isDictionary, isReference } from './pdf-syntax.ts';
import { ReadingBudget } from './reading-budget.ts';

const whitespace = bytesOf('\0\t\n\f\r ');
/** What ends a name or a number: whitespace and delimiters. */
const endsOfWord = bytesOf('\0\t\n\f\r ()<>[]{}/%');
const deepest = 64;
/** As many as every safe integer has. */
const mostDigits = 15;
/** Of a string in brackets, in bytes: what is longer is no text. */
const longestText = 1_000_000;

/** By byte, whether it is one of these characters. */
function bytesOf(characters: string): readonly boolean[] {
  return Array.from({ length: 256 }, (_, byte) => characters.includes(String.fromCharCode(byte)));
}

/** Reads PDF values from bytes at a position, within a budget. Throws with the position where something else stands than a value. */
export class PdfParser {
  readonly #bytes: Buffer;
  readonly #budget: ReadingBudget;
  position: number;
  /** Up to where the bytes were taken from the budget. */
  #taken: number;
  #depth = 0;

  constructor(bytes: Uint8Array, position: number, budget = new ReadingBudget(bytes.length)) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#budget = budget;
    this.position = position;
    this.#taken = position;
  }

  /** `n 0 obj ... endobj`. `lengthOf` resolves a stream's length when it is a reference. */
  readObject(lengthOf: (reference: number) => number): { number: number; value: PdfValue } {
    const number = this.readInteger();
    if (this.readInteger() !== 0) throw this.#error('an object of generation 0');
    this.expect('obj');
    const value = this.readValue();
    this.skipSpace();
    if (!isDictionary(value) || !this.#startsWith('stream')) {
      this.expect('endobj');
      return { number, value };
    }
    const stream = { dictionary: value, data: this.#readStream(value, lengthOf) };
    this.expect('endstream');
    this.expect('endobj');
    return { number, value: stream };
  }

  readValue(): PdfValue {
    this.#budget.takeValues(1);
    const value = this.#readAny();
    this.#takeBytes();
    return value;
  }

  #readAny(): PdfValue {
    this.skipSpace();
    const byte = this.#bytes[this.position];
    if (this.#startsWith('<<')) return this.#nested(() => this.#readDictionary());
    if (byte === 0x3c) return this.#readHexString();
    if (byte === 0x28) return this.#readLiteralString();
    if (byte === 0x2f) return { name: this.#readName() };
    if (byte === 0x5b) return this.#nested(() => this.#readArray());
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#startsWith(word)) {
        this.position += word.length;
        return value;
      }
    }
    return this.#readNumberOrReference();
  }

  readInteger(): number {
    const value = this.#readNumber();
    if (!Number.isSafeInteger(value) || value < 0) throw this.#error('a whole number');
    return value;
  }

  /** The number that these digits alone are, `undefined` for what is written otherwise. Tables of a file are made of such. */
  #readDigits(): number | undefined {
    let value = 0;
    let at = this.position;
    for (; at - this.position < mostDigits; at++) {
      const digit = (this.#bytes[at] ?? 0) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    const next = this.#bytes[at];
    if (at === this.position || !(next === undefined || endsOfWord[next] === true)) return undefined;
    this.position = at;
    return value;
  }

  expect(word: string): void {
    this.skipSpace();
    if (!this.#startsWith(word)) throw this.#error(word);
    this.position += word.length;
  }

  /** Whether this word comes next; if so it is passed. */
  accept(word: string): boolean {
    this.skipSpace();
    if (!this.#startsWith(word)) return false;
    this.position += word.length;
    return true;
  }

  skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.position];
      if (byte === 0x25) this.#skipComment();
      else if (byte !== undefined && whitespace[byte] === true) this.position++;
      else break;
    }
    this.#takeBytes();
  }

  #skipComment(): void {
    for (; this.position < this.#bytes.length; this.position++) {
      const byte = this.#bytes[this.position];
      if (byte === 0x0a || byte === 0x0d) return;
    }
  }

  #takeBytes(): void {
    this.#budget.takeBytes(this.position - this.#taken);
    this.#taken = this.position;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > deepest) throw this.#error(`at most ${deepest} levels`);
    const value = read();
    this.#depth--;
    return value;
  }

  #readDictionary(): PdfDictionary {
    this.position += 2;
    const entries: PdfDictionary = new Map();
    while (!this.accept('>>')) {
      const key = this.#readName();
      if (entries.has(key)) throw this.#error(`one entry ${key}`);
      entries.set(key, this.readValue());
    }
    return entries;
  }

  #readArray(): PdfValue[] {
    this.position += 1;
    const items: PdfValue[] = [];
    while (!this.accept(']')) items.push(this.readValue());
    return items;
  }

  #readName(): string {
    if (this.#character() !== '/') throw this.#error('a name');
    const start = ++this.position;
    while (!this.#isEndOfWord()) this.position++;
    const text = this.#bytes.toString('latin1', start, this.position);
    return text.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }

  #readHexString(): PdfValue {
    const end = this.#bytes.indexOf('>', this.position);
    if (end === -1) throw this.#error('the end of a string');
    const digits = this.#bytes.toString('latin1', this.position + 1, end).replace(/\s/g, '');
    if (!/^[0-9a-fA-F]*$/.test(digits)) throw this.#error('hexadecimal digits');
    this.position = end + 1;
    return { text: new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex')) };
  }

  #readLiteralString(): PdfValue {
    const out: number[] = [];
    let open = 0;
    for (;;) {
      const byte = this.#bytes[this.position++];
      if (byte === undefined || out.length > longestText) throw this.#error('the end of a string');
      if (byte === 0x5c) this.#readEscape(out);
      else if (byte === 0x28 && open++ === 0) continue;
      else if (byte === 0x29 && --open === 0) return { text: Uint8Array.from(out) };
      else out.push(byte);
    }
  }

  #readEscape(out: number[]): void {
    const octal = /^[0-7]{1,3}/.exec(this.#bytes.toString('latin1', this.position, this.position + 3))?.[0];
    if (octal !== undefined) {
      out.push(parseInt(octal, 8) & 0xff);
      this.position += octal.length;
      return;
    }
    const character = this.#character();
    this.position += character === '\r' && this.#bytes[this.position + 1] === 0x0a ? 2 : 1;
    if (character === '\n' || character === '\r') return;
    const control = { n: 10, r: 13, t: 9, b: 8, f: 12 }[character];
    out.push(control ?? character.charCodeAt(0));
  }

  #readNumberOrReference(): PdfValue {
    const value = this.#readNumber();
    const after = this.position;
    if (whitespace[this.#bytes[after] ?? 0] !== true) return value;
    const tail = /^[\s\0]+0[\s\0]+R(?![A-Za-z0-9])/.exec(this.#bytes.toString('latin1', after, after + 12));
    if (tail === null || !Number.isSafeInteger(value) || value < 0) return value;
    this.position = after + tail[0].length;
    return { ref: value };
  }

  #readNumber(): number {
    this.skipSpace();
    const digits = this.#readDigits();
    if (digits !== undefined) return digits;
    const start = this.position;
    while (!this.#isEndOfWord()) this.position++;
    const text = this.#bytes.toString('latin1', start, this.position);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) {
      this.position = start;
      throw this.#error('a value');
    }
    return Number(text);
  }

  #readStream(entries: PdfDictionary, lengthOf: (reference: number) => number): Uint8Array {
    this.position += 'stream'.length;
    if (this.#character() === '\r') this.position++;
    if (this.#character() !== '\n') throw this.#error('a line end after stream');
    const start = ++this.position;
    const length = entries.get('Length');
    const size = isReference(length) ? lengthOf(length.ref) : length;
    if (typeof size !== 'number' || size < 0 || start + size > this.#bytes.length)
      throw this.#error('a stream with its length');
    this.position = start + size;
    return new Uint8Array(this.#bytes.subarray(start, start + size));
  }

  #isEndOfWord(): boolean {
    const byte = this.#bytes[this.position];
    return byte === undefined || endsOfWord[byte] === true;
  }

  #character(): string {
    return String.fromCharCode(this.#bytes[this.position] ?? 0);
  }

  #startsWith(word: string): boolean {
    for (let index = 0; index < word.length; index++)
      if (this.#bytes[this.position + index] !== word.charCodeAt(index)) return false;
    return true;
  }

  #error(expected: string): Error {
    return new Error(`expected ${expected} at byte ${this.position} of the PDF`);
  }
}
