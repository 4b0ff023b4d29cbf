import * as z from 'zod';
import { ChainPlace } from './events/places.ts';
import { DossierId, Instant, Name, Sha256, Slug, Version } from './ids.ts';

/** A paper of an earlier dossier of the same holder. */
export const PaperPlace = z.strictObject({
  dossier: DossierId,
  document: Sha256.describe('As the list of the holder’s papers says'),
});
export type PaperPlace = z.infer<typeof PaperPlace>;

/** Who accepted a document, in which office. */
const Accepted = z.strictObject({
  by: Slug.describe('The official'),
  unit: Slug,
  role: Slug,
  at: Instant,
  seq: z.int().positive().describe('The event there by which he did'),
});

/** Where a document comes from that its holder handed in by naming it: an event of the earlier dossier’s chain. */
export const Reused = z.strictObject({
  dossier: DossierId,
  procedure: Slug,
  version: Version,
  code: z.string().nullable(),
  place: ChainPlace.describe('The event there by which the paper is in that record'),
  paper: z.union([
    z.strictObject({ issue: Name, copy: z.int().positive(), number: z.string().nullable() }),
    z.strictObject({ component: Name, accepted: Accepted }),
  ]),
  until: Instant.optional().describe('Until when it holds; absent: its procedure sets no term'),
  judged: Instant.optional().describe('When it was judged to hold, before it was kept; absent in older records'),
});
export type Reused = z.infer<typeof Reused>;
