import * as z from 'zod';
import { Instant, Name, Slug, TaskId, UploadId } from './ids.ts';
import { Reference } from './classified.ts';
import { mapOf } from './map-of.ts';
import { PaperPlace } from './reuse.ts';

/** Id that its owner gives a draft; it stands as `Idempotency-Key` of the submission or answer too. */
export const DraftPath = z.strictObject({
  id: z.string().regex(/^[0-9A-Za-z-]{16,64}$/, 'expected 16 to 64 letters, digits and hyphens, such as a UUID'),
});

/** A file of a draft, held by the platform as an upload, or in a dossier that the applicant has already. */
const DraftFile = z.strictObject({
  component: Name.describe('Name of the document in the procedure'),
  upload: UploadId.optional(),
  from: PaperPlace.optional().describe('In place of an upload: a paper that the applicant has already'),
  reference: Reference.optional().describe('In place of an upload: of a classified document'),
  how: z.string().max(30).optional().describe('The form in which that is handed in'),
  evidence: z
    .string()
    .max(64)
    .optional()
    .describe('Which other evidence it is, instead of the document; empty: not said yet'),
  name: z.string().min(1).max(255).describe('Name of the file'),
});

/** What somebody has entered so far. Nothing of it is judged before it is handed in. */
const Content = z.strictObject({
  procedure: Slug,
  task: TaskId.optional().describe(
    'Where it answers what a dossier’s applicant is asked: which task. Absent: it is an application',
  ),
  version: z
    .string()
    .regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, 'expected a version, such as 1.0.0')
    .describe('Version of the procedure by which it was filled in'),
  unit: z.string().max(64).default('').describe('Unit that would receive'),
  email: z.string().max(1000).default(''),
  entered: mapOf(z.string().min(1).max(500), z.string(), { most: 10_000 })
    .default({})
    .describe('As it was entered, by place in the form (RFC 6901 pointer; parts of a date behind a point)'),
  files: z.array(DraftFile).max(60).default([]),
  place: z.int().min(0).max(1000).default(0).describe('Page at which its owner was'),
});
export type DraftContent = z.output<typeof Content>;

/** `PUT /drafts/{id}`. */
export const DraftRequest = Content.extend({
  follows: z.int().min(0).describe('Revision that it was made from; 0 for a new one'),
});

export const DraftSaved = z.strictObject({
  id: DraftPath.shape.id,
  procedure: Slug,
  task: TaskId.optional().describe('The task that it answers'),
  version: Content.shape.version,
  revision: z.int(),
  saved: Instant,
  expires: Instant.describe('From then on it is gone, unless it is saved again'),
});
export type DraftSaved = z.output<typeof DraftSaved>;

export const DraftList = z.strictObject({ items: z.array(DraftSaved) });

export const DraftAnswer = Content.extend(DraftSaved.shape).extend({
  files: z.array(
    DraftFile.extend({
      until: Instant.nullable().describe(
        'Until when the platform holds its bytes, a paper as long as the draft; null: no longer, send it again',
      ),
    }),
  ),
});
export type DraftAnswer = z.output<typeof DraftAnswer>;
