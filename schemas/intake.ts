import * as z from 'zod';
import { HandedInSignature, page } from './api.ts';
import { DocumentRef, PaperDebt, SourceGaps } from './dossier.ts';
import { DossierId, Instant, Name, Slug, TaskId } from './ids.ts';

/** What an official signs over the scans of a dossier: canonical JSON (RFC 8785). */
export const IntakeManifest = z.strictObject({
  format: z.literal('onetrack-intake'),
  version: z.literal(1),
  statement: z.literal('compared-with-the-paper'),
  dossier: DossierId,
  task: TaskId,
  unit: z.string(),
  role: z.string(),
  scans: z
    .array(
      DocumentRef.pick({ component: true, how: true, sha256: true, size: true }).extend({
        original: z.enum(['returned', 'kept']),
      }),
    )
    .min(1),
  custody: z.strictObject({ place: z.string(), until: z.iso.date() }).optional(),
});
export type IntakeManifest = z.infer<typeof IntakeManifest>;

/** `POST /tasks/{id}/intake`. */
export const IntakeRequest = z.strictObject({
  compared: z
    .array(Name)
    .min(1)
    .max(200)
    .describe('Components whose scans were compared with the paper: all that is not taken in yet'),
  keeps: z
    .strictObject({
      components: z.array(Name).min(1).max(200),
      place: z.string().trim().min(1).max(200).describe('Where they lie'),
      until: z.iso.date().describe('The last day on which they may be kept'),
    })
    .optional()
    .describe('Originals that are not given back at once'),
  signature: HandedInSignature.optional().describe('Absent: what is to be signed is answered, and nothing is recorded'),
  onBehalfOf: Slug.optional().describe('Instrument by which the official acts in an office that is not his own'),
});

/** Scans that wait for their comparison. */
export const WaitingScan = DocumentRef.pick({
  component: true,
  how: true,
  sha256: true,
  size: true,
  mediaType: true,
  evidence: true,
});

/** `GET /paper-debt`. */
export const PaperDebtQuery = z.strictObject({
  unit: Slug.optional().describe('A unit in which one holds an appointment; absent: the one in which one acts'),
});

/** `GET /paper-debt/dossiers` and `/paper-debt/custody`. */
export const PaperDebtList = PaperDebtQuery.extend({ procedure: Slug.optional(), ...page });

const counted = z.int().nonnegative();

/** The paper debt of a unit in one procedure. */
export const DebtOfProcedure = PaperDebt.extend({
  ...SourceGaps.shape,
  procedure: Slug,
  dossiers: counted.describe('Counted'),
  touched: counted.describe('Of them, those that touched paper'),
  declared: z
    .array(z.string())
    .describe(
      'What its present version declares: `intake`, stages with `presence` or `paper`, issues that are printed',
    ),
});
export type DebtOfProcedure = z.infer<typeof DebtOfProcedure>;

/** The paper debt of a unit. */
export const UnitDebt = z.strictObject({
  unit: Slug,
  procedures: z.array(DebtOfProcedure).describe('Those that touch paper most come first'),
  complete: z.boolean().describe('False: there are more dossiers than were counted, those that changed last'),
  custody: z
    .strictObject({ open: counted, late: counted, complete: z.boolean() })
    .describe('Intakes whose originals this unit keeps, whatever unit decides'),
});
export type UnitDebt = z.infer<typeof UnitDebt>;

/** A dossier that touched paper. */
export const DossierDebt = z.strictObject({
  dossier: DossierId,
  code: z.string().nullable(),
  reference: z.string(),
  procedure: Slug,
  paper: PaperDebt,
});
export type DossierDebt = z.infer<typeof DossierDebt>;

/** Originals that are in custody. */
export const CustodyOfTask = z.strictObject({
  components: z.array(Name),
  place: z.string().nullable().describe('Null: destroyed with the key of the dossier'),
  until: z.iso.date().describe('The last day on which they may be kept'),
  since: Instant,
});

/** Originals that a unit keeps. */
export const CustodyShown = CustodyOfTask.extend({
  task: TaskId,
  dossier: DossierId,
  code: z.string().nullable(),
  reference: z.string(),
  procedure: Slug,
});
