import * as z from 'zod';
import { EvaluatedLimit } from '../clock-happening.ts';
import { TaskOpening } from '../dossier.ts';
import { DossierId, Instant, Name, TaskId } from '../ids.ts';
import { LegalBasis } from '../procedure/values.ts';

/** When the clock does something by itself, as long as nothing stops it. */
const Alarms = z.strictObject({
  warn: Instant.optional().describe('When the unit is warned'),
  silence: Instant.optional().describe('When the limit has passed undecided, and that counts'),
  apology: Instant.optional().describe('When an apology is asked for'),
  late: Instant.optional().describe('When the promised date has passed undecided'),
});

/** A date that a clock comes to, and the calendar that counted. */
const clockDate = {
  due: z.iso.date(),
  dueAt: Instant,
  calendar: z.string().describe('Calendar and version that counted'),
  alarms: Alarms.optional(),
};

/** The law’s time, and lateness. */
export const clockEvents = {
  PromiseMade: z.strictObject({
    ...clockDate,
    startsAt: Instant,
    clock: z.enum(['start', 'resume', 'restart']),
    cause: z.string().describe('What moved the clock, such as receive.accepted'),
    limit: EvaluatedLimit.optional().describe('Of a restart: the limit that now runs, where it is another'),
  }),
  ClockStopped: z.strictObject({
    stage: Name,
    effect: z.enum(['stops', 'restarts', 'shifts', 'stopsIfOver']),
    ifOver: z
      .strictObject({ limit: EvaluatedLimit, counting: z.enum(['excess', 'all']) })
      .optional()
      .describe('It stops only if the stage lasts longer than this'),
    alarms: Alarms.optional().describe('What still falls due while the stage is open'),
  }),
  ClockResumed: z
    .strictObject({
      clock: z.enum(['resume', 'restart']),
      cause: z.string(),
      limit: EvaluatedLimit.optional(),
    })
    .describe('A stage lets the clock go on, and a pause still holds it: there is no date yet'),
  ClockExtended: z.strictObject({
    extension: Name,
    limit: EvaluatedLimit.describe('By how much'),
    date: z.strictObject(clockDate).optional().describe('Absent while the clock stands still'),
  }),
  PauseBegun: z.strictObject({
    pause: Name,
    since: Instant,
    announced: Instant.describe('When the public was told'),
  }),
  PauseEnded: z.strictObject({
    pause: Name,
    until: Instant,
    date: z.strictObject(clockDate).optional().describe('Absent if something else still stops the clock'),
  }),
  DeadlineRecomputed: z
    .strictObject({
      ...clockDate,
      promised: z.strictObject({ due: z.iso.date(), dueAt: Instant }).describe('The date told, as it now stands'),
    })
    .describe('The calendar was amended: the law’s date is another'),
  TermRecomputed: z
    .strictObject({
      stage: Name,
      visit: z.int().positive(),
      task: TaskId.optional().describe('Of a consulted body; absent, with `child`: the stage’s own term'),
      child: DossierId.optional().describe('Of a dossier that this one opened'),
      before: Instant.describe('When the term would have passed'),
      until: Instant.describe('When it will have passed: always later'),
      due: z.iso.date().describe('Its last day'),
      calendar: z.string().describe('Calendar and version that counted'),
    })
    .describe('The calendar was amended: a term that runs at a stage ends later'),
  ClockEnded: z.strictObject({ cause: z.string().describe('<stage>.<outcome>') }),
  DeadlineNeared: z.strictObject({
    due: z.iso.date().describe('The promised date'),
    lawful: z.iso.date().optional().describe('The law’s date, from which the warning is reckoned'),
  }),
  ApologyAsked: z
    .strictObject({
      against: Instant.describe('The promised date that will not be kept'),
      by: z.iso.date().describe('The last day on which the apology is in time'),
      visit: z.int().positive().describe('Which piece of work about lateness it is'),
      opening: TaskOpening,
    })
    .describe('By the clock; by an official, who sees it coming or declined to sign what was drafted'),
  ApologyDrafted: z
    .strictObject({
      cause: Name.describe('Code of the cause, of those that the procedure lists'),
      due: z.iso.date().describe('The date that is to be promised instead'),
      dueAt: Instant,
    })
    .describe('The reason in words is in the secret'),
  Reappointed: z
    .strictObject({
      due: z.iso.date(),
      dueAt: Instant,
      from: z.strictObject({ due: z.iso.date(), dueAt: Instant }).describe('The date promised until now'),
      cause: Name,
      legalBasis: LegalBasis.optional(),
      issue: Name,
      copy: z.int().positive().describe('The apology that tells of it'),
      inTime: z.boolean().describe('Whether it was signed by the day on which it had to be'),
      alarms: Alarms.optional().describe('Of the new date'),
    })
    .describe('The promised date is another. The law’s date is what it was'),
  DeadlineMissed: z
    .strictObject({
      due: z.iso.date().describe('The promised date'),
      against: Instant.describe('The promised date, to the instant'),
      apology: z
        .enum(['sent', 'unsigned', 'none'])
        .describe('`unsigned`: asked for, and nobody signed it; `none`: not to be asked for, or not any more'),
      visit: z.int().positive(),
      opening: TaskOpening.describe('Work of who should have signed, or who heads the unit'),
    })
    .describe('The promised date has passed undecided. The dossier goes on'),
} as const;
