import * as z from 'zod';
import { DossierId, Instant, Name, Slug, TaskId, Version } from '../ids.ts';
import { AskPurpose, Result } from '../procedure/closed-sets.ts';
import { ChainPlace, stageVisit } from './places.ts';

/** Dossiers that a dossier opens. */
export const childrenEvents = {
  ChildOrdered: z
    .strictObject({
      ...stageVisit,
      part: Name.describe('Unique within the visit: the name of the part, numbered where there is one for each item'),
      of: Name.describe('The part of the procedure'),
      child: DossierId,
      procedure: Slug,
      version: Version.describe('To which the child is pinned'),
      unit: Slug.describe('Unit that receives it'),
      counts: z.boolean().describe('Whether the stage waits for its result'),
      gets: z.array(Name).describe('Documents that it gets'),
      until: Instant.optional().describe('When its term has passed'),
    })
    .describe('A dossier is to be opened. Of one that could not be opened the last order holds'),
  ChildNotOpened: z.strictObject({
    ...stageVisit,
    part: Name.describe('The part of the procedure'),
    why: z.enum(['not-needed', 'refused-before']).describe('`refused-before`: what comes before it was refused'),
  }),
  ChildFailed: z.strictObject({ child: DossierId, cause: z.string() }),
  ChildAnswered: z
    .strictObject({
      child: DossierId,
      result: Result,
      head: ChainPlace.optional().describe('Where the result stands in the child’s chain; absent: it was never opened'),
    })
    .describe('What a child came to. After the stage was left: kept, without effect'),
  ChildClosed: z.strictObject({ child: DossierId, head: ChainPlace.describe('Where its way ends in its chain') }),
  ChildRecalled: z.strictObject({
    child: DossierId,
    why: z.enum(['withdrawal', 'broken-off']).describe('The applicant withdraws, or the stage is left without it'),
  }),
  ChildAsked: z.strictObject({
    child: DossierId,
    task: TaskId.describe('Of the child, or of one below it'),
    asks: AskPurpose,
    until: Instant.optional().describe('When the term to answer has passed; told again where that is another instant'),
  }),
  ChildHeard: z.strictObject({
    child: DossierId,
    task: TaskId,
    outcome: Name.nullable().describe('null: it no longer asks'),
  }),
  ChildDeadlineNeared: z.strictObject({ child: DossierId, due: z.iso.date() }),
  ChildTermPassed: z.strictObject({ child: DossierId, until: Instant }),
} as const;
