import * as z from 'zod';

/** What a system that keeps a register of ours may be told when it is asked for a number. `holder`: personal data, the name of the applicant. */
export const NumberFact = z.enum([
  'register',
  'unit',
  'year',
  'date',
  'procedure',
  'issue',
  'code',
  'request',
  'purpose',
  'legalBasis',
  'holder',
]);
export type NumberFact = z.infer<typeof NumberFact>;

/** For as long as one of these lasts the paper waits, and goes on by itself. */
export const Outage = z.enum(['down', 'slow', 'not-let-in', 'not-ready']);
export type Outage = z.infer<typeof Outage>;

/** Why no number came. */
export const NumberFault = z
  .enum([...Outage.options, 'refused', 'unusable', 'used'])
  .describe(
    '`not-let-in`: it does not know us; `not-ready`: not connected, or suspended; `refused`: it says no; `unusable`: its answer is not as described; `used`: the number is of another paper. The last three park the dossier',
  );
export type NumberFault = z.infer<typeof NumberFault>;
