import { create as createQr } from 'qrcode';
import type { PrintRequest } from '../../domain/ports/papers.ts';
import { collect, createBlankDocument, registerFonts } from './draw-document.ts';
import { bundledFonts } from './fonts.ts';
import type { ForeignPage } from './foreign-pages.ts';
import type { Matrix } from './import-pages.ts';
import { mm } from './page-layout.ts';

/** A4 upright; a page that is wider than high lies on it across. */
export const SHEET = { width: 595.28, height: 841.89 };
/** What most printers leave white at each side. */
const EDGE = mm(6);
/** With the quiet zone of four modules that ISO/IEC 18004 asks for. */
const QR_SIDE = mm(26);
const NOTE_SIZE = 9;

/** What stands in the foot of one sheet, beside the QR code. */
export interface Note {
  /** Of which file it is, and its page there. */
  of: { title: string; page: number; pages: number };
  page: number;
  pages: number;
}

/** The feet of a print, a page each; the first page is the QR code alone, which all have. */
export function drawFeet(request: PrintRequest, notes: readonly Note[]): Promise<Uint8Array> {
  const document = createBlankDocument({ width: QR_SIDE, height: QR_SIDE }, 0);
  registerFonts(document, bundledFonts());
  return collect(document, () => {
    drawCode(document, request.link);
    for (const note of notes) {
      document.addPage({ size: [noteWidth, QR_SIDE], margin: 0 });
      drawNote(document, request, note);
    }
  });
}

const noteWidth = SHEET.width - 2 * EDGE - QR_SIDE;

/** Where a sheet's foot stands: the code, and the note beside it. */
export const FOOT = { code: [1, 0, 0, 1, EDGE, EDGE], note: [1, 0, 0, 1, EDGE + QR_SIDE, EDGE] } as const satisfies {
  code: Matrix;
  note: Matrix;
};

function drawCode(document: PDFKit.PDFDocument, link: string): void {
  const { modules } = createQr(link, { errorCorrectionLevel: 'M' });
  const module = QR_SIDE / (modules.size + 8);
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++)
      if (modules.get(row, column)) document.rect((column + 4) * module, (row + 4) * module, module, module);
  document.fill('black');
}

function drawNote(document: PDFKit.PDFDocument, { lang, number, code, link }: PrintRequest, note: Note): void {
  const words = lang === 'vi' ? VI : EN;
  const at = link.replace(/\?.*$/, '');
  const lines = [
    ['bold', `${words.print(number)}, ${words.page(note.page, note.pages)}`],
    ['regular', `${note.of.title}, ${words.page(note.of.page, note.of.pages)}`],
    ['regular', words.check(at, code)],
  ] as const;
  let y = mm(4);
  for (const [style, text] of lines) {
    document.font(style).fontSize(NOTE_SIZE);
    document.text(text.normalize('NFC'), 4, y, { width: noteWidth - 4, height: 2.4 * NOTE_SIZE, ellipsis: true });
    y = document.y + 2;
  }
}

const VI = {
  print: (number: string | null) => `Bản in của văn bản điện tử${number === null ? '' : ` số ${number}`}`,
  page: (page: number, pages: number) => `trang ${page}/${pages}`,
  check: (at: string, code: string) => `Đối chiếu với bản điện tử: quét mã QR, hoặc vào ${at} với mã hồ sơ ${code}.`,
};
const EN: typeof VI = {
  print: (number) => `Print of the electronic paper${number === null ? '' : ` No. ${number}`}`,
  page: (page, pages) => `page ${page} of ${pages}`,
  check: (at, code) => `Compare with the electronic paper: scan the QR code, or go to ${at} with the code ${code}.`,
};

/** A sheet for a page: whether it lies across, and where the page stands on it. Pages are made smaller so that they fit above the foot, never larger. */
export function placeOn({ box, turned, unit }: Pick<ForeignPage, 'box' | 'turned' | 'unit'>): {
  width: number;
  height: number;
  at: Matrix;
} {
  const [across, up] = [(box.right - box.left) * unit, (box.top - box.bottom) * unit];
  const isOnSide = turned === 90 || turned === 270;
  const [width, height] = isOnSide ? [up, across] : [across, up];
  const sheet = width > height ? { width: SHEET.height, height: SHEET.width } : SHEET;
  const room = { width: sheet.width - 2 * EDGE, height: sheet.height - 2 * EDGE - QR_SIDE };
  const scale = Math.min(1, room.width / width, room.height / height);
  const left = (sheet.width - width * scale) / 2;
  const bottom = EDGE + QR_SIDE + (room.height - height * scale) / 2;
  return { ...sheet, at: turn(box, { turned, scale: scale * unit, left, bottom }) };
}

/** Turns a box clockwise, and puts it so that its lower left corner stands there. */
function turn(
  { left: x0, bottom: y0, right: x1, top: y1 }: ForeignPage['box'],
  { turned, scale: s, left, bottom }: { turned: ForeignPage['turned']; scale: number; left: number; bottom: number },
): Matrix {
  if (turned === 90) return [0, -s, s, 0, left - s * y0, bottom + s * x1];
  if (turned === 180) return [-s, 0, 0, -s, left + s * x1, bottom + s * y1];
  if (turned === 270) return [0, s, -s, 0, left + s * y1, bottom - s * x0];
  return [s, 0, 0, s, left - s * x0, bottom - s * y0];
}
