import * as z from 'zod';
import { Disposed } from './archive.ts';
import { Instant, Name, Sha256, Slug, TaskId } from './ids.ts';
import { Reused } from './reuse.ts';
import { Assurance, Effect, Result, Silence } from './procedure/closed-sets.ts';

/** Where the dossier stands for the agency. */
export const BusinessStatus = z.enum([
  'submitted',
  'processing',
  'awaiting-applicant',
  'awaiting-payment',
  'parked',
  'settled',
  'closed',
]);
export type BusinessStatus = z.infer<typeof BusinessStatus>;
/** All but the last: the dossier may still move. */
export const OPEN_STATUSES = BusinessStatus.options.filter((status) => status !== 'closed');

/** Status codes 1 to 10 of Vietnam's National Public Service Portal (TrangThaiHoSo). */
export const PortalStatus = z.union([
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
  z.literal(5),
  z.literal(6),
  z.literal(7),
  z.literal(8),
  z.literal(9),
  z.literal(10),
]);
export type PortalStatus = z.infer<typeof PortalStatus>;

/** Whether anything is owed. `refund-due`: money came that was not owed. */
export const FinancialStatus = z.enum(['nothing-owed', 'owed', 'paid', 'expired', 'refund-due']);
export type FinancialStatus = z.infer<typeof FinancialStatus>;

