import type { Print, PrintRequest } from '../../domain/ports/papers.ts';
import { type NamedFile, namedFiles } from './enclosed-files.ts';
import { type Box, type ForeignPage, pagesOf } from './foreign-pages.ts';
import { readForeign } from './foreign-pdf.ts';
import { Importer, type Matrix, type Picture } from './import-pages.ts';
import { drawing, NewPdf } from './new-pdf.ts';
import { dictionary, type PdfReference, type PdfValue } from './pdf-syntax.ts';
import { languageOf, readPdf } from './pdf-file.ts';
import { pictureAsPage } from './picture-page.ts';
import { readingFile, Unprintable } from './print-fault.ts';
import { drawFeet, FOOT, type Note, placeOn } from './print-sheets.ts';

/** What all files of a print have together, in bytes. */
const MOST_BYTES = 60_000_000;

interface Sheet {
  page: ForeignPage;
  picture: Picture;
  of: Note['of'];
}

/**
 * A print of a paper of ours that carries files: its own pages and then theirs, each on a sheet of A4 with the QR code in its foot. What is drawn on them is copied
 * as it is; nothing of the paper is changed. The same request gives the same bytes.
 */
export async function printPaper(paper: Uint8Array, request: PrintRequest): Promise<Print> {
  const own: NamedFile = { name: '', title: request.title, mediaType: PDF, content: () => paper };
  const files = [own, ...namedFiles(paper)];
  const output = new NewPdf();
  const sheets: Sheet[] = [];
  let bytes = 0;
  for (const file of files) {
    try {
      const content = file.content();
      bytes += content.length;
      if (bytes > MOST_BYTES) throw new Unprintable('too-large', `at most ${MOST_BYTES} bytes`);
      sheets.push(...(await readingFile(() => sheetsOf(file, content, output))));
    } catch (error) {
      // Our own paper is ours to draw: what is wrong there is a defect.
      if (!(error instanceof Unprintable) || file.name === '') throw error;
      return { ok: false, fault: error.fault, file: file.name, problem: error.message };
    }
  }
  return { ok: true, pdf: await compose(output, sheets, { paper, request }) };
}

const PDF = 'application/pdf';

async function sheetsOf({ title, mediaType }: NamedFile, content: Uint8Array, output: NewPdf): Promise<Sheet[]> {
  const isPicture = mediaType === 'image/png' || mediaType === 'image/jpeg';
  if (!isPicture && mediaType !== PDF) throw new Unprintable('media', 'a PDF, JPEG or PNG');
  const file = readForeign(isPicture ? await pictureAsPage(content, mediaType) : content);
  const importer = new Importer(file, output);
  const pages = pagesOf(file);
  return pages.map((page, index) => ({
    page,
    picture: importer.picture(page),
    of: { title, page: index + 1, pages: pages.length },
  }));
}

async function compose(
  output: NewPdf,
  sheets: readonly Sheet[],
  { paper, request }: { paper: Uint8Array; request: PrintRequest },
): Promise<Uint8Array> {
  const lang = languageOf(readPdf(paper)) ?? request.lang;
  const notes = sheets.map(({ of }, index) => ({ of, page: index + 1, pages: sheets.length }));
  const feet = readForeign(await drawFeet({ ...request, lang }, notes));
  const importer = new Importer(feet, output);
  const [code, ...beside] = pagesOf(feet).map((page) => importer.picture(page));
  const root = output.reserve();
  const kids = sheets.map(({ page, picture }, index) => {
    const { width, height, at } = placeOn(page);
    const note = beside[index];
    if (!code || !note) throw new Error('expected a foot for each sheet');
    return sheetWith(output, root, {
      size: [0, 0, width, height],
      drawn: [
        [picture, at, page.box],
        [code, FOOT.code],
        [note, FOOT.note],
      ],
    });
  });
  return output.close({ root, kids }, { title: request.title, lang });
}

function sheetWith(
  output: NewPdf,
  parent: PdfReference,
  { size, drawn }: { size: number[]; drawn: [Picture, Matrix, Box?][] },
): PdfReference {
  const forms = new Map<string, PdfValue>();
  const draw = (form: PdfReference): string => {
    forms.set(`F${forms.size}`, form);
    return `/F${forms.size - 1} Do`;
  };
  const operators = drawn.map(([{ form, over }, at, within]) => {
    const more = over.map((each) => `q ${written(each.at)} cm ${draw(each.form)} Q`);
    // A page clips itself, being a form; what stands on it may reach beyond it, and must not into the foot.
    const clip = within ? [`${written(cornerAndSize(within))} re W n`] : [];
    return ['q', `${written(at)} cm`, ...clip, draw(form), ...more, 'Q'].join('\n');
  });
  return output.add(
    dictionary({
      Type: { name: 'Page' },
      Parent: parent,
      MediaBox: size,
      Resources: dictionary({ XObject: forms }),
      Contents: output.add(drawing(operators.join('\n'))),
    }),
  );
}

function cornerAndSize({ left, bottom, right, top }: Box): [x: number, y: number, width: number, height: number] {
  return [left, bottom, right - left, top - bottom];
}

function written(numbers: readonly number[]): string {
  return numbers.map((value) => value.toFixed(6)).join(' ');
}
