import * as z from 'zod';
import { TaskOpening } from '../dossier.ts';
import { Name, Sha256, TaskId } from '../ids.ts';

/** A scan as an official has compared it with the paper before him. */
export const ComparedScan = z.strictObject({ component: Name, sha256: Sha256 });
export type ComparedScan = z.infer<typeof ComparedScan>;

/** Paper that has become electronic, and what became of it. */
export const intakeEvents = {
  IntakeSigned: z
    .strictObject({
      task: TaskId.describe('The open work of the official who took it in'),
      scans: z.array(ComparedScan).min(1).describe('All that was not taken in before'),
      manifest: Sha256.describe('What was signed: canonical JSON, kept with the documents'),
      signature: Sha256.describe('Detached CMS over the manifest, time-stamped, kept with the documents'),
      certificate: Sha256.describe("Digest of the signer's certificate"),
      judgedBy: z
        .array(z.strictObject({ kind: z.enum(['crl', 'ocsp']), document: Sha256 }))
        .describe('What was said of its certificates when it was accepted'),
      keeps: z
        .strictObject({
          components: z.array(Name).min(1),
          visit: z.int().positive(),
          opening: TaskOpening.describe('Handing them back: whose work it is, and until when they may be kept'),
        })
        .optional()
        .describe('Originals in custody; their place is in the secret. Absent: all were given back at once'),
    })
    .describe('An official has compared these scans with the paper and signed over them'),
  OriginalsReturned: z
    .strictObject({ task: TaskId, components: z.array(Name).min(1) })
    .describe('Originals that were in custody were handed back'),
  OriginalsLost: z
    .strictObject({ task: TaskId, components: z.array(Name).min(1) })
    .describe('Originals that were in custody are lost or destroyed; what is known of it lies in the secret'),
} as const;
