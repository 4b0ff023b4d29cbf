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

/** What a system that keeps a register of ours may be told of a number that it gave and that is void. Nothing of a person. */
export const VoidFact = z.enum([
  'register',
  'unit',
  'year',
  'number',
  'text',
  'given',
  'why',
  'date',
  'by',
  'procedure',
  'issue',
  'code',
  'request',
]);
export type VoidFact = z.infer<typeof VoidFact>;

/** Why a number that was given stands for no paper any more. */
export const VoidReason = z
  .enum(['not-issued', 'replaced', 'revoked', 'recalled'])
  .describe(
    '`not-issued`: nothing went out under it; `replaced`: a new copy, or a later result, has a number of its own; `revoked`, `recalled`: by a later result',
  );
export type VoidReason = z.infer<typeof VoidReason>;

/** Why the keeper has not heard that a number is void. */
export const VoidFault = z
  .enum([...Outage.options, 'refused', 'unusable', 'not-described', 'given-up'])
  .describe(
    'The first four pass, and it is told again; `refused`: it says no; `unusable`: its answer is not as described; `not-described`: its connector does not say how it is told; `given-up`: no attempt is left. Then a person has to see to it',
  );
export type VoidFault = z.infer<typeof VoidFault>;

/** Why no number came. */
export const NumberFault = z
  .enum([...Outage.options, 'refused', 'unusable', 'used'])
  .describe(
    '`not-let-in`: it does not know us; `not-ready`: not connected, or suspended; `refused`: it says no; `unusable`: its answer is not as described; `used`: the number is of another paper. The last three park the dossier',
  );
export type NumberFault = z.infer<typeof NumberFault>;
