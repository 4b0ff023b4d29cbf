import * as z from 'zod';
import { Instant, OffsetInstant, Slug } from './ids.ts';

/** What one unit hands on. */
const Move = z.strictObject({
  from: Slug.describe('Unit that hands on'),
  to: z
    .array(Slug)
    .min(1)
    .max(50)
    .describe('Unit that takes over; of several, the one that the procedure finds competent by its area'),
  procedures: z
    .array(Slug)
    .min(1)
    .max(500)
    .optional()
    .describe('Only these procedures pass on, and the unit remains; absent: all, and it ends'),
});
export type Move = z.infer<typeof Move>;

/**
 * A change of who is competent, as one operation: units merge (two moves to one unit), split (one move to several), are renamed or abolished (one move),
 * or hand on a procedure. Before its instant it can be taken back.
 */
export const Reorganisation = z.strictObject({
  id: Slug,
  at: OffsetInstant.describe('From this instant on'),
  legalBasis: z.string().min(1).max(500),
  moves: z.array(Move).min(1).max(500),
});
export type Reorganisation = z.infer<typeof Reorganisation>;

/** As it is kept: with how far the open dossiers have followed. */
export const ReorganisationRecord = Reorganisation.extend({
  moved: z.int().nonnegative().describe('Dossiers that have followed'),
  seenEmpty: Instant.optional().describe('Since when every look has found none left'),
  settled: Instant.nullable().describe('When none was left to follow'),
});
export type ReorganisationRecord = z.infer<typeof ReorganisationRecord>;
