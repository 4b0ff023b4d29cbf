import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** TrueType files by style. Decree 30/2020 asks for Times New Roman; Tinos has its metrics, every Vietnamese letter, and a free licence. */
export interface Fonts {
  regular: Uint8Array;
  bold: Uint8Array;
  italic: Uint8Array;
  boldItalic: Uint8Array;
}

let bundled: Fonts | undefined;

/** The fonts that come with the platform, read once. */
export function bundledFonts(): Fonts {
  return (bundled ??= {
    regular: read('400Regular/Tinos_400Regular.ttf'),
    bold: read('700Bold/Tinos_700Bold.ttf'),
    italic: read('400Regular_Italic/Tinos_400Regular_Italic.ttf'),
    boldItalic: read('700Bold_Italic/Tinos_700Bold_Italic.ttf'),
  });
}

function read(file: string): Uint8Array {
  return readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/tinos/${file}`));
}