/** Whether the result has reached the applicant. */
export const DeliveryStatus = z.enum(['none', 'ready', 'delivered']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** Whether subscribers have the dossier's latest events. Kept by the outbox, never by the dossier. */
export const SyncStatus = z.enum(['none', 'pending', 'synced', 'failed']);
export type SyncStatus = z.infer<typeof SyncStatus>;

/** The channel through which a dossier came. */
export const Channel = z.enum(['online', 'counter', 'post', 'agency']);
export type Channel = z.infer<typeof Channel>;

/** A step inside a stage: `decision` alone, the steps of a signature in the order of law, or the parts of a consultation. */
export const TaskStep = z
  .string()
  .regex(/^(decision|initials[1-9]|personal[1-9]|organisation|part\.[a-z][A-Za-z0-9]*)$/);

/** Of a signature that holds: whether its certificate leads to an origin that is trusted here, was valid at its time and is not known to have been revoked. */
export const SignatureTrust = z.enum(['trusted', 'unknown-issuer', 'not-valid']);
export type SignatureTrust = z.infer<typeof SignatureTrust>;

/** A document as events refer to it: by digest, never by name or content. */
export const DocumentRef = z.strictObject({
  component: Name.describe('Name of the document in the procedure'),
  sha256: Sha256,
  size: z.int().positive().describe('Bytes'),
  mediaType: z.string().describe('Sniffed media type'),
  how: z
    .enum(['data', 'scan', 'certified-copy', 'signed', 'original-shown', 'reference'])
    .describe('How it was handed in; `reference`: what is kept says where a classified document is'),
  evidence: Slug.optional().describe('Of other evidence that was handed in instead of the document: which'),
  signature: SignatureTrust.optional().describe(
    'Of one that was handed in as `signed`, and whose last signature holds: what is known here of its certificate; absent in older records: nobody looked',
  ),
  reused: Reused.optional().describe('Of one that the holder had already: where it is from'),
});
export type DocumentRef = z.infer<typeof DocumentRef>;

/** The term of a body that is asked by hand. */
export const TermByHand = z
  .strictObject({
    workingDays: z.int().min(1).max(365).optional(),
    calendarDays: z.int().min(1).max(365).optional(),
  })
  .refine(
    ({ workingDays, calendarDays }) => (workingDays === undefined) !== (calendarDays === undefined),
    'expected exactly one of workingDays, calendarDays',
  );

/** What makes a task the opinion that a body is asked for. */
export const ConsultedPart = z.strictObject({
  id: Name.describe('Unique within the visit: the name of the part, numbered where there is one for each item'),
  of: Name.nullable().describe('The part of the procedure; null: a body added by hand'),
  silence: Silence,
  until: Instant.optional().describe('When its term has passed'),
  due: z.iso.date().optional().describe('The last day of its term'),
  within: TermByHand.optional().describe('The term itself, of a body added by hand: no procedure says it'),
  gets: z.array(Name).describe('The documents that the body gets'),
  papers: z.array(Name).optional().describe('The sealed papers of the authority that the body gets'),
});
export type ConsultedPart = z.infer<typeof ConsultedPart>;

/** A piece of work that waits for somebody, as it is opened. */
export const TaskOpening = z.strictObject({
  task: TaskId,
  step: TaskStep,
  unit: z.string().nullable().describe('Unit whose work it is; null when the applicant or another party is asked'),
  role: z.string().nullable().describe('Role that may decide it'),
  party: z.string().nullable().describe('Party that is asked'),
  outcomes: z.array(Name).min(1).describe('Outcomes on offer'),
  assurance: Assurance.describe('Least proof that it was this official'),
  separateFrom: z.array(Name).describe('Stages whose deciders may not decide this one'),
  people: z.array(Slug).min(1).optional().describe('Officials who alone may do it: a team, or one of its members'),
  notBefore: Instant.optional().describe('Not before this instant: the visit was announced for then'),
  part: ConsultedPart.optional().describe('The opinion of a consulted body'),
  due: z.iso.date().optional().describe('Its last day, where that is another than the dossier’s'),
});
export type TaskOpening = z.infer<typeof TaskOpening>;

/** A task as queues list it. Kept beside the dossier, rebuilt from its events. */
export const Task = z.strictObject({
  id: TaskId,
  dossier: z.string(),
  reference: z.string(),
  code: z.string().nullable(),
  procedure: z.string(),
  stage: Name,
  kind: z.string().describe('Kind of the stage'),
  visit: z.int().positive(),
  step: TaskStep,
  unit: z.string().nullable(),
  role: z.string().nullable(),
  party: z.string().nullable(),
  outcomes: z.array(Name),
  assurance: Assurance,
  status: z.enum(['open', 'done', 'cancelled', 'lapsed']).describe('`lapsed`: silence has answered instead'),
  claimedBy: z.string().nullable().describe('Official who has taken it'),
  people: z.array(z.string()).optional().describe('Officials who alone may do it'),
  opened: Instant,
  due: z
    .string()
    .nullable()
    .describe('Last day of the work where it has a term of its own, else the promised date of the dossier, YYYY-MM-DD'),
  decided: z
    .strictObject({ by: Slug, at: Instant })
    .optional()
    .describe('The official who decided it, and when; absent: open, or nobody there did'),
  sealedLabel: z.base64url().optional().describe('The label of its dossier under that dossier’s key; open tasks alone'),
});
export type Task = z.infer<typeof Task>;

/** A task as it is shown. */
export const ShownTask = Task.omit({ sealedLabel: true, decided: true }).extend({
  label: z
    .string()
    .optional()
    .describe('What tells its dossier apart, such as a name: to officials, where its procedure says what is shown'),
});
export type ShownTask = z.infer<typeof ShownTask>;

/** What a later result did to a paper. */
export const AffectedPaper = z.strictObject({
  issue: Name,
  copy: z.int().positive(),
  effect: Effect,
  by: z.string().nullable().describe('Number of the paper that did it; null: it has none'),
  code: z.string().nullable().describe('Code of the dossier that did it'),
  at: Instant,
});
export type AffectedPaper = z.infer<typeof AffectedPaper>;

/** How long a paper holds that went out. */
export const ValidPaper = z.strictObject({ issue: Name, copy: z.int().positive(), until: Instant });

/** A paper of an earlier dossier that a later one is about, as it stood then. */
export const ConcernedPaper = z.strictObject({
  issue: Name,
  copy: z.int().positive(),
  number: z.string().nullable(),
  document: Sha256,
  sealed: Instant,
});

/** How often a dossier touched paper. */
export const PaperDebt = z.strictObject({
  scans: z.int().nonnegative().describe('Handed in on paper at a counter or by post'),
  presence: z.int().nonnegative().describe('Times somebody had to come in person'),
  papers: z.int().nonnegative().describe('Times something had to be on paper: a form, a wet signature'),
  prints: z.int().nonnegative().describe('Papers that were printed'),
  kept: z.int().nonnegative().describe('Originals in custody now'),
});
export type PaperDebt = z.infer<typeof PaperDebt>;

/** How often what a source holds had to be had otherwise. */
export const SourceGaps = z.strictObject({
  unavailable: z
    .int()
    .nonnegative()
    .describe('Questions to a source to which no answer could be had (SOURCE_UNAVAILABLE)'),
  demanded: z.int().nonnegative().describe('Times paper was demanded, with a reason, although a source holds it'),
});
export type SourceGaps = z.infer<typeof SourceGaps>;

/** What lists and look-ups need of a dossier. Small: it does not grow with history. */
export const Head = z.strictObject({
  id: z.string(),
  version: z.int().nonnegative().describe('Number of events'),
  hash: Sha256.describe('Hash of the last event'),
  run: z.int().positive(),
  stage: Name.nullable(),
  reference: z.string(),
  code: z.string().nullable(),
  procedure: z.string(),
  procedureVersion: z.string(),
  applicantKey: z.string().describe('Keyed digest of the applicant: the index by applicant holds no identity'),
  receivingUnit: z.string(),
  unit: z.string().nullable().describe('Competent unit; null while nobody can tell'),
  status: BusinessStatus,
  portal: PortalStatus,
  financial: FinancialStatus,
  delivery: DeliveryStatus,
  result: Result.nullable(),
  due: z.string().nullable().describe('Promised date, YYYY-MM-DD'),
  affected: z
    .array(AffectedPaper)
    .optional()
    .describe('Its papers to which a later result did something; absent: none'),
  valid: z.array(ValidPaper).optional().describe('Its papers that went out and have an end; absent: none'),
  paper: PaperDebt.optional().describe('Absent: it never touched paper'),
  gaps: SourceGaps.optional().describe('Absent: every source answered, and nothing was demanded that one holds'),
  submitted: Instant,
  settled: Instant.optional().describe('When it had its result; absent: it has none yet'),
  rated: z
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe('How its applicant rated it; absent: not, or under an earlier release'),
  updated: Instant,
  closed: Instant.optional().describe('When its way ended; absent: it has not, or an earlier release closed it'),
  held: z.literal(true).optional().describe('A hold forbids that its record be disposed of'),
  disposed: Disposed.optional().describe('Its key is destroyed: nothing of it can be read but the chain of its events'),
});
export type Head = z.infer<typeof Head>;
