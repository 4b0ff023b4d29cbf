/** Flags of a part of a composite glyph (OpenType specification, glyf). */
const part = {
  wordArguments: 0x1,
  scale: 0x8,
  more: 0x20,
  twoScales: 0x40,
  twoByTwo: 0x80,
  instructions: 0x100,
} as const;

/** Flags of a font by which its instructions change what is drawn (OpenType specification, head). */
const INSTRUCTED = 0x4 | 0x10;

/** The tables of a TrueType font, as views of its file. */
export class TrueTypeFont {
  readonly #tables: ReadonlyMap<string, Uint8Array>;
  readonly #longOffsets: boolean;
  readonly #metrics: number;

  constructor(file: Uint8Array) {
    const view = viewOf(file);
    const tables = new Map<string, Uint8Array>();
    for (let index = 0; index < view.getUint16(4); index += 1) {
      const entry = 12 + 16 * index;
      const start = view.getUint32(entry + 8);
      const name = Buffer.from(file.subarray(entry, entry + 4)).toString('latin1');
      tables.set(name, file.subarray(start, start + view.getUint32(entry + 12)));
    }
    this.#tables = tables;
    this.#longOffsets = viewOf(this.table('head')).getInt16(50) === 1;
    this.#metrics = viewOf(this.table('hhea')).getUint16(34);
  }

  /** Throws where the font has no such table. */
  table(name: string): Uint8Array {
    const found = this.#tables.get(name);
    if (!found) throw new Error(`expected a TrueType font with a table "${name}", found none`);
    return found;
  }

  /** The description of a glyph; empty for one without an outline. */
  outline(glyph: number): Uint8Array {
    const loca = viewOf(this.table('loca'));
    const at = (index: number): number =>
      this.#longOffsets ? loca.getUint32(4 * index) : 2 * loca.getUint16(2 * index);
    return this.table('glyf').subarray(at(glyph), at(glyph + 1));
  }

  /** Advance width and left side bearing, in units of the font. */
  metrics(glyph: number): { advance: number; bearing: number } {
    const view = viewOf(this.table('hmtx'));
    const last = Math.min(glyph, this.#metrics - 1);
    const bearing = glyph < this.#metrics ? 4 * glyph + 2 : 4 * this.#metrics + 2 * (glyph - this.#metrics);
    return { advance: view.getUint16(4 * last), bearing: view.getInt16(bearing) };
  }
}

/**
 * The glyphs of a font that a document uses, numbered anew in order of use, as a font of their own, with the tables that a PDF wants of it (ISO 32000-1
 * section 9.9). What fontkit makes by describing each table and glyph, most of the time of drawing a paper, is copied here as it stands, but for the
 * instructions that fit outlines to the pixels of a coarse screen: half of the bytes, and nothing to print or to a screen of today.
 */
export class FontSubset {
  readonly #font: TrueTypeFont;
  readonly #glyphs: number[] = [];
  readonly #numbers = new Map<number, number>();

  constructor(font: TrueTypeFont) {
    this.#font = font;
    this.includeGlyph(0);
  }

  /** The number of a glyph in the subset. */
  includeGlyph(glyph: number | { id: number }): number {
    const id = typeof glyph === 'number' ? glyph : glyph.id;
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.#glyphs.length;
      this.#numbers.set(id, number);
      this.#glyphs.push(id);
    }
    return number;
  }

  encode(): Uint8Array {
    // Grows on the way: parts of composite glyphs come along.
    const outlines: Uint8Array[] = [];
    for (const glyph of this.#glyphs) outlines.push(this.#withoutInstructions(this.#font.outline(glyph)));
    const { head, hhea, maxp } = this.#heads(outlines.length);
    return fileOf([
      { name: 'glyf', bytes: Buffer.concat(outlines.map(padded)) },
      { name: 'head', bytes: head },
      { name: 'hhea', bytes: hhea },
      { name: 'hmtx', bytes: this.#metricsTable() },
      { name: 'loca', bytes: offsetsOf(outlines) },
      { name: 'maxp', bytes: maxp },
    ]);
  }

  #withoutInstructions(outline: Uint8Array): Uint8Array {
    if (outline.length === 0) return outline;
    const contours = viewOf(outline).getInt16(0);
    return contours < 0 ? this.#numbered(outline) : bareContours(outline, 10 + 2 * contours);
  }

  /** A composite glyph names its parts by the numbers that they have in the subset. */
  #numbered(outline: Uint8Array): Uint8Array {
    const own = new Uint8Array(outline);
    const view = viewOf(own);
    let at = 10;
    for (let flags: number = part.more; (flags & part.more) !== 0; at += lengthOfPart(flags)) {
      flags = view.getUint16(at);
      view.setUint16(at, flags & ~part.instructions);
      view.setUint16(at + 2, this.includeGlyph(view.getUint16(at + 2)));
    }
    return own.subarray(0, at);
  }

