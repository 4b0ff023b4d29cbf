import * as z from 'zod';
import { AffectedPaper } from './dossier.ts';
import { Instant, Name, Sha256 } from './ids.ts';

/** Who carries a print, and since when: `form` of the decision `posted`. */
export const Carried = z.strictObject({
  on: z.iso.date().optional().describe('The day on which it was given to the carrier. Absent: today'),
  carrier: z.string().trim().min(1).max(100).describe('Who carries it, such as the post'),
  number: z.string().trim().min(1).max(100).optional().describe('Under which the carrier has it, if it gave one'),
});
export type Carried = z.infer<typeof Carried>;

/** A print that waits to be sent: what a task of kind `dispatch` is about. */
export const DispatchOfTask = z.strictObject({
  issue: Name,
  number: z.string().nullable().describe('As printed on it; null: it has none'),
  document: Sha256.describe(
    'What is printed: a PDF with its QR code, among the papers of the dossier; one that carries files with `print`, `GET /dossiers/{id}/documents/{doc}`',
  ),
  sealed: Instant,
});

/** A paper of another unit: what a task of kind `incoming` is about. */
export const PaperOfTask = z.strictObject({
  issue: Name,
  number: z.string().nullable(),
  sha256: Sha256.describe('Its file, `GET /dossiers/{id}/documents/{sha256}`'),
  mediaType: z.string(),
  readable: Sha256.optional().describe('Of a container: the PDF in it'),
  from: z.string().nullable().describe('The unit whose paper it is'),
  came: Instant,
  touched: AffectedPaper.pick({ effect: true, by: true })
    .optional()
    .describe('The unit had the paper already: what a later result did to it, by its number, is what the task tells'),
  affected: z
    .array(AffectedPaper.pick({ effect: true, by: true, at: true }))
    .describe('What later results did to it, by their numbers'),
});
