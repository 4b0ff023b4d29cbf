import * as z from 'zod';
import {
  BusinessStatus,
  Channel,
  DeliveryStatus,
  DocumentRef,
  FinancialStatus,
  PaperDebt,
  PortalStatus,
} from './dossier.ts';
import { eventData } from './events.ts';
import { Slug } from './ids.ts';
import { Result } from './procedure/closed-sets.ts';
import { FilePath, Id, LocalDate } from './procedure/values.ts';
import { RefusalCode } from './refusals.ts';
import { OpinionRequest, TransferRequest } from './api.ts';
import { Reorganisation } from './reorganisation.ts';

/** An instant as people write it: `2026-11-23T14:59+07:00`. */
const LocalInstant = z.iso
  .datetime({ offset: true })
  .or(z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d([+-]\d\d:\d\d|Z)$/));

const Form = z.record(z.string(), z.unknown());
const How = DocumentRef.shape.how;

/** Documents by name; a list hands each in as a scan. */
const Documents = z
  .union([z.array(Id), z.record(Id, z.union([How, z.strictObject({ how: How.default('scan'), evidence: Slug })]))])
  .describe('Documents handed in, and how; `evidence`: what stands in for the document.');

const Earlier = z
  .strictObject({
    procedure: Slug.describe('The procedure, which stands beside this one.'),
    scenario: z.string().describe('The story that leads it there.'),
    as: Id.optional().describe(
      '`about`: this one is about its result, or, where both are of one procedure, about the same result. A field of the form: its code is written there. Absent: it only came before.',
    ),
  })
  .describe('A dossier that the same applicant had before.');

/** What the applicant brings. */
const Given = z
  .strictObject({
    form: z.union([FilePath, Form]).describe('The form, inline or as a file beside the scenarios.'),
    with: Form.optional().describe('Laid over the form (RFC 7396: null takes a field away).'),
    at: LocalInstant.describe('The instant at which the scenario begins.'),
    unit: Slug.describe('The unit that receives.'),
    returnUnit: Slug.optional().describe('Where the result is taken in person.'),
    channel: Channel.optional().describe('Absent: online.'),
    documents: Documents.optional(),
    email: z.email().optional().describe('Where notices go. Absent: the applicant left no address.'),
    earlier: Earlier.optional(),
  })
  .describe('What the applicant brings, when and where.');

/** What may come of a step. */
const outcome = {
  refused: RefusalCode.optional().describe('The step is refused for this reason.'),
  fails: z.string().optional().describe('The step fails with an error of this name, and nothing is recorded.'),
};

const PassTime = z
  .strictObject({
    minutes: z.int().positive().optional(),
    hours: z.int().positive().optional(),
    calendarDays: z.int().positive().optional(),
    workingDays: z.int().positive().optional().describe('To the same time of day, so many working days on.'),
    until: LocalInstant.optional(),
  })
  .refine(
    (pass) => Object.values(pass).filter((value) => value !== undefined).length === 1,
    'expected exactly one of minutes, hours, calendarDays, workingDays, until',
  );

/** What another system answers from now on. */
const SystemAnswer = z
  .union([
    z.enum(['refused', 'unavailable', 'done']),
    z.strictObject({ done: Form.describe('What it answers.') }),
    z.strictObject({ refused: Form.describe('What it answers.') }),
  ])
  .describe('`done` (its own answer), `refused`, `unavailable`, or what it answers.');

const IssueExpected = z.union([
  z.enum(['none', 'drafted', 'signed', 'sealed']),
  z.strictObject({
    state: z.enum(['drafted', 'signed', 'sealed']).optional(),
    number: z.string().optional(),
    copy: z.int().positive().optional(),
    shows: z.array(z.string()).optional().describe('Texts that stand in the paper.'),
    hides: z.array(z.string()).optional().describe('Texts that do not.'),
  }),
]);

const Nothing = z.literal('none');

/** The date of the law, and how it comes about. */
const DeadlineExpected = z.strictObject({
  state: z.enum(['due', 'stopped', 'not-started']).optional(),
  due: z.union([LocalDate, Nothing]).optional().describe('The date of the law; `due` beside it is the promised one.'),
  dueAt: LocalInstant.optional().describe('The hour at which it ends.'),
  measured: z.union([LocalDate, Nothing]).optional().describe('The date as Decision 766 counts.'),
  provisional: z.boolean().optional().describe('Whether a decree that it depends on is still to come.'),
  says: z
    .array(z.string())
    .optional()
    .describe('Texts that stand in the sentences of the derivation, vi or en, in this order, others between them.'),
});

