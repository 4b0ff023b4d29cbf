import * as z from 'zod';
import { Name } from './ids.ts';

/** What a register must do before it is asked for citizens: told by records that it holds for trials, and by no citizen's. */
export const ConnectorContract = z.strictObject({
  purpose: z.string().min(1).max(500),
  legalBasis: z.string().min(1).max(500),
  known: z
    .strictObject({
      key: z.string().min(1).max(200),
      fields: z.record(Name, z.unknown()).default({}).describe('Values that it must have, by name of the connector'),
    })
    .describe('A record that it has'),
  unknown: z.string().min(1).max(200).describe('A key of which it has nothing'),
  open: z.boolean().default(false).describe('It lets anybody in, and that is meant'),
});
export type ConnectorContract = z.infer<typeof ConnectorContract>;
