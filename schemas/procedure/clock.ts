import * as z from 'zod';
import { Slug } from '../ids.ts';
import { Expression, Id, LegalBasis, StageOutcome, StageRef, Term, TermValue, Text } from './values.ts';

const Effect = z.enum(['runs', 'stops', 'restarts', 'shifts']);

/** What the clock does while a stage is open. */
export const During = z
  .union([
    Effect,
    z.strictObject({ effect: Effect, legalBasis: LegalBasis }),
    z.strictObject({
      restarts: TermValue.describe('The new limit, from zero.'),
      legalBasis: LegalBasis.optional(),
    }),
    z.strictObject({
      stopsIfOver: TermValue.describe('Only what lasts longer than this stops the clock.'),
      counting: z.enum(['excess', 'all']).describe('Whether only the excess is taken out, or the whole time.'),
      legalBasis: LegalBasis.optional(),
    }),
  ])
  .describe(
    'While the stage is open the clock `runs`, `stops` (what is left remains), `restarts` (from zero), or `shifts` (the due date moves by as many calendar days). With `legalBasis` as `{effect, legalBasis}`.',
  );
export type During = z.infer<typeof During>;

const GROUND_TITLE = 'What people are told the ground is, as it stands within a sentence; else its id.';

const Extension = z
  .strictObject({
    id: Id,
    title: Text.optional().describe(GROUND_TITLE),
    by: TermValue.describe('By how much.'),
    when: Expression.optional(),
    needs: z
      .enum(['notice', 'agreement', 'decision'])
      .describe("A notice to the applicant, the applicant's agreement, or a signed decision."),
    at: StageRef.optional().describe('Of a decision: the `sign` stage whose paper it is.'),
    times: z.int().min(1).max(10).describe('How often.'),
    legalBasis: LegalBasis,
  })
  .refine(({ needs, at }) => (needs === 'decision') === (at !== undefined), {
    message: 'expected `at` where, and only where, a decision is needed',
  });

const Pause = z.strictObject({
  id: Id,
  title: Text.optional().describe(GROUND_TITLE),
  notice: z.union([z.literal('sameDay'), Term]).describe('By when the public must be told.'),
  legalBasis: LegalBasis,
});

const Late = z.strictObject({
  warn: TermValue.optional().describe('How long before the due date the unit is warned.'),
  apology: TermValue.optional().describe(
    'How long before the due date the apology is written; one that falls on a day off is due on the working day before.',
  ),
  reappoint: z.int().min(1).max(3).optional().describe('How often a new date may be promised. Absent: once.'),
  by: Slug.optional().describe('The role of the unit that has the dossier which drafts the apology.'),
  makes: Id.optional().describe(
    'The issue that is the apology. Its first personal signer signs it off, and hears when a promised date passes.',
  ),
  causes: z.record(Id, Text).optional().describe('The causes that an apology may give, by code.'),
  legalBasis: LegalBasis.optional().describe('The law of the apology and of the new date.'),
});

const Silence = z.strictObject({
  go: StageRef.describe('Where the dossier goes when the limit passes undecided.'),
  when: Expression.optional(),
  legalBasis: LegalBasis.optional().describe('Silence without its law is refused.'),
  proof: z.literal('certificate').optional().describe('What the applicant may ask for as proof.'),
});

const DayRule = z
  .strictObject({
    stop: z
      .enum(['counts', 'free'])
      .describe('Whether the day on which a stop begins counts. The general rule: counts.'),
    resume: z.enum(['counts', 'free']).describe('Whether the day on which it ends counts. The general rule: free.'),
    legalBasis: LegalBasis,
  })
  .describe('Where a law differs from the general rule of which days of an interruption count.');

/** What the law says about time. */
export const Clock = z
  .strictObject({
    limit: TermValue.describe('The limit of the whole procedure.'),
    starts: z
      .union([z.literal('submitted'), StageOutcome])
      .optional()
      .describe('What starts it. Absent: the first `receive.accepted`.'),
    ends: z
      .union([StageOutcome, z.array(StageOutcome).min(1)])
      .optional()
      .describe('What ends it; every `notify` ends it too.'),
    cutOff: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a local time such as 15:00')
      .optional()
      .describe('What arrives after this local time counts as received on the next working day.'),
    firstDay: z.enum(['next', 'same']).optional().describe('Whether the day of the start counts. Absent: next.'),
    onDayOff: z
      .enum(['next', 'stay'])
      .optional()
      .describe('What becomes of a due date that is a day off. Absent: next.'),
    dayRule: DayRule.optional(),
    during: z
      .record(Id, During)
      .optional()
      .describe('What the clock does while a stage is open, by stage. Every ask, pay and wait must be named.'),
    extend: z.array(Extension).optional().describe('Lawful extensions.'),
    pauses: z.array(Pause).optional().describe('Lawful pauses outside the stages. Absent: none is lawful.'),
    late: Late.optional().describe('What happens near and after the due date.'),
    silence: Silence.optional().describe('What passing the limit undecided means. Absent: nothing.'),
  })
  .describe("The law's time.");
export type Clock = z.infer<typeof Clock>;