/** What must hold. What is not named may be anything. */
export const Expectation = z
  .strictObject({
    stage: z.union([Id, Nothing]).optional().describe('Where it stands; none: it is closed.'),
    status: BusinessStatus.optional(),
    portal: PortalStatus.optional(),
    financial: FinancialStatus.optional(),
    delivery: DeliveryStatus.optional(),
    result: z.union([Result, Nothing]).optional(),
    due: z.union([LocalDate, Nothing]).optional().describe('The promised date.'),
    deadline: DeadlineExpected.optional().describe('The date of the law, and how it comes about.'),
    code: z.union([z.string(), Nothing]).optional().describe('The dossier code.'),
    unit: z.union([Slug, Nothing]).optional().describe('The competent unit.'),
    run: z.int().positive().optional(),
    parked: z.union([z.string(), Nothing]).optional().describe('The name of the error for which it is parked.'),
    fees: z.record(Id, z.int().min(0)).optional().describe('What is assessed, in minor units.'),
    issues: z.record(Id, IssueExpected).optional(),
    tasks: z
      .record(z.string(), z.string())
      .optional()
      .describe('Open work: `<stage>` or `<stage>.<step>`, and whose it is: `<unit>/<role>` or the party.'),
    visits: z.record(Id, z.int().min(0)).optional(),
    outcomes: z.record(Id, z.string()).optional().describe('The last outcome of stages.'),
    parts: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'What counts of consulted bodies: agreed, opposed, ignored or awaited; `-by-silence` where the term has passed.',
      ),
    children: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'What came of dossiers that were opened, by part: their result, `open`, `asks` (the applicant) or `recalled`; not-needed or refused-before where none was.',
      ),
    late: z.record(z.string(), z.string()).optional().describe('What bodies said too late, without effect.'),
    facts: Form.optional(),
    answers: z.record(Id, Form).optional().describe('What stages recorded: `stages.<id>.form`.'),
    notices: z
      .array(z.string())
      .optional()
      .describe('Notices issued so far, in any order: papers are made while the dossier goes on.'),
    events: z
      .array(z.enum(Object.keys(eventData) as [keyof typeof eventData]))
      .optional()
      .describe('Events in this order, others between them.'),
    counts: z.partialRecord(z.enum(Object.keys(eventData) as [keyof typeof eventData]), z.int().min(0)).optional(),
    calls: z.record(Slug, z.int().min(0)).optional().describe('Distinct messages that a system has got.'),
    holds: z
      .record(Slug, z.record(z.string(), z.union([Form, Nothing])))
      .optional()
      .describe('What a system keeps of persons, whole.'),
    questions: z.record(Slug, z.int().min(0)).optional().describe('Distinct questions that a register has answered.'),
    sources: z
      .record(Id, z.enum(['asked', 'found', 'not-found', 'unavailable', 'none']))
      .optional()
      .describe('What came of the source of each document.'),
    documents: z
      .record(Id, z.union([How, z.literal('none'), z.strictObject({ how: How, evidence: Slug })]))
      .optional()
      .describe('In which form each document is there: `data` from its source; `evidence`: what stands in for it.'),
    paper: PaperDebt.partial().optional().describe('How often it touched paper.'),
    refunds: z.array(z.enum(['wrong-amount', 'late', 'not-owed'])).optional(),
    now: LocalInstant.optional(),
  })
  .describe('What must hold.');
export type Expectation = z.infer<typeof Expectation>;

