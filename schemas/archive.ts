import * as z from 'zod';
import { archiveEvents } from './events/archive.ts';
import { DossierId, Instant, Slug } from './ids.ts';
import { LONGEST_WORDS } from './longest-words.ts';
import { Keep } from './procedure/head.ts';

/** Most dossiers of one disposal list: each is one row of the outbox. */
export const MOST_DISPOSED = 500;

const { list: _, proposed, approved, ...decided } = archiveEvents.DossierDisposed.shape;

/** What is to be disposed of, by which decision. */
export const DisposalRequest = z
  .strictObject({
    ...decided,
    id: Slug,
    dossiers: z.array(DossierId).min(1).max(MOST_DISPOSED),
  })
  .refine(({ fate, to }) => (fate === 'transferred') === (to !== undefined), {
    path: ['to'],
    message: 'expected with `transferred`, and not else: the archive that has the dossiers',
  })
  .refine(({ dossiers }) => new Set(dossiers).size === dossiers.length, {
    path: ['dossiers'],
    message: 'expected each dossier once',
  });
export type DisposalRequest = z.infer<typeof DisposalRequest>;

/** Why a record may not be disposed of: `stranger`, not of the unit; `disposed`, gone already; `owed`, an original or money of the applicant's is still here; `held`; `open`; `archive`, an archive has to have it; `early`. */
const RecordFault = z.enum(['stranger', 'disposed', 'owed', 'held', 'open', 'archive', 'early']);
export type RecordFault = z.infer<typeof RecordFault>;

const Approval = approved.element.extend({ unit: Slug, role: Slug });

/** A disposal list as it is kept. Two approve it, of whom one at least heads a unit; then it is carried out, dossier by dossier. */
export const DisposalList = z.strictObject({
  ...DisposalRequest.shape,
  unit: Slug,
  status: z.enum(['proposed', 'approved', 'declined', 'withdrawn']),
  proposed,
  approved: z.array(Approval).max(2),
  declined: Approval.extend({ reason: z.string() }).optional().describe('By whom it was declined, and why'),
  left: z
    .array(z.strictObject({ dossier: DossierId, why: z.string(), fault: RecordFault.optional() }))
    .describe('Dossiers that were spared when it was carried out, and why'),
});
export type DisposalList = z.infer<typeof DisposalList>;

/** `POST /disposals/{id}/refusal`. */
export const DisposalRefusal = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1)
    .max(LONGEST_WORDS)
    .describe('Why the list is declined, without personal data; kept with it, and never changed'),
});

/** What became of a dossier's record, as whoever asks for it is told. */
export const Disposed = z.strictObject({
  at: Instant,
  list: Slug,
  number: z.string().describe('Number of the decision'),
  legalBasis: z.string(),
  fate: archiveEvents.DossierDisposed.shape.fate,
  to: z.string().optional().describe('The archive that has it'),
});
export type Disposed = z.infer<typeof Disposed>;

/** `POST /dossiers/{id}/holds`, and its end. */
export const HoldRequest = z.strictObject({
  legalBasis: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .describe('Law, decision or order, as it is cited; stands in the record for good'),
  reason: z.string().trim().min(1).max(LONGEST_WORDS).describe('Why, in words; kept as personal data is'),
});
export const HoldPath = z.strictObject({ id: DossierId, hold: Slug });

/** `GET /archive/due`. */
export const DueQuery = z.strictObject({
  unit: Slug.optional().describe('Whose records; officials: their own unit’s, absent or not'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Most items of one page'),
  after: z.string().max(2000).optional().describe('Cursor handed out with the page before'),
});
export const DisposalQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(50).default(20),
  after: z.string().max(100).optional(),
});

/** A record whose time of retention is over. */
export const DueRecord = z.strictObject({
  dossier: DossierId,
  code: z.string().nullable(),
  reference: z.string(),
  procedure: Slug,
  version: z.string(),
  unit: Slug.nullable(),
  closed: Instant,
  due: z.iso.date().describe('The first day on which it may be disposed of'),
  then: Keep.shape.then.describe('`archive`: only once an archive has it'),
  legalBasis: Keep.shape.legalBasis.describe('Of the retention'),
  held: z.boolean().describe('A hold forbids it'),
});
/** `GET /disposals/{id}/dossiers`. */
export const ListedQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Most items of one page'),
  after: DossierId.optional().describe('Cursor handed out with the page before'),
});
/** A record of a disposal list, and what became of it. */
export const ListedRecord = DueRecord.partial({ due: true, then: true, legalBasis: true }).extend({
  disposed: Instant.optional().describe('When its key was destroyed'),
  left: DisposalList.shape.left.element.omit({ dossier: true }).optional().describe('It was spared, and why'),
});
export type ListedRecord = z.infer<typeof ListedRecord>;
export const ListedRecords = z.strictObject({ items: z.array(ListedRecord), next: DossierId.optional() });
export const DueRecords = z.strictObject({ items: z.array(DueRecord), next: z.string().optional() });
