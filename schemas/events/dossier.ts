import * as z from 'zod';
import { Channel, ConcernedPaper, DocumentRef } from '../dossier.ts';
import { DossierId, Name, Sha256, Slug, TaskId, Version } from '../ids.ts';
import { Prefilled } from '../own-details.ts';
import { Result } from '../procedure/closed-sets.ts';
import { ChainPlace } from './places.ts';

/** How a dossier begins, goes to others, stands still and ends. */
export const dossierEvents = {
  DossierSubmitted: z.strictObject({
    reference: z.string().describe('Submission reference, given at once'),
    procedure: Slug,
    version: Version,
    definition: Sha256.describe('Digest of the pinned definition'),
    channel: Channel,
    receivingUnit: Slug,
    unit: Slug.nullable().describe('Competent unit; null goes to the coordination queue'),
    returnUnit: Slug.optional().describe('Where the result is handed over in person, if not where it was received'),
    applicantKey: z.string(),
    identifiedBy: z
      .strictObject({ official: Slug, unit: Slug, role: Slug })
      .optional()
      .describe('At the counter or by post: who identified the applicant'),
    documents: z.array(DocumentRef),
    prefilled: z
      .array(Prefilled)
      .optional()
      .describe(
        'Answers of the form that stand as registers gave them of the applicant himself; all others are his own',
      ),
    intake: z
      .literal(true)
      .optional()
      .describe(
        'Its paper counts only once an official has taken it in; absent: the procedure does not say so, or none came',
      ),
    parent: z
      .strictObject({
        dossier: DossierId,
        part: Name.describe('The part of the stage that opened it'),
        order: ChainPlace.describe('The event there that ordered it'),
        depth: z.int().positive().describe('How many dossiers stand above it'),
      })
      .optional()
      .describe('The dossier that opened this one'),
    about: z
      .strictObject({
        dossier: DossierId,
        procedure: Slug,
        code: z.string().nullable(),
        papers: z.array(ConcernedPaper),
      })
      .optional()
      .describe('The earlier result that it is about, and its papers as they stood then'),
    run: z.literal(1),
    stage: Name.describe('First stage'),
  }),
  RunRequested: z.strictObject({
    run: z.int().min(2),
    stage: Name,
    reason: z.enum([
      'withdrawal',
      'silence',
      'resumption',
      'execution-lost',
      'migration',
      'correction',
      'reorganisation',
    ]),
  }),
  DossierMoved: z.strictObject({
    reorganisation: Slug,
    unit: Slug.nullable().describe('Who decides from now on; null: a person places it'),
    receivingUnit: Slug,
    tasks: z
      .array(z.strictObject({ task: TaskId, unit: Slug.nullable(), role: Slug.nullable() }))
      .describe('Open work that is another office’s now'),
    again: z
      .boolean()
      .describe('The stage is entered anew: what waits there for signature names an authority that is no more'),
  }),
  CodeAssigned: z.strictObject({ code: z.string(), unit: Slug, scheme: z.string() }),
  NoticeIssued: z.strictObject({
    notice: Name,
    message: z.string().describe('Stable id of the message'),
    party: z.string(),
    channel: z.enum(['email', 'none', 'parent']).describe('`parent`: by the dossier that opened this one'),
    child: DossierId.optional().describe('The dossier opened by this one, or below it, whose notice it is'),
    issue: Name.optional().describe('The paper that it is about'),
  }),
  NoticeDelivered: z.strictObject({ message: z.string(), how: z.string() }),
  NoticeFailed: z.strictObject({ message: z.string(), reason: z.string() }),
  DossierParked: z.strictObject({ run: z.int().positive(), stage: Name, error: z.string(), cause: z.string() }),
  DossierResumed: z.strictObject({ run: z.int().positive(), stage: Name }),
  DossierTransferred: z.strictObject({
    from: Slug.nullable().describe('Unit that was competent until now; null: nobody could tell'),
    unit: Slug.nullable().describe('Unit that is competent from now on; null: the coordination queue'),
    tasks: z
      .array(z.strictObject({ task: TaskId, unit: Slug, role: Slug }))
      .describe('Open work that goes along, and the queue to which it goes'),
  }),
  WithdrawalRequested: z.strictObject({ rule: Name }),
  RatingGiven: z.strictObject({ score: z.int().min(1).max(5) }),
  DossierSettled: z.strictObject({ result: Result, stage: Name, issues: z.array(Name) }),
  DossierClosed: z.strictObject({ result: Result }),
} as const;
