import PDFDocument from 'pdfkit';
import type { Fonts } from './fonts.ts';

/** Runs a pdfkit document to its end and collects its bytes. */
export async function collect(document: PDFKit.PDFDocument, draw: () => void): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => void chunks.push(chunk));
    document.once('end', resolve);
    document.once('error', reject);
  });
  draw();
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

/** Names of the fonts within a document; pdfkit reads a font only when it is first used. */
export type FontStyle = keyof Fonts;

export function registerFonts(document: PDFKit.PDFDocument, fonts: Fonts): void {
  for (const style of ['regular', 'bold', 'italic', 'boldItalic'] as const satisfies readonly FontStyle[]) {
    // pdfkit takes an opened font too; its types know bytes and paths only.
    document.registerFont(style, fonts[style] as unknown as ArrayBuffer);
  }
}

/** One page of exactly this size without margins: the source of a signature's appearance. The instant is written into the file, so equal inputs give equal bytes. */
export function createBlankDocument(size: { width: number; height: number }, at: number): PDFKit.PDFDocument {
  return new PDFDocument({
    size: [size.width, size.height],
    margin: 0,
    pdfVersion: '1.7',
    info: { CreationDate: new Date(at) },
    font: null as unknown as string,
  });
}
