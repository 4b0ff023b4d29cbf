import { sha256 } from '../cms/signed-data.ts';
import {
  dictionary,
  reference,
  textString,
  writeValue,
  type PdfReference,
  type PdfStream,
  type PdfValue,
} from './pdf-syntax.ts';
import { Unprintable } from './print-fault.ts';

/** How many bytes a file that is made of others may have, and how many objects. */
const MOST_BYTES = 130_000_000;
const MOST_OBJECTS = 300_000;

/** A PDF that is put together from objects: the same in the same order give the same bytes. Throws `Unprintable` beyond its limits. */
export class NewPdf {
  readonly #objects: (PdfValue | undefined)[] = [];
  #bytes = 0;

  /** A number for an object that comes later. */
  reserve(): PdfReference {
    if (this.#objects.length >= MOST_OBJECTS) throw new Unprintable('too-large', `at most ${MOST_OBJECTS} objects`);
    this.#objects.push(undefined);
    return reference(this.#objects.length);
  }

  put({ ref }: PdfReference, value: PdfValue): void {
    if (typeof value === 'object' && value !== null && 'data' in value) this.#bytes += value.data.length;
    if (this.#bytes > MOST_BYTES) throw new Unprintable('too-large', `at most ${MOST_BYTES} bytes`);
    this.#objects[ref - 1] = value;
  }

  add(value: PdfValue): PdfReference {
    const at = this.reserve();
    this.put(at, value);
    return at;
  }

  /** The file, with these pages. */
  close(
    pages: { root: PdfReference; kids: PdfReference[] },
    { title, lang }: { title: string; lang: string },
  ): Uint8Array {
    this.put(pages.root, dictionary({ Type: { name: 'Pages' }, Kids: pages.kids, Count: pages.kids.length }));
    const root = this.add(
      dictionary({
        Type: { name: 'Catalog' },
        Pages: pages.root,
        Lang: textString(lang),
        ViewerPreferences: dictionary({ DisplayDocTitle: true }),
      }),
    );
    const info = this.add(dictionary({ Title: textString(title), Producer: textString('Onetrack') }));
    return this.#write(root, info);
  }

  #write(root: PdfReference, info: PdfReference): Uint8Array {
    const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
    let position = parts[0]?.length ?? 0;
    const lines = ['xref', `0 ${this.#objects.length + 1}`, '0000000000 65535 f '];
    this.#objects.forEach((value, index) => {
      lines.push(`${String(position).padStart(10, '0')} 00000 n `);
      const written = [Buffer.from(`${index + 1} 0 obj\n`), writeValue(value ?? null), Buffer.from('\nendobj\n')];
      parts.push(...written);
      position += written.reduce((sum, { length }) => sum + length, 0);
    });
    const id = { text: sha256(...parts).subarray(0, 16) };
    const trailer = dictionary({ Size: this.#objects.length + 1, Root: root, Info: info, ID: [id, id] });
    const end = [Buffer.from(`${lines.join('\n')}\ntrailer\n`), writeValue(trailer)];
    return new Uint8Array(Buffer.concat([...parts, ...end, Buffer.from(`\nstartxref\n${position}\n%%EOF\n`)]));
  }
}

/** A stream of drawing operators. */
export function drawing(operators: string): PdfStream {
  return { dictionary: new Map(), data: new Uint8Array(Buffer.from(operators, 'latin1')) };
}
