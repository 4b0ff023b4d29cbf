import { drawAppearance } from '../../../adapters/pdf/appearance.ts';
import { lackedOf } from '../../../schemas/typeface.ts';
import { bundledFonts, type Fonts, openFonts } from '../../../adapters/pdf/fonts.ts';

function draw(fonts: Fonts, text: string) {
  return drawAppearance({ width: 300, height: 40, at: 0, first: 1, fonts }, (document) => {
    document.font('bold').fontSize(13).text(text, 0, 0);
  });
}

describe('fonts that documents share', () => {
  it('draw the same bytes whatever was drawn before: what an official authorised stays the same after a restart', async () => {
    const text = 'KT. CHỦ TỊCH Nguyễn Hữu Phước, Đỗ Quỳnh Như';
    const used = openFonts();
    for (const earlier of ['ý', 'Ð ð', 'fi ‐ ­ a', 'ŷ ỳ ỵ']) await draw(used, earlier);
    expect(await draw(used, text)).toEqual(await draw(openFonts(), text));
  });

  it.each(['y', 'Đ', '-', ' '])('yield %j as the character that is meant', (letter) => {
    for (const font of Object.values(bundledFonts()) as object[])
      expect(glyphOf(font, letter.charCodeAt(0)).codePoints).toEqual([letter.charCodeAt(0)]);
  });
});

describe('a letter that the typeface lacks', () => {
  it('is never drawn as a box: the drawing fails, with its number and not its text', async () => {
    for (const text of ['Nguyễn 李', 'Mai 😀', '\ue000\uf8ff', 'ไทย', 'a\tb'])
      await expect(draw(bundledFonts(), text)).rejects.toThrow(
        /^expected letters of the typeface of papers, got U\+[0-9A-F]{4,}$/,
      );
  });

  it('is the same for who hands in a text and for who draws it', () => {
    const fonts = Object.values(bundledFonts()) as { hasGlyphForCodePoint(code: number): boolean }[];
    const unlike = Array.from({ length: 0x110000 - 0x20 }, (_, index) => index + 0x20).filter((code) => {
      if ((code >= 0xd800 && code <= 0xf8ff) || (code >= 0xfffc && code <= 0xffff)) return false;
      // In form C it may be another character.
      const text = String.fromCodePoint(code);
      const letters = [...text.normalize('NFC')].map((each) => each.codePointAt(0) ?? 0);
      const shown = letters.every((letter) => fonts.every((font) => font.hasGlyphForCodePoint(letter)));
      return (lackedOf(text) === undefined) !== shown;
    });
    expect(unlike).toEqual([]);
  });

  it.each(['Nguyễn Thị Ánh Tuyết', 'Đỗ Ưng', 'Ştefan Țurcanu', 'Κώστας', 'Ольга', 'Żółć', 'e\u0301', 'a\nb\tc\r\n'])(
    'is in no such text as %j',
    (text) => {
      expect(lackedOf(text)).toBeUndefined();
    },
  );
});

/** fontkit's type declarations leave this method open. */
function glyphOf(font: object, codePoint: number): { codePoints: number[] } {
  return (font as { glyphForCodePoint(code: number): { codePoints: number[] } }).glyphForCodePoint(codePoint);
}
