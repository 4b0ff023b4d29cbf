import { drawAppearance } from '../../../adapters/pdf/appearance.ts';
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

/** fontkit's type declarations leave this method open. */
function glyphOf(font: object, codePoint: number): { codePoints: number[] } {
  return (font as { glyphForCodePoint(code: number): { codePoints: number[] } }).glyphForCodePoint(codePoint);
}
