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

/** A disposal list as it is kept. Two approve it, of whom one at least heads a unit; then it is carried out, dossier by dossier. */
export const DisposalList = z.strictObject({
  ...DisposalRequest.shape,
  unit: Slug,
  status: z.enum(['proposed', 'approved', 'withdrawn']),
  proposed,
  approved: z.array(approved.element.extend({ unit: Slug, role: Slug })).max(2),
  left: z
    .array(z.strictObject({ dossier: DossierId, why: z.string() }))
    .describe('Dossiers that were spared when it was carried out, and why'),
});
export type DisposalList = z.infer<typeof DisposalList>;

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
    .min(1)
    .max(500)
    .describe('Law, decision or order, as it is cited; stands in the record for good'),
  reason: z.string().min(1).max(LONGEST_WORDS).describe('Why, in words; kept as personal data is'),
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
  legalBasis: z.string().describe('Of the retention'),
  held: z.boolean().describe('A hold forbids it'),
});
export const DueRecords = z.strictObject({ items: z.array(DueRecord), next: z.string().optional() });
