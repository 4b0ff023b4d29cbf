import * as z from 'zod';
import { Slug } from '../ids.ts';
import { SensitiveKind } from './sensitive.ts';
import {
  EqualsExpression,
  Expression,
  FilePath,
  Id,
  LegalBasis,
  ScalarValue,
  StageRef,
  TermValue,
  Text,
  UnitValue,
  casesOf,
} from './values.ts';

/** In what form a document counts. */
export const Acceptance = z.enum(['data', 'scan', 'certified-copy', 'signed', 'original-shown']);
export type Acceptance = z.infer<typeof Acceptance>;

const Source = z.union([
  z.strictObject({
    registry: Slug.describe('The connected registry that holds it.'),
    key: Expression.describe('The key to look it up by.'),
    purpose: z.string().min(1).max(200).optional().describe('Why it is fetched; recorded with every look-up.'),
  }),
  z.strictObject({
    result: Slug.describe('The procedure whose result it is.'),
    key: Expression.describe('The code of the dossier that gave it: numbers repeat between units.'),
    purpose: z.string().min(1).max(200).optional(),
  }),
]);

/** What must be there. */
export const DocumentNeed = z
  .strictObject({
    title: Text.optional(),
    when: Expression.optional().describe('Needed only if this is true.'),
    source: Source.optional().describe('Fetched from there instead of being asked for.'),
    accept: z
      .array(Acceptance)
      .min(1)
      .optional()
      .describe('What counts; with a source: what counts if the source has nothing or is down. Absent: a scan.'),
    or: z
      .union([
        z.array(Slug).min(1),
        z.record(Slug, Text).refine((named) => Object.keys(named).length > 0, 'expected at least one kind of evidence'),
      ])
      .optional()
      .describe(
        'Kinds of other evidence, each of which counts instead: names, or names with what people read. Who hands in says which it is.',
      ),
    at: StageRef.optional().describe('The stage that needs it. Absent: the first.'),
    media: z
      .array(z.string().regex(/^[a-z]+\/[a-z0-9.+*-]+$/, 'expected a media type'))
      .min(1)
      .optional()
      .describe('The media types that are taken.'),
    maxBytes: z.int().min(1).max(5_000_000_000).optional().describe('The largest file that is taken, in bytes.'),
    reuse: z
      .union([z.literal('never'), z.array(Slug).min(1)])
      .optional()
      .describe(
        'Of which procedures the applicant’s earlier papers are taken by reference, or `never`. Absent: of all; who decides judges them as uploads.',
      ),
    sensitive: SensitiveKind.optional().describe('Shown only to the applicant and to whoever holds the open task.'),
    classified: z.boolean().optional().describe('Never travels; only a reference to it does.'),
    legalBasis: LegalBasis.optional(),
  })
  .describe('A document that the procedure needs.');
export type DocumentNeed = z.infer<typeof DocumentNeed>;

/** Other evidence that counts instead of a document: by name, what people read where the procedure says it. */
export function evidenceOf({
  or = [],
}: Pick<DocumentNeed, 'or'>): ReadonlyMap<string, z.infer<typeof Text> | undefined> {
  return new Map(Array.isArray(or) ? or.map((name) => [name, undefined] as const) : Object.entries(or));
}

/** A ground of admissibility. */
export const Rule = z
  .strictObject({
    at: StageRef.describe('The stage of an official, or of the system, at which it is judged.'),
    must: Expression.describe('What must be true.'),
    else: z
      .enum(['refused', 'incomplete', 'warn'])
      .describe(
        'What follows if it is not: the refusing outcome of the stage, a supplement, or a warning to the official.',
      ),
    say: z
      .union([Text, Slug])
      .describe('Why, in words: read by the official, and by the applicant in a refusal. Or a name, shown as it is.'),
    legalBasis: LegalBasis.optional(),
  })
  .describe('A ground of admissibility.');
export type Rule = z.infer<typeof Rule>;

/** What is owed, in integer minor units, rounded half up at the end. */
export const Fee = z
  .strictObject({
    title: Text.optional(),
    kind: z.enum(['fee', 'charge', 'tax', 'service']).describe('fee (phí), charge (lệ phí), tax, or paid service.'),
    amount: z
      .union([z.int().min(0), EqualsExpression, casesOf(z.int().min(0))])
      .describe('In minor units of the currency, a whole number.'),
    when: Expression.optional().describe('Owed only if this is true.'),
    exempt: Expression.optional().describe('Not owed if this is true, and recorded as exempt.'),
    payee: UnitValue.optional(),
    legalBasis: LegalBasis.optional(),
  })
  .describe('A sum that is owed.');
export type Fee = z.infer<typeof Fee>;

const Signers = z
  .strictObject({
    initials: z.array(Slug).min(1).optional().describe('Roles that initial it, in order.'),
    personal: z.array(Slug).min(1).optional().describe('Roles that sign in person, in order, each with its own key.'),
    organisation: Slug.optional().describe(
      "The role (the clerk) that applies the organisation's signature after number and date.",
    ),
  })
  .describe('Who signs, in the order of law: initials, persons, number, organisation.');

/** A paper that the authority makes. */
export const Issue = z
  .strictObject({
    title: Text.optional(),
    template: z.union([Slug, FilePath]).optional().describe('The template: its name (templates/<name>.yaml) or path.'),
    format: z
      .enum(['pdf', 'asice', 'json'])
      .optional()
      .describe(
        '`pdf` (default); `asice`: a signature container (ASiC-E, XAdES) of the PDF and its data; or `json`: a JWS over canonical JSON, only for an automatic issue.',
      ),
    register: Slug.optional().describe('The register of the organisation that gives the number.'),
    sign: Signers.optional(),
    valid: TermValue.optional().describe('How long it is valid.'),
    remind: TermValue.optional().describe('How long before its end the holder is reminded.'),
    to: z
      .array(Slug)
      .min(1)
      .optional()
      .describe(
        'Where it goes besides the applicant, once it has left the house: `repository`, `post`, and other units by name or kind.',
      ),
    encloses: z
      .array(Id)
      .min(1)
      .max(10)
      .optional()
      .describe('Documents of the dossier that the PDF carries as files within it, signed and sealed with it.'),
    covers: z.literal('many').optional().describe('One decision for several dossiers.'),
    automatic: LegalBasis.optional().describe(
      "The law that lets it be made without a person; the platform's key signs it.",
    ),
  })
  .describe('A paper that the authority makes.');
export type Issue = z.infer<typeof Issue>;

/** A fact: an expression, or cases. */
export const Fact = z
  .union([Expression, casesOf(z.union([z.boolean(), z.number(), z.string().max(500)]))])
  .describe('Fixed at acceptance, recomputed at a supplement, recorded with its inputs.');

/** Named inputs or message fields. */
export const Inputs = z.record(Id, ScalarValue).describe('By name, what is handed over.');
