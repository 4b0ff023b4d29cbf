import * as z from 'zod';
import { Instant, Slug, Version } from './ids.ts';

/** One difference between two texts. */
export const Change = z.strictObject({
  at: z.string().describe('Path in the text, such as stages.verify.within.workingDays'),
  was: z.unknown().optional().describe('Absent: it was not there'),
  is: z.unknown().optional().describe('Absent: it is gone'),
});
export type Change = z.infer<typeof Change>;

const Named = z.strictObject({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.string()).describe('There before and after, and not the same'),
});
export type Named = z.infer<typeof Named>;

/** What is other in a version than in one before it. */
export const Changes = z.strictObject({
  stages: Named,
  documents: Named,
  fees: Named,
  issues: Named,
  files: Named.describe('Forms, templates and tables beside the text'),
  details: z.array(Change).describe('Each difference by its path, the clock first'),
  more: z.int().nonnegative().describe('Differences beyond those listed'),
});
export type Changes = z.infer<typeof Changes>;

/** The open dossiers of one version, and what a move to the new one would meet. Counts are capped. */
export const VersionImpact = z.strictObject({
  version: Version,
  open: z.int().nonnegative().describe('Open dossiers counted'),
  complete: z.boolean().describe('False: there are more than were counted'),
  stages: z.array(z.strictObject({ stage: z.string(), dossiers: z.int().positive() })).describe('Where they stand'),
  stranded: z
    .array(
      z.strictObject({
        stage: z.string(),
        why: z.enum(['gone', 'another-kind']).describe('The new version has no such stage, or one of another kind'),
        dossiers: z.int().positive(),
        examples: z.array(z.string()).describe('Ids of some of them'),
      }),
    )
    .describe('Stages whose dossiers could not move: they have no place in the new version'),
  changes: Changes,
});
export type VersionImpact = z.infer<typeof VersionImpact>;

/** What publishing a version would do. Nothing is changed by asking. */
export const Impact = z.strictObject({
  procedure: Slug,
  version: Version,
  status: z.enum(['draft', 'published', 'retired']),
  effectiveFrom: Instant.nullable().describe('From when new dossiers start, or would start, on it'),
  replaces: Version.nullable().describe('The version on which they would start otherwise'),
  machine: z.string().nullable().describe('Name of the state machine that it has, or would get'),
  refused: z
    .strictObject({ code: z.string(), detail: z.string() })
    .nullable()
    .describe('Why it would be refused; null: it can be published, or is'),
  versions: z.array(VersionImpact).describe('Other versions that are in force or have open dossiers, newest first'),
});
export type Impact = z.infer<typeof Impact>;