const Submit = z.strictObject({
  submit: z.union([z.literal(true), z.strictObject({ with: Form.optional(), documents: Documents.optional() })]),
  ...outcome,
});
const Answer = z.strictObject({
  answer: z.enum(['answered', 'declined']),
  stage: Id.optional().describe('Absent: where the dossier stands.'),
  with: Form.optional().describe('A revised form: laid over the last one.'),
  documents: Documents.optional(),
  comment: z.string().optional(),
  ...outcome,
});
const Pay = z.strictObject({
  pay: z.int().min(0).describe('Minor units.'),
  payment: z.string().optional().describe('The id that the payment system gives. Absent: a new one.'),
  ...outcome,
});
const Withdraw = z.strictObject({ withdraw: z.string().describe('The reason.'), ...outcome });
const Pass = z.strictObject({ pass: PassTime });
const Call = z.strictObject({ call: z.record(Slug, SystemAnswer).describe('What systems answer from now on.') });
const Source = z.strictObject({
  source: z
    .record(Slug, z.enum(['up', 'slow', 'down', 'lies']))
    .describe('How registers behave from now on; `lies`: their answers have another schema.'),
});
const Keeper = z.strictObject({
  keeper: z
    .record(
      Slug,
      z.union([
        z.enum(['up', 'slow', 'down', 'lies', 'refuses']),
        z.strictObject({ gives: z.int().positive().describe('The next number that it gives; then it counts on.') }),
      ]),
    )
    .describe(
      'How systems that keep registers behave from now on; `lies`: their answers have another schema, until they are up again.',
    ),
});
const Expect = z.strictObject({ expect: Expectation });
const Signer = z.strictObject({ signer: z.enum(['down', 'up']) });
const Machine = z.strictObject({
  machine: z
    .enum(['crash', 'restart'])
    .describe('`crash`: it dies after the step before is recorded, before anybody is told, and starts again.'),
});
const Resume = z.strictObject({ resume: z.literal(true), ...outcome });
const Extend = z.strictObject({
  extend: Id.describe('An extension of the clock, by its id.'),
  by: Slug.optional().describe('The official, or a role. Absent: one of the unit that decides.'),
  comment: z.string().optional().describe('The reason.'),
  agreement: z.string().optional().describe('Where the applicant agreed to it.'),
  ...outcome,
});
const Pause = z.strictObject({
  pause: Id.describe('A pause of the clock, by its id.'),
  by: Slug.optional(),
  since: LocalInstant.optional().describe('Absent: now.'),
  announced: LocalInstant.optional().describe('When the public was told. Absent: now.'),
  ...outcome,
});
const Unpause = z.strictObject({
  unpause: Id.describe('The pause that is over, by its id.'),
  by: Slug.optional(),
  until: LocalInstant.optional().describe('Absent: now.'),
  ...outcome,
});
const Apologise = z.strictObject({
  apologise: z.literal(true).describe('An official has an apology drafted before the clock asks for it.'),
  by: Slug.optional().describe('The official, or a role. Absent: one of the unit that decides.'),
  ...outcome,
});
const onBehalfOf = Slug.optional().describe(
  'The instrument by which the official acts in an office that is not his own.',
);
const Claim = z.strictObject({ claim: Id, by: Slug, onBehalfOf, ...outcome });
const Transfer = z.strictObject({
  transfer: TransferRequest.shape.unit,
  reason: TransferRequest.shape.reason,
  by: Slug.describe('The official.'),
  ...outcome,
});
const Reorganise = z.strictObject({
  reorganise: Reorganisation.describe('An administrator plans who is competent from an instant on.'),
  ...outcome,
});
const CalendarAmendment = z
  .strictObject({
    daysOff: z.array(LocalDate).min(1).optional().describe('Days that are no longer worked.'),
    workedDays: z.array(LocalDate).min(1).optional().describe('Days off that are worked after all.'),
    promises: z.enum(['keep', 'follow']).describe('Whether dates already told stand, or move with the law’s.'),
    reason: z.string().min(1).max(200).describe('Why, as applicants are told.'),
    legalBasis: z.string().min(1).max(200).optional().describe('The act. Absent: the reason.'),
  })
  .refine(({ daysOff, workedDays }) => (daysOff ?? workedDays) !== undefined, 'expected `daysOff` or `workedDays`');
export type CalendarAmendment = z.infer<typeof CalendarAmendment>;
const AmendCalendar = z.strictObject({
  amendCalendar: CalendarAmendment.describe('An administrator publishes the next version of the calendar of the unit.'),
  ...outcome,
});
const AskBody = z.strictObject({
  askBody: OpinionRequest,
  by: Slug.optional().describe('The official. Absent: one of the unit that decides.'),
  ...outcome,
});
const Intake = z.strictObject({
  intake: z
    .union([z.literal(true), z.strictObject({ keeps: z.array(Id).min(1), place: z.string(), until: LocalDate })])
    .describe(
      'An official compares all scans with their paper and signs over them; what is kept, where and until when.',
    ),
  stage: Id.optional().describe('At whose open work. Absent: where the dossier stands.'),
  compared: z.array(Id).optional().describe('Absent: all that is not taken in yet.'),
  by: Slug.optional().describe('The official, or a role. Absent: one of those whose work it is.'),
  onBehalfOf,
  signature: z.enum(['own', 'of-another', 'stale']).optional().describe('Absent: own.'),
  ...outcome,
});
const Release = z.strictObject({ release: Id, by: Slug, onBehalfOf, ...outcome });

