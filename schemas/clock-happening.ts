import * as z from 'zod';

const law = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const amount = z.int().min(1);

/** A limit with its amount evaluated, in exactly one unit. */
export const EvaluatedLimit = z.union([
  z.strictObject({ workingHours: amount.describe('Hours of the working calendar') }),
  z.strictObject({ workingDays: amount.describe('Working days of the calendar') }),
  z.strictObject({ calendarDays: amount.describe('Days, days off included') }),
  z.strictObject({ months: amount.describe('Calendar months') }),
  z.strictObject({ sameDay: z.literal(true).describe('On the day itself') }),
]);

/** What happened to a clock, as a file of the `deadline` command lists it. */
export const clockHappening = z
  .strictObject({
    at: z.iso.datetime({ offset: true }).describe('RFC 3339 instant'),
    kind: z
      .enum(['start', 'stop', 'shift', 'resume', 'restart', 'extend', 'end'])
      .describe('What it does to the clock; the reception itself is the start and is not listed'),
    cause: z.string().min(1).describe('The stage or event that caused it'),
    label: z.record(z.string(), z.string()).optional().describe('What a citizen is told the cause was, by language'),
    limit: EvaluatedLimit.optional().describe('Of a restart: the limit that now runs; of an extension: by how much'),
    ground: z.string().min(1).optional().describe('Of a pause outside the stages: its id'),
    ifOver: z
      .strictObject({ limit: EvaluatedLimit, counting: z.enum(['excess', 'all']) })
      .optional()
      .describe('Of a stop: it stops only if it lasts longer than this'),
    legalBasis: law.optional().describe('The law that says so'),
  })
  .describe('A happening in the life of a clock');
