import * as z from 'zod';
import { Instant, Slug } from '../ids.ts';

/** A law, decision or order, as it is cited: names of persons do not belong here, for it stands in the record for good. */
const Basis = z.string().min(1).max(500);
const Hand = z.strictObject({ by: Slug.describe('Id of the official'), at: Instant });

/** What becomes of the record of a dossier that has ended. */
export const archiveEvents = {
  HoldSet: z.strictObject({ hold: Slug, legalBasis: Basis }),
  HoldLifted: z.strictObject({ hold: Slug, legalBasis: Basis }),
  DossierDisposed: z.strictObject({
    list: Slug.describe('The disposal list'),
    number: z.string().min(1).max(100).describe('Number of the decision, as printed on it'),
    legalBasis: Basis,
    why: z.enum(['retention', 'order']).describe('`order`: before its time, as law or a court ordered'),
    fate: z.enum(['destroyed', 'transferred']).describe('`transferred`: an archive has a copy'),
    to: z.string().min(1).max(200).optional().describe('The archive that has it'),
    proposed: Hand,
    approved: z.array(Hand).length(2).describe('By two, neither of whom proposed it'),
  }),
} as const;
