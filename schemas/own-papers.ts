import * as z from 'zod';
import { Validity } from './events/sources.ts';
import { DossierId, Instant, Name, Sha256, Slug, Version } from './ids.ts';
import { Effect } from './procedure/closed-sets.ts';
import { LegalBasis, Text } from './procedure/values.ts';

/** `GET /papers`. */
export const PaperQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(50).default(20).describe('Most dossiers that one page is made of'),
  after: z.string().max(2000).optional().describe('Cursor handed out with the page before'),
});
/** `GET /papers/reuses`. */
export const ReuseQuery = PaperQuery.extend({
  dossier: DossierId.optional().describe('Of the papers of this dossier alone'),
});

const Where = z.strictObject({ unit: Slug, name: z.string().describe('Its name when it did this') });
const of = {
  dossier: DossierId,
  code: z.string().nullable(),
  procedure: Slug,
  version: Version,
  procedureTitle: Text,
};
const Paper = z.strictObject({
  ...of,
  kind: z.enum(['result', 'document']),
  name: Name.describe('Issue, or document, of the procedure'),
  title: Text.optional(),
  document: Sha256.describe('With `dossier`: what `from` takes'),
  mediaType: z.string(),
  fileName: z.string(),
  countsAs: z.array(z.string()).describe('The forms in which it can be handed in again'),
  at: Instant.describe('When it was sealed, or handed in'),
  validity: Validity,
  until: Instant.optional().describe('Until when it holds; absent: its procedure sets no term'),
  number: z.string().nullable().optional().describe('Of a result'),
  issuedBy: Where.nullable().optional().describe('Of a result: the unit that sealed it'),
  effects: z.array(Effect).optional().describe('Of a result: what later ones did to it'),
  accepted: z
    .strictObject({
      by: Slug.describe('The official'),
      role: Slug,
      where: Where,
      at: Instant,
      compared: z.boolean().describe('By his signature over its scan, which he compared with the paper'),
    })
    .optional()
    .describe('Of a document'),
});
export const PaperList = z.strictObject({
  items: z.array(Paper),
  next: z.string().optional().describe('Absent on the last page; a page may be empty and not the last'),
});
export type PaperList = z.infer<typeof PaperList>;

const Reuse = z.strictObject({
  dossier: DossierId.describe('The dossier in which the paper is'),
  document: Sha256,
  how: z
    .enum(['handed-in', 'fetched', 'concerned'])
    .describe('`handed-in`: by its holder; `fetched`: by the procedure; `concerned`: the later dossier is about it'),
  at: Instant,
  by: z.strictObject({ ...of, receivedBy: Where }).describe('The dossier that used it'),
  as: z.strictObject({ component: Name, title: Text.optional() }).nullable().describe('As which document there'),
  purpose: z.string().nullable().describe('As that procedure says; null: what its title says'),
  legalBasis: LegalBasis.nullable(),
});
export const ReuseList = z.strictObject({ items: z.array(Reuse), next: z.string().optional() });
export type ReuseList = z.infer<typeof ReuseList>;
