import * as z from 'zod';
import { Assurance } from './procedure/closed-sets.ts';

/** Who did it. Officials are named by their id; applicants by their part in the dossier only. */
export const Actor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('applicant'), party: z.literal('submitter') }),
  z.strictObject({
    kind: z.literal('official'),
    id: z.string().describe('Id of the official'),
    unit: z.string().describe('Unit in which the official acted'),
    role: z.string().describe('Role that was exercised'),
    assurance: Assurance,
    via: z.string().optional().describe('Agency system whose signed webhook brought it, or `link` for a one-time link'),
  }),
  z.strictObject({ kind: z.literal('agency'), system: z.string().describe('Id of the agency system') }),
  z.strictObject({ kind: z.literal('platform') }),
]);
export type Actor = z.infer<typeof Actor>;
