import * as z from 'zod';
import { ConcernedPaper, TaskOpening, TaskStep } from '../dossier.ts';
import { NumberFact, NumberFault, VoidFault, VoidReason } from './numbers.ts';
import { DossierId, Instant, Name, Sha256, Slug, TaskId } from '../ids.ts';
import { Effect } from '../procedure/closed-sets.ts';
import { LegalBasis } from '../procedure/values.ts';

/** Papers that the authority makes, and what became of them. */
export const papersEvents = {
  IssueDrafted: z.strictObject({
    issue: Name,
    copy: z.int().positive(),
    stage: Name,
    document: Sha256,
    readable: Sha256.optional().describe(
      'The paper for people, where `document` is a container (ASiC-E) of it and its data',
    ),
  }),
  IssueSigned: z.strictObject({
    issue: Name,
    copy: z.int().positive(),
    step: TaskStep,
    document: Sha256,
    certificate: Sha256.describe("Digest of the signer's certificate"),
    judgedBy: z
      .array(z.strictObject({ kind: z.enum(['crl', 'ocsp']), document: Sha256 }))
      .optional()
      .describe(
        'What was said of its certificates when it was accepted, kept with the documents; records from before it was asked for do not say',
      ),
  }),
  NumberAsked: z
    .strictObject({
      register: Slug,
      unit: Slug,
      year: z.int(),
      issue: Name,
      copy: z.int().positive(),
      stage: Name,
      keeper: Slug.describe('The connector of the system that keeps the register'),
      request: z.string().describe('Id of the request: asked again under it, the number is the same'),
      tells: z.array(NumberFact).describe('What it is told; the values are in the secret'),
      purpose: z.string(),
      legalBasis: LegalBasis,
    })
    .describe('The system that keeps the register is about to be asked for a number'),
  NumberNotGiven: z
    .strictObject({
      request: z.string(),
      issue: Name,
      copy: z.int().positive(),
      why: NumberFault,
      detail: z.string().max(300).describe('In identifiers, never in what the system wrote'),
    })
    .describe('It gave no number, or none that can be used: the paper waits, or the dossier is parked'),
  NumberTaken: z.strictObject({
    register: Slug,
    unit: Slug,
    year: z.int(),
    number: z.int().positive(),
    text: z.string().describe('As printed, such as 12/GKS-UBND'),
    issue: Name,
    copy: z.int().positive(),
    keeper: z
      .strictObject({
        system: Slug,
        request: z.string().describe('The `Idempotency-Key` under which it was given'),
        at: Instant.describe('When it was given'),
      })
      .optional()
      .describe('The system whose number it is. Absent: of our own register'),
  }),
  NumberVoided: z.strictObject({
    register: Slug,
    unit: Slug,
    year: z.int(),
    number: z.int().positive(),
    reason: z
      .string()
      .describe('`replaced`: a new copy has a number of its own; `not-issued`: nothing went out under it'),
  }),
  KeeperTold: z
    .strictObject({
      register: Slug,
      unit: Slug,
      year: z.int(),
      number: z.int().positive(),
      issue: Name,
      copy: z.int().positive(),
      keeper: Slug,
      request: z.string().describe('The `Idempotency-Key` under which it was told'),
      why: VoidReason,
    })
    .describe('The system that gave a number has heard that it is void'),
  KeeperNotTold: z
    .strictObject({
      issue: Name,
      copy: z.int().positive(),
      keeper: Slug,
      request: z.string(),
      why: VoidFault,
      detail: z.string().max(300).describe('In identifiers, never in what the system wrote'),
    })
    .describe('It has not heard it; each reason once in a row'),
  IssueSealed: z.strictObject({
    issue: Name,
    copy: z.int().positive(),
    document: Sha256,
    mediaType: z.string(),
    unit: Slug.optional().describe('Unit whose seal it is; records from before each unit had one do not say'),
    to: z.array(Slug).min(1).optional().describe('Other units to which it goes, as the procedure names them'),
    printed: z.literal(true).optional().describe('Paper debt: a print of it goes out by post as well'),
    valid: z
      .strictObject({
        until: z.iso.datetime().describe('The last instant at which it holds'),
        remind: z.iso.datetime().optional().describe('When its holder is reminded'),
      })
      .optional()
      .describe('Absent: it has no end, or the record is from before ends were recorded'),
    certificate: Sha256.describe("Digest of the seal's certificate"),
  }),
  ResultAffected: z
    .strictObject({
      effect: Effect,
      issue: Name,
      copy: z.int().positive(),
      by: DossierId.describe('The later dossier, whose result did it'),
      code: z.string().nullable(),
      paper: ConcernedPaper.nullable().describe('The paper by which it did; null: it delivers none'),
    })
    .describe(
      'A later result corrects this paper, revokes it, or does something else to it; the paper stays what it was',
    ),
  ValidityNeared: z
    .strictObject({ issue: Name, copy: z.int().positive(), until: z.iso.datetime() })
    .describe('The paper comes to its end; whoever left an address is told by a notice'),
  DispatchOpened: z
    .strictObject({
      issue: Name,
      copy: z.int().positive(),
      visit: z.int().positive(),
      opening: TaskOpening.describe('Sending it: whose work it is'),
    })
    .describe('A paper of which a print goes by post has left the house; the print is still to be sent'),
  PaperPosted: z
    .strictObject({
      task: TaskId,
      issue: Name,
      copy: z.int().positive(),
      on: z.iso.date().describe('The day on which it was given to the carrier'),
    })
    .describe('A print of the paper was sent; by which carrier, under which number, is in the secret'),
  PaperNotPosted: z
    .strictObject({ task: TaskId, issue: Name, copy: z.int().positive() })
    .describe('No print of the paper is sent: it cannot be, or need not any more; why is in the secret'),
  PaperGiven: z
    .strictObject({
      issue: Name,
      copy: z.int().positive(),
      stage: Name.describe('Where it was made'),
      to: Slug.describe('The unit as the procedure names it'),
      visit: z.int().positive(),
      opening: TaskOpening.describe('Acknowledging it: work of the unit that has it now'),
    })
    .describe('A paper that has left the house went to another unit, whose officials may read it'),
  PaperEffectTold: z
    .strictObject({
      issue: Name,
      copy: z.int().positive(),
      to: Slug.describe('The unit as the procedure names it'),
      effect: Effect,
      by: DossierId.describe('Dossier of the later result'),
      visit: z.int().positive(),
      opening: TaskOpening.describe('Acknowledging it: work of the unit that has the paper now'),
    })
    .describe('A unit that has a paper is told what a later result did to it, and acknowledges that as well'),
  PaperAcknowledged: z
    .strictObject({ task: TaskId, issue: Name })
    .describe('That unit says that it has the paper; what it remarked is in the secret'),
  ResultDelivered: z.strictObject({ how: z.enum(['download', 'email', 'post']) }),
} as const;
