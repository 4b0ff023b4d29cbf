import * as z from 'zod';
import { Name, Slug } from './ids.ts';

/** `GET /work`. */
export const WorkQuery = z.strictObject({
  unit: Slug.optional().describe('A unit in which one holds an appointment; absent: the one in which one acts'),
});

const counted = z.int().nonnegative();

/** Open work at one stage of a procedure. */
export const StageWork = z.strictObject({
  procedure: Slug,
  stage: Name,
  open: counted,
  late: counted.describe('Due before today'),
  soon: counted.describe('Due today or on the next working day'),
  taken: counted.describe('Somebody has taken it'),
  waitedDays: z.number().nonnegative().describe('Median of how long it has been open, in days of 24 hours'),
});
export type StageWork = z.infer<typeof StageWork>;

/** Dossiers that got their result in one week. */
export const WeekOfResults = z.strictObject({
  from: z.iso.date().describe('Its Monday'),
  dossiers: counted,
  late: counted.describe('After the date that was promised'),
  medianDays: z.number().nonnegative().nullable().describe('From submission to result; null: there was none'),
});
export type WeekOfResults = z.infer<typeof WeekOfResults>;

/** What an official decided in one week. */
export const WeekOfDecisions = z.strictObject({
  from: z.iso.date().describe('Its Monday'),
  decided: counted,
  medianDays: z
    .number()
    .nonnegative()
    .nullable()
    .describe('From when a task opened to its decision; null: there was none'),
});
export type WeekOfDecisions = z.infer<typeof WeekOfDecisions>;

/** What an official has decided in the last twelve weeks, for himself or for another. */
export const OfficialsDecisions = z.strictObject({
  official: Slug,
  decided: counted.describe('Tasks; that a promised date has passed is noted, and no decision'),
  medianDays: z.number().nonnegative().describe('From when a task opened to its decision, in days of 24 hours'),
  weeks: z.array(WeekOfDecisions).describe('As far back as all of a week was counted'),
});
export type OfficialsDecisions = z.infer<typeof OfficialsDecisions>;

/** What applicants said of the dossiers of one procedure. */
export const RatedProcedure = z.strictObject({
  procedure: Slug,
  dossiers: counted.describe('Closed dossiers that were counted'),
  rated: counted.describe('Of them, those that were rated'),
  mean: z.number().min(1).max(5).nullable().describe('Of 5, to a tenth; null: none was rated'),
  low: counted.describe('Rated 1 or 2'),
});
export type RatedProcedure = z.infer<typeof RatedProcedure>;

/** Where the work of a unit stands, from indexes that are there anyway: what is counted is bounded, and where more is there the answer says so. */
export const Work = z.strictObject({
  unit: Slug,
  today: z.iso.date(),
  soonUntil: z.iso.date(),
  stages: z.array(StageWork).describe('Late work first, then by procedure and stage'),
  stagesComplete: z.boolean().describe('False: more waits than was counted; what is due first was'),
  results: z.strictObject({
    dossiers: counted.describe('Closed dossiers with a result that were counted, those that changed last'),
    complete: z.boolean().describe('False: there are more'),
    late: counted.describe('Of them, after the date that was promised'),
    medianDays: z.number().nonnegative().nullable(),
    weeks: z.array(WeekOfResults).describe('The last twelve weeks, as far back as all of a week was counted'),
  }),
  decisions: z.strictObject({
    officials: z.array(OfficialsDecisions).describe('Who has decided anything, by id'),
    complete: z.boolean().describe('False: there are more; those made last were counted'),
  }),
  ratings: z
    .array(RatedProcedure)
    .describe('Of the same closed dossiers, by procedure. Nothing that anybody decides rests on them'),
});
export type Work = z.infer<typeof Work>;
