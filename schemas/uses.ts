import * as z from 'zod';
import { SourceName } from './events/sources.ts';
import { DossierId, Instant, Name, Slug } from './ids.ts';
import { LegalBasis } from './procedure/values.ts';

/** So many readings of each dossier stand in the answer over all of them. */
export const READS_SHOWN = 5;

const legalBasis = LegalBasis.optional().describe('By which law, as the procedure names it for this stage');
const gets = z.array(Name).describe('Documents that were given');

/** Whom data of a dossier was asked from or given to. */
export const Use = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('source').describe('A register, or an earlier result, was asked instead of the applicant'),
    at: Instant,
    stage: Name.describe('For which stage'),
    document: Name.describe('Instead of which document'),
    from: SourceName,
    name: z.string().optional().describe('Of the register'),
    authority: z.string().optional().describe('Who keeps it'),
    purpose: z.string().describe('What for'),
    legalBasis: LegalBasis.describe('By which law'),
    state: z.enum(['asked', 'found', 'not-found', 'unavailable']).describe('What came of it until now'),
    answered: Instant.nullable(),
    how: z
      .enum(['asked', 'remembered', 'own-record'])
      .optional()
      .describe('`remembered`: an answer that still held; nothing was sent'),
    fields: z.array(Name).describe('What was taken over'),
  }),
  z.strictObject({
    kind: z
      .literal('own')
      .describe('What a register said of the applicant at his own wish stands in what he handed in, unchanged'),
    at: Instant.describe('When the register said so'),
    registry: Slug,
    name: z.string().optional().describe('Of the register'),
    authority: z.string().optional().describe('Who keeps it'),
    purpose: z.string().describe('What for'),
    legalBasis: LegalBasis.describe('By which law'),
    how: z.enum(['asked', 'remembered']),
    fields: z.array(Name).describe('What stands there'),
  }),
  z.strictObject({
    kind: z.literal('system').describe('A system of another authority was told, or told to take it back'),
    at: Instant,
    stage: Name,
    system: Slug,
    name: z.string().optional(),
    authority: z.string().optional().describe('Who keeps it'),
    legalBasis,
    outcome: z.string().nullable().describe('null: it has not answered'),
    takesBack: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('body').describe('A body was consulted'),
    at: Instant,
    stage: Name,
    unit: z.string(),
    legalBasis,
    gets,
  }),
  z.strictObject({
    kind: z.literal('unit').describe('A paper of the authority went to another unit'),
    at: Instant,
    stage: Name.describe('Where it was made'),
    unit: z.string(),
    issue: Name,
    legalBasis,
  }),
  z.strictObject({
    kind: z.literal('child').describe('A dossier was opened of this one, at the unit that receives it'),
    at: Instant,
    stage: Name,
    dossier: DossierId,
    procedure: Slug,
    unit: Slug,
    legalBasis,
    gets,
  }),
]);
export type Use = z.infer<typeof Use>;

/** That an official opened the dossier, or somebody by a print the original of a paper, once for each day, appointment and thing. */
export const ReadShown = z.strictObject({
  official: Slug.nullable().describe('null: somebody who has a print of a paper, nobody knows who'),
  unit: Slug.nullable().describe('Of the appointment in which he read'),
  role: Slug.nullable(),
  what: z
    .enum(['dossier', 'documents', 'question', 'package', 'sensitive', 'original'])
    .describe(
      '`question`: what a consulted body is asked; `package`: the evidence package; `sensitive`: what is marked so, of form, documents or papers; `original`: of a paper, by its QR code',
    ),
  day: z.iso.date().describe('In UTC'),
  first: Instant.describe('The first time on that day'),
});
export type ReadShown = z.infer<typeof ReadShown>;

/** `GET /uses`: one of the applicant's dossiers. */
export const DossierUses = z.strictObject({
  dossier: DossierId,
  reference: z.string(),
  code: z.string().nullable(),
  procedure: Slug,
  version: z.string(),
  uses: z.array(Use),
  reads: z.array(ReadShown).max(READS_SHOWN).describe('The last ones'),
  moreReads: z.boolean().describe('There are earlier ones: `GET /dossiers/{id}/reads`'),
});
export type DossierUses = z.infer<typeof DossierUses>;

/** `GET /uses`. Each dossier is read whole, so a page is short. */
export const UsesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(10).default(5),
  after: z.string().max(2000).optional(),
});
