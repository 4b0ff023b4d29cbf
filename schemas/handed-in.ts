import * as z from 'zod';
import { DocumentRef } from './dossier.ts';
import { Name, UploadId } from './ids.ts';
import { PaperPlace } from './reuse.ts';

/** A document handed in: which need of the procedure it meets, by which upload or by which paper that the applicant has already. */
const HandedIn = z.strictObject({
  component: Name.describe('Name of the document in the procedure'),
  upload: UploadId.optional().describe('Upload that holds its bytes'),
  from: PaperPlace.optional().describe('In place of an upload: a paper that the applicant has already'),
  how: DocumentRef.shape.how.default('scan'),
});
/** What is handed in together. */
export const HandedInList = z
  .array(
    HandedIn.refine(({ upload, from }) => (upload === undefined) !== (from === undefined), {
      path: ['upload'],
      error: 'expected exactly one of upload, from',
    }),
  )
  .max(60);
