import * as z from 'zod';
import { Sha256 } from './ids.ts';

const PrintFlag = z
  .literal('true')
  .optional()
  .describe('Of a paper that carries files: a PDF for paper instead, of its pages and theirs, each with the QR code');
/** `GET /dossiers/{id}/documents/{doc}`. */
export const DocumentQuery = z.strictObject({
  inPlace: z
    .literal('true')
    .optional()
    .describe('Where files lie at another origin: a PDF is drawn where it is led to, not downloaded'),
  print: PrintFlag,
});

const PaperMark = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'expected 22 letters, digits, - and _');
/** `GET /tracking/{codeOrReference}`: what whoever holds a paper reads on it, or computes of its file. */
export const HeldPaperQuery = z.strictObject({
  number: z.string().trim().min(1).max(100).optional().describe('Number of a paper, as it is printed on it'),
  sha256: Sha256.optional().describe('Digest of the file of a paper; with a number: of the same paper'),
  mark: PaperMark.optional().describe('What the QR code of a paper says of it'),
});
/** `GET /tracking/{codeOrReference}/paper`. */
export const PaperMarkQuery = z.strictObject({ mark: PaperMark, print: PrintFlag });