  #heads(glyphs: number): { head: Uint8Array; hhea: Uint8Array; maxp: Uint8Array } {
    const head = new Uint8Array(this.#font.table('head'));
    viewOf(head).setUint32(8, 0);
    viewOf(head).setInt16(50, 1);
    viewOf(head).setUint16(16, viewOf(head).getUint16(16) & ~INSTRUCTED);
    const hhea = new Uint8Array(this.#font.table('hhea'));
    viewOf(hhea).setUint16(34, glyphs);
    const maxp = new Uint8Array(this.#font.table('maxp'));
    viewOf(maxp).setUint16(4, glyphs);
    // From the most points of the twilight zone to the most bytes of instructions: there are none.
    maxp.fill(0, 16, 28);
    return { head, hhea, maxp };
  }

  #metricsTable(): Uint8Array {
    const table = new Uint8Array(4 * this.#glyphs.length);
    const view = viewOf(table);
    for (const [number, glyph] of this.#glyphs.entries()) {
      const { advance, bearing } = this.#font.metrics(glyph);
      view.setUint16(4 * number, advance);
      view.setInt16(4 * number + 2, bearing);
    }
    return table;
  }
}

/** The outline of a glyph of contours, whose count of bytes of instructions stands at `at` and the instructions behind it. */
function bareContours(outline: Uint8Array, at: number): Uint8Array {
  const behind = at + 2 + viewOf(outline).getUint16(at);
  return Buffer.concat([outline.subarray(0, at), Uint8Array.of(0, 0), outline.subarray(behind)]);
}

function lengthOfPart(flags: number): number {
  const scales = flags & part.scale ? 2 : flags & part.twoScales ? 4 : flags & part.twoByTwo ? 8 : 0;
  return 4 + (flags & part.wordArguments ? 4 : 2) + scales;
}

function offsetsOf(outlines: readonly Uint8Array[]): Uint8Array {
  const table = new Uint8Array(4 * (outlines.length + 1));
  const view = viewOf(table);
  let end = 0;
  for (const [number, outline] of outlines.entries()) view.setUint32(4 * (number + 1), (end += paddedLength(outline)));
  return table;
}

function fileOf(tables: readonly { name: string; bytes: Uint8Array }[]): Uint8Array {
  const directory = new Uint8Array(12 + 16 * tables.length);
  const view = viewOf(directory);
  const power = Math.floor(Math.log2(tables.length));
  view.setUint32(0, 0x00010000);
  view.setUint16(4, tables.length);
  view.setUint16(6, 16 * 2 ** power);
  view.setUint16(8, power);
  view.setUint16(10, 16 * (tables.length - 2 ** power));
  let start = directory.length;
  for (const [index, { name, bytes }] of tables.entries()) {
    const entry = 12 + 16 * index;
    directory.set(Buffer.from(name, 'latin1'), entry);
    view.setUint32(entry + 4, checksumOf(bytes));
    view.setUint32(entry + 8, start);
    view.setUint32(entry + 12, bytes.length);
    start += paddedLength(bytes);
  }
  return Buffer.concat([directory, ...tables.map(({ bytes }) => padded(bytes))]);
}

/** The sum of a table's 32-bit words, the last filled up with zeros. */
function checksumOf(bytes: Uint8Array): number {
  const view = viewOf(padded(bytes));
  let sum = 0;
  for (let at = 0; at < view.byteLength; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}

function paddedLength({ length }: Uint8Array): number {
  return Math.ceil(length / 4) * 4;
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const filled = new Uint8Array(paddedLength(bytes));
  filled.set(bytes);
  return filled;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