/** `<stage>: <outcome>`, by an official. */
const Decide = z
  .object({
    by: Slug.optional().describe('The official, or a role. Absent: one of those whose work it is.'),
    onBehalfOf,
    comment: z.string().optional(),
    form: Form.optional().describe('What the official records.'),
    missing: z.array(Id).optional().describe('What is asked for, when the outcome is incomplete.'),
    insists: z.record(Id, z.string()).optional().describe('Why paper is asked for although a source holds it.'),
    step: z.string().optional().describe('A step of a signature. Absent: the one that is open.'),
    part: Id.optional().describe('A part of a consultation. Absent: the one that is open.'),
    visit: z.int().positive().optional().describe('Absent: the last.'),
    assurance: z.enum(['system', 'login']).optional().describe('Absent: login.'),
    signature: z
      .enum(['own', 'none', 'of-another', 'stale'])
      .optional()
      .describe('Absent: own, where the step is signed in person.'),
    ...outcome,
  })
  .catchall(Id)
  .describe('The decision of an official.');

const KEYWORDS = [
  'submit',
  'answer',
  'pay',
  'withdraw',
  'pass',
  'call',
  'source',
  'keeper',
  'expect',
  'signer',
  'machine',
  'resume',
  'extend',
  'pause',
  'unpause',
  'apologise',
  'intake',
  'claim',
  'release',
  'askBody',
  'transfer',
  'reorganise',
  'amendCalendar',
] as const;
const DECIDE_FIELDS = new Set(Object.keys(Decide.shape));
const BY_KEYWORD = {
  submit: Submit,
  answer: Answer,
  pay: Pay,
  withdraw: Withdraw,
  pass: Pass,
  call: Call,
  source: Source,
  keeper: Keeper,
  expect: Expect,
  signer: Signer,
  machine: Machine,
  resume: Resume,
  extend: Extend,
  pause: Pause,
  unpause: Unpause,
  apologise: Apologise,
  intake: Intake,
  claim: Claim,
  release: Release,
  askBody: AskBody,
  transfer: Transfer,
  reorganise: Reorganise,
  amendCalendar: AmendCalendar,
} as const satisfies Record<(typeof KEYWORDS)[number], z.ZodType>;

type Keyworded = {
  [K in (typeof KEYWORDS)[number]]: { kind: K; step: z.infer<(typeof BY_KEYWORD)[K]> };
}[(typeof KEYWORDS)[number]];

/** One step, with its kind told by its keyword; a key that is none is the name of a stage. */
export type ScenarioStep = (
  Keyworded | { kind: 'decide'; stage: string; outcome: string; step: z.infer<typeof Decide> }
) & {
  /** The part whose dossier is meant, if not the dossier of the story itself; below that a further one after a dot. */
  child?: string;
};

const ChildOf = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/)
  .optional();

/** Reads one step by its keyword, so that a complaint is about what the author meant and not about all that it might have been. */
export const Step = z
  .record(z.string(), z.unknown())
  .transform(({ child, ...raw }, context): ScenarioStep => {
    const of = ChildOf.safeParse(child);
    if (!of.success) {
      context.addIssue({
        code: 'custom',
        path: ['child'],
        message: 'expected the name of a part that opens a dossier',
      });
      return z.NEVER;
    }
    const ofChild = of.data === undefined ? {} : { child: of.data };
    const keyword = KEYWORDS.find((key) => key in raw);
    const schema = keyword === undefined ? Decide : BY_KEYWORD[keyword];
    const checked = schema.safeParse(raw);
    if (!checked.success) {
      for (const issue of checked.error.issues) context.issues.push({ ...issue, input: raw } as never);
      return z.NEVER;
    }
    if (keyword !== undefined) return { kind: keyword, step: checked.data, ...ofChild } as Keyworded;
    const stages = Object.keys(raw).filter((key) => !DECIDE_FIELDS.has(key));
    const [stage, second] = stages;
    if (stage === undefined || second !== undefined) {
      context.addIssue({
        code: 'custom',
        message: `expected one stage or one of ${KEYWORDS.join(', ')}; got ${stages.join(' and ') || 'none'}`,
      });
      return z.NEVER;
    }
    return {
      kind: 'decide',
      stage,
      outcome: String(raw[stage]),
      step: checked.data as z.infer<typeof Decide>,
      ...ofChild,
    };
  })
  .describe('One step: what somebody does, what time passes, or what must hold then.');

/** A story of one dossier in virtual time, told by the author of a procedure: what is done, and what must come of it. */
export const Scenario = z
  .strictObject({
    scenario: z.string().min(1).max(200).describe('What it shows, as a fact in the present tense.'),
    procedure: Slug,
    given: Given,
    do: z.array(Step).min(1),
  })
  .describe('A story of one dossier in virtual time.');
export type Scenario = z.infer<typeof Scenario>;
