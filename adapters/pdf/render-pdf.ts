import PDFDocument from 'pdfkit';
import type { EnclosedFile } from '../../domain/ports/papers.ts';
import type { Template } from '../../schemas/template.ts';
import {
  fillTemplate,
  type FilledDocument,
  type FillOptions,
  type TemplateData,
} from '../../domain/template/fill-template.ts';
import { collect, registerFonts } from './draw-document.ts';
import { drawBlock } from './draw-body.ts';
import { drawFoot, drawHead, drawPageNumbers } from './draw-frame.ts';
import { bundledFonts, type Fonts } from './fonts.ts';
import { margins, type Layout } from './page-layout.ts';
import { addSignatureFields } from './signature-fields.ts';

export interface RenderRequest extends FillOptions {
  template: Template;
  data: TemplateData;
  /** Milliseconds since the epoch; written into the file. */
  createdAt: number;
  /** Identifies the document: part of the file's identifier. */
  id: string;
  fonts?: Fonts;
  /** Carried as associated files: makes it PDF/A-3. */
  enclosed?: readonly EnclosedFile[];
}

/**
 * Draws a document from its template: PDF/A-2b (3b with enclosed files), tagged, with prepared signature fields, equal bytes for equal input.
 * Throws `TemplateValueMissing` when the data lacks a value.
 */
export async function renderPdf(request: RenderRequest): Promise<Uint8Array> {
  return drawPdf(fillTemplate(request.template, request.data, request), request);
}

/** The same of a template that is filled. */
export async function drawPdf(
  filled: FilledDocument,
  request: Pick<RenderRequest, 'createdAt' | 'id' | 'fonts' | 'enclosed'>,
): Promise<Uint8Array> {
  const document = createDocument(request, filled);
  registerFonts(document, request.fonts ?? bundledFonts());
  const root = document.struct('Document');
  const layout: Layout = {
    document,
    parent: root,
    left: margins.left,
    width: document.page.width - margins.left - margins.right,
    bottom: document.page.height - margins.bottom,
    fields: [],
  };
  const drawn = await collect(document, () => {
    document.addStructure(root);
    drawHead(layout, filled);
    filled.body.forEach((block) => drawBlock(layout, block));
    drawFoot(layout, filled);
    root.end();
    drawPageNumbers(layout);
    enclose(document, request);
  });
  return addSignatureFields(drawn, layout.fields);
}

function createDocument(
  { createdAt, id, enclosed = [] }: Pick<RenderRequest, 'createdAt' | 'id' | 'enclosed'>,
  filled: FilledDocument,
): PDFKit.PDFDocument {
  return new PDFDocument({
    size: 'A4',
    margins,
    pdfVersion: '1.7',
    subset: enclosed.length === 0 ? 'PDF/A-2b' : 'PDF/A-3b',
    tagged: true,
    lang: filled.lang,
    displayTitle: true,
    bufferPages: true,
    font: null as unknown as string,
    info: {
      Title: plain(filled.title),
      Author: plain(filled.agency.name),
      Creator: 'Onetrack',
      Producer: 'Onetrack',
      Keywords: plain(id),
      CreationDate: new Date(createdAt),
    },
  });
}

/** pdfkit writes these into XML as they are. */
function plain(text: string): string {
  return text.replace(/[<>&]/g, ' ').normalize('NFC');
}

function enclose(
  document: PDFKit.PDFDocument,
  { enclosed = [], createdAt }: Pick<RenderRequest, 'enclosed' | 'createdAt'>,
): void {
  const at = new Date(createdAt);
  for (const { name, mediaType, title, content } of enclosed) {
    const dates = { creationDate: at, modifiedDate: at };
    const options = { name, type: mediaType, description: plain(title), relationship: 'Source', ...dates };
    document.file(Buffer.from(content), options);
  }
}
