import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { FontSubset, TrueTypeFont } from '../../../adapters/pdf/font-subset.ts';

const path = createRequire(import.meta.url).resolve('@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf');
const file = readFileSync(path);
const whole = create(file) as Font;

/** Plain and composite letters: most of Vietnamese is put together from a letter and its marks. */
const TEXT = 'Giấy khai sinh Đặng Thị Ỷ fi 0123 – “”';

function subsetOf(text: string): { subset: Font; numbers: Map<number, number> } {
  const made = new FontSubset(new TrueTypeFont(file));
  const numbers = new Map(whole.glyphsForString(text).map(({ id }) => [id, made.includeGlyph(id)] as [number, number]));
  return { subset: create(Buffer.from(made.encode())) as Font, numbers };
}

it('holds the glyphs of the text, each with the outline and the width that it has in the font', () => {
  const { subset, numbers } = subsetOf(TEXT);
  // The missing glyph comes along, and parts of composite ones that no character stands for.
  expect(subset.numGlyphs).toBeGreaterThan(numbers.size + 1);
  for (const [id, number] of numbers) {
    const [own, original] = [subset.getGlyph(number), whole.getGlyph(id)];
    expect(own.path.toSVG()).toBe(original.path.toSVG());
    expect(own.advanceWidth).toBe(original.advanceWidth);
  }
});

it('gives a glyph one number, the missing glyph the first', () => {
  const made = new FontSubset(new TrueTypeFont(file));
  const [letter] = whole.glyphsForString('ự');
  expect(made.includeGlyph(letter?.id ?? 0)).toBe(1);
  expect(made.includeGlyph(letter?.id ?? 0)).toBe(1);
  expect(made.includeGlyph(0)).toBe(0);
});

it('is the same for the same glyphs, and much smaller than the font', () => {
  const encode = (): Uint8Array => {
    const made = new FontSubset(new TrueTypeFont(file));
    for (const { id } of whole.glyphsForString(TEXT)) made.includeGlyph(id);
    return made.encode();
  };
  expect(Buffer.compare(encode(), encode())).toBe(0);
  expect(encode().length).toBeLessThan(file.length / 64);
});

it('takes no instructions along', () => {
  const made = new FontSubset(new TrueTypeFont(file));
  for (const { id } of whole.glyphsForString(TEXT)) made.includeGlyph(id);
  const subset = new TrueTypeFont(made.encode());
  for (const table of ['cvt ', 'fpgm', 'prep']) expect(() => subset.table(table)).toThrow(`a table "${table}"`);
  expect(subset.outline(made.includeGlyph(whole.glyphForCodePoint(0x47))).length).toBeLessThan(
    new TrueTypeFont(file).outline(whole.glyphForCodePoint(0x47).id).length,
  );
});

it('refuses what is no TrueType font', () => {
  expect(() => new TrueTypeFont(new Uint8Array(64))).toThrow('expected a TrueType font with a table "head"');
});
