import type { FontStyle } from './draw-document.ts';
import type { FieldPlace } from './signature-fields.ts';

/** Millimetres in points. */
export const mm = (value: number): number => (value * 72) / 25.4;

/** Margins of Decree 30/2020, Annex I, part I, 3: top and bottom 20 mm, left 30 mm, right 20 mm, on A4. */
export const margins = { top: mm(20), bottom: mm(20), left: mm(30), right: mm(20) };
export const bodySize = 13;

/** A document being laid out: pdfkit's cursor, its structure for readers that listen, and the signature fields found on the way. */
export interface Layout {
  document: PDFKit.PDFDocument;
  /** The element under which the next ones are put. */
  parent: PDFKit.PDFStructureElement;
  left: number;
  width: number;
  bottom: number;
  fields: FieldPlace[];
}

export interface TextStyle {
  style: FontStyle;
  size: number;
  align?: 'left' | 'center' | 'right' | 'justify';
  x?: number;
  y?: number;
  width?: number;
  indent?: number;
  gap?: number;
}

/** Draws a tagged text at a place, or at the cursor; returns where it ends. */
export function drawText(layout: Layout, tag: string, text: string, style: TextStyle): number {
  const { document } = layout;
  document.font(style.style).fontSize(style.size);
  const options = {
    width: style.width ?? layout.width,
    align: style.align ?? 'left',
    indent: style.indent ?? 0,
    lineGap: style.gap ?? 1.5,
  };
  const fitted = fit(document, text, options.width - options.indent);
  const element = document.struct(tag, {}, () => {
    document.text(fitted, style.x ?? layout.left, style.y ?? document.y, options);
  });
  layout.parent.add(element);
  element.end();
  return document.y;
}

/** The height a text will take. */
export function heightOf(layout: Layout, text: string, style: TextStyle): number {
  const { document } = layout;
  document.font(style.style).fontSize(style.size);
  const [width, indent] = [style.width ?? layout.width, style.indent ?? 0];
  return document.heightOfString(fit(document, text, width - indent), { width, indent, lineGap: style.gap ?? 1.5 });
}

/** Letters: more than a line has. */
const LONGEST_LINE = 200;
const LONGER_WORDS = /\S{201,}/g;

/** The same text with words broken that no line has room for: pdfkit measures each anew for every letter that it leaves out. Expects font and size to be set. */
function fit(document: PDFKit.PDFDocument, text: string, width: number): string {
  return text.replaceAll(LONGER_WORDS, (word) => {
    const letters = [...word];
    const lines: string[] = [];
    for (let from = 0; from < letters.length;) {
      let [fits, over] = [1, Math.min(LONGEST_LINE, letters.length - from) + 1];
      while (over - fits > 1) {
        const middle = (fits + over) >> 1;
        if (document.widthOfString(letters.slice(from, from + middle).join('')) <= width) fits = middle;
        else over = middle;
      }
      lines.push(letters.slice(from, from + fits).join(''));
      from += fits;
    }
    return lines.join('\n');
  });
}

/** Lines and squares that carry no meaning of their own. */
export function drawArtifact({ document }: Layout, draw: () => void): void {
  document.markContent('Artifact', { type: 'Layout' });
  draw();
  document.endMarkedContent();
}

export function drawRule(layout: Layout, x: number, y: number, width: number): void {
  drawArtifact(layout, () =>
    layout.document
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(0.7)
      .stroke(),
  );
}

/** Begins a new page when less than this height is left. */
export function keepTogether(layout: Layout, height: number): void {
  const { document } = layout;
  if (document.y + height > layout.bottom) document.addPage();
}

/** Keeps a rectangle for a signature; places are counted from the upper left here and from the lower left in PDF. */
export function keepField(
  layout: Layout,
  field: string,
  place: { x: number; y: number; width: number; height: number },
): void {
  const { document } = layout;
  const pages = document.bufferedPageRange();
  const rounded = (value: number) => Math.round(value * 100) / 100;
  layout.fields.push({
    field,
    page: pages.start + pages.count - 1,
    x: rounded(place.x),
    y: rounded(document.page.height - place.y - place.height),
    width: rounded(place.width),
    height: rounded(place.height),
  });
}
