import * as z from 'zod';
import { Assurance, InstrumentKind } from './procedure/closed-sets.ts';

/** In whose place an official acted, as it was judged at that moment: the record must tell it when the organisation has long changed. */
export const OnBehalfOf = z.strictObject({
  unit: z.string().describe('Unit of the office acted for'),
  role: z.string().describe('Role of the office acted for'),
  officials: z.array(z.string()).describe('Who held that office then: separation of duties counts them as acting'),
  instruments: z
    .array(z.strictObject({ id: z.string(), kind: InstrumentKind, number: z.string().optional() }))
    .min(1)
    .max(2)
    .describe('By what: the first gives the power, the second passes it on'),
  capacity: z.array(z.string()).min(1).describe('As printed above the name, such as KT. CHỦ TỊCH, PHÓ CHỦ TỊCH'),
});
export type OnBehalfOf = z.infer<typeof OnBehalfOf>;

/** Who did it. Officials are named by their id; applicants by their part in the dossier only. */
export const Actor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('applicant'), party: z.literal('submitter') }),
  z.strictObject({
    kind: z.literal('official'),
    id: z.string().describe('Id of the official'),
    unit: z.string().describe('Unit of the official’s own appointment'),
    role: z.string().describe('Role of the official’s own appointment'),
    assurance: Assurance,
    onBehalfOf: OnBehalfOf.optional().describe('Absent: in the office that is his own'),
    via: z.string().optional().describe('Agency system whose signed webhook brought it, or `link` for a one-time link'),
  }),
  z.strictObject({ kind: z.literal('agency'), system: z.string().describe('Id of the agency system') }),
  z.strictObject({ kind: z.literal('platform') }),
]);
export type Actor = z.infer<typeof Actor>;
