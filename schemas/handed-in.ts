import * as z from 'zod';
import { Reference } from './classified.ts';
import { Name, Slug, UploadId } from './ids.ts';
import { Acceptance } from './procedure/papers.ts';
import { PaperPlace } from './reuse.ts';

/** A document handed in: which need of the procedure it meets, by which upload, by which paper that the applicant has already, or by a reference where it is classified. */
const HandedIn = z.strictObject({
  component: Name.describe('Name of the document in the procedure'),
  upload: UploadId.optional().describe('Upload that holds its bytes'),
  from: PaperPlace.optional().describe('In place of an upload: a paper that the applicant has already'),
  reference: Reference.optional().describe('In place of an upload, and the only way of a classified document'),
  evidence: Slug.optional().describe(
    'Which of the other evidence it is that counts instead; absent: it is the document itself',
  ),
  how: Acceptance.default('scan').describe('How it is handed in; of a reference nothing need be said'),
});
/** What is handed in together. */
export const HandedInList = z
  .array(
    HandedIn.refine(
      ({ upload, from, reference }) => [upload, from, reference].filter((way) => way !== undefined).length === 1,
      { path: ['upload'], error: 'expected exactly one of upload, from, reference' },
    ),
  )
  .max(60);
