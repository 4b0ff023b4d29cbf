import * as z from 'zod';
import { Instant, Sha256, UploadId } from './ids.ts';

/** `POST /uploads`: what will be sent. */
export const UploadRequest = z.strictObject({
  fileName: z.string().min(1).max(255).describe('Name shown to officials; never a path'),
  mediaType: z
    .enum([
      'application/pdf',
      'image/png',
      'image/jpeg',
      'application/zip',
      'application/json',
      'application/xml',
      'text/plain',
    ])
    .describe('Must be what the bytes are'),
  size: z.int().positive().describe('Bytes'),
  sha256: Sha256.describe('Of the bytes'),
  parts: z
    .strictObject({
      size: z.int().min(65_536).max(8_388_608).describe('Bytes of each part but the last'),
      sha256: z.array(Sha256).min(1).max(256).describe('Of each part, in order'),
    })
    .optional()
    .describe('So that it can come in parts, and go on after the line was cut'),
});
const UploadProgress = z.strictObject({
  size: z.int().describe('Bytes of each part but the last'),
  count: z.int().describe('How many parts there are'),
  arrived: z.array(z.int()).describe('Parts that are there, counted from 1'),
  next: z
    .array(
      z.strictObject({
        part: z.int(),
        url: z.string().describe('PUT the bytes of the part there'),
        headers: z.record(z.string(), z.string()).describe('To be sent with them, as they are'),
      }),
    )
    .describe('Where the next go that are not there, in any order; asked again, there are the ones after them'),
});
export type UploadProgress = z.infer<typeof UploadProgress>;
export const UploadAnswer = z.strictObject({
  id: UploadId,
  url: z.string().describe('PUT the bytes there'),
  headers: z.record(z.string(), z.string()).describe('To be sent with them, as they are'),
  expiresAt: Instant.describe('Until then the address holds; announced again under the same key, there is a fresh one'),
  parts: UploadProgress.optional().describe('Where it was announced in parts'),
});
/** `GET /uploads/{id}`. */
export const UploadRead = z.strictObject({
  id: UploadId,
  fileName: z.string(),
  mediaType: z.string(),
  size: z.int(),
  sha256: Sha256,
  state: z
    .enum(['expected', 'arrived', 'taken'])
    .describe('Bytes are missing; all are there, not judged yet; a submission has it'),
  keptUntil: Instant.describe('Unless a submission names it before, it is removed then, with what has arrived'),
  expiresAt: Instant.describe('Until then the addresses below hold; asked again, there are fresh ones'),
  parts: UploadProgress.optional().describe('Where it was announced in parts'),
});

export const UploadPath = z.strictObject({ id: UploadId });
export const UploadPartPath = z.strictObject({ id: UploadId, part: z.coerce.number().int().min(1).max(256) });
