import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type GlyphRun, type Subset } from 'fontkit';
import { TaskTerminal } from '../../domain/failures.ts';
import { lackedOf } from '../../schemas/typeface.ts';
import { Kept } from '../../domain/kept.ts';
import { FontSubset, TrueTypeFont } from './font-subset.ts';

/** The four styles of a typeface, opened. A font may be shared by documents: reading it costs more than drawing a page. */
export interface Fonts {
  regular: Font;
  bold: Font;
  italic: Font;
  boldItalic: Font;
}

const require = createRequire(import.meta.url);
let bundled: Fonts | undefined;

/**
 * The typeface that comes with the platform, read once. Decree 30/2020 asks for Times New Roman; Tinos has its metrics,
 * every Vietnamese letter, and a free licence.
 */
export function bundledFonts(): Fonts {
  return (bundled ??= openFonts());
}

/** The same, read anew. */
export function openFonts(): Fonts {
  return {
    regular: open(require.resolve('@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf')),
    bold: open(require.resolve('@expo-google-fonts/tinos/700Bold/Tinos_700Bold.ttf')),
    italic: open(require.resolve('@expo-google-fonts/tinos/400Regular_Italic/Tinos_400Regular_Italic.ttf')),
    boldItalic: open(require.resolve('@expo-google-fonts/tinos/700Bold_Italic/Tinos_700Bold_Italic.ttf')),
  };
}

/** Letters of Vietnamese and ASCII: where several characters share a glyph, such as Đ and Ð, these are the ones meant. */
const ALPHABET = [
  ...Array.from({ length: 0x5f }, (_, index) => 0x20 + index),
  ...'ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯàáâãèéêìíòóôõùúýăđĩũơư'.split('').map((letter) => letter.charCodeAt(0)),
  ...Array.from({ length: 0x5a }, (_, index) => 0x1ea0 + index),
];

function open(path: string): Font {
  const file = readFileSync(path);
  const font = create(file);
  if ('fonts' in font) throw new Error(`expected one font in ${path}, got a collection`);
  // fontkit keeps for each glyph the characters of its first use, and none if that was as a part of another (y in ý): the text that a document yields, and
  // so its bytes, would hang on what this process had drawn before.
  for (const character of [...ALPHABET, ...font.characterSet]) font.glyphForCodePoint(character);
  const outlines = new TrueTypeFont(file);
  // Its types say that including a glyph answers a truth value; it is the glyph's number.
  font.createSubset = () => new FontSubset(outlines) as unknown as Subset;
  return rememberWords(font);
}

/** Of a font: a page has a few hundred, most of them its template's. */
const MOST_WORDS = 5_000;

/** Shaping is a third of drawing, and words recur from paper to paper: each is shaped once. */
function rememberWords(font: Font): Font {
  const layOut = font.layout.bind(font);
  const shape: Font['layout'] = (text, ...how) => whole(layOut(text, ...how), text);
  const known = new Kept<GlyphRun>(MOST_WORDS);
  font.layout = (text, ...how) => {
    if (how.some((each) => each !== undefined)) return shape(text, ...how);
    const run = known.of(text, () => shape(text));
    // pdfkit scales the positions that it is given, in place.
    return Object.assign(Object.create(Object.getPrototypeOf(run) as object) as GlyphRun, run, {
      positions: run.positions.map((position) => ({ ...position })),
    });
  };
  return font;
}

/** A paper with a box in place of a letter of somebody's name is none. Ends of lines are measured and never drawn. */
function whole(run: GlyphRun, text: string): GlyphRun {
  if (!run.glyphs.some(({ id }) => id === 0)) return run;
  const lacked = text.includes('\t') ? 'U+0009' : lackedOf(text);
  if (lacked === undefined) return run;
  throw new TaskTerminal(`expected letters of the typeface of papers, got ${lacked}`);
}
