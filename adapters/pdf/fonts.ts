import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

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
  return (bundled ??= {
    regular: open(require.resolve('@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf')),
    bold: open(require.resolve('@expo-google-fonts/tinos/700Bold/Tinos_700Bold.ttf')),
    italic: open(require.resolve('@expo-google-fonts/tinos/400Regular_Italic/Tinos_400Regular_Italic.ttf')),
    boldItalic: open(require.resolve('@expo-google-fonts/tinos/700Bold_Italic/Tinos_700Bold_Italic.ttf')),
  });
}

function open(path: string): Font {
  const font = create(readFileSync(path));
  if ('fonts' in font) throw new Error(`expected one font in ${path}, got a collection`);
  return font;
}
