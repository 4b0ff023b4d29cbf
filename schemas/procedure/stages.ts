import * as z from 'zod';
import { Slug } from '../ids.ts';
import { AskPurpose, Assurance, Effect, Result, Silence } from './closed-sets.ts';
import { Inputs } from './papers.ts';
import {
  Competent,
  Expression,
  EqualsExpression,
  FormRef,
  Id,
  LegalBasis,
  StageRef,
  TermValue,
  Text,
  UnitValue,
  casesOf,
} from './values.ts';

/** A stage, or `back`: the stage that asked. */
export const Target = z.union([z.literal('back'), Id]).describe('A stage, or `back` to the stage that asked.');

/** `system`: done by the platform itself from the rules, leaving by the way forward. */
export const Actor = z
  .union([
    z.literal('system'),
    Slug,
    z.strictObject({ role: Slug, unit: UnitValue.describe('The unit, if it is not the competent one.') }),
    z.strictObject({
      people: Expression.describe('The persons, as an expression.'),
      needs: z.enum(['all', 'majority']).describe('How many of them must agree.'),
    }),
  ])
  .describe('Who acts: a role in the competent unit, {role, unit}, {people, needs}, or system.');
export type Actor = z.infer<typeof Actor>;

const OfParty = z
  .union([
    z
      .string()
      .regex(/^(parent\.)?[a-z][a-zA-Z0-9]*$/, 'expected a party, `applicant`, `parent.<party>`, or `= expression`'),
    EqualsExpression,
  ])
  .describe('A party by name, `applicant`, `parent.<party>`, or `= expression`.');

const Times = z
  .union([
    z.int().min(1).max(100),
    z
      .strictObject({
        max: z.int().min(1).max(100),
        else: Target.optional().describe('Where a further entry goes; absent: it is refused.'),
        override: z
          .strictObject({ by: Slug, legalBasis: LegalBasis })
          .optional()
          .describe('Who of the competent unit may let it be entered once more, with a reason, and by which law.'),
      })
      .refine(({ else: target, override }) => target !== undefined || override !== undefined, {
        message: 'expected else or override beside max; else a number alone',
      }),
  ])
  .describe(
    'How often the stage may be entered. More is refused, or goes to `else`; where the law allows it, somebody may override it with a reason.',
  );

const common = {
  title: Text.optional(),
  when: Expression.optional().describe('If this is false the stage is left at once by the way forward.'),
  within: TermValue.optional().describe('Its limit: law if it names a legalBasis, otherwise a house budget.'),
  then: z.record(Id, Target).optional().describe('Where each outcome leads. What is not listed is not offered.'),
  form: FormRef.optional().describe('What the actor records; read later as stages.<id>.form.'),
  makes: Id.optional().describe('The issue that is drafted here.'),
  separateFrom: z.array(StageRef).min(1).optional().describe('Stages whose actor may not act here.'),
  times: Times.optional(),
  before: TermValue.optional().describe('May be entered only until this much of the clock has run.'),
  presence: z
    .strictObject({ of: z.string().min(1).max(200), legalBasis: LegalBasis })
    .optional()
    .describe('Somebody must come in person; counts as paper debt.'),
  paper: z
    .strictObject({ what: z.string().min(1).max(200), legalBasis: LegalBasis })
    .optional()
    .describe('Something must be on paper; counts as paper debt.'),
  legalBasis: LegalBasis.optional(),
};
const officials = {
  ...common,
  by: Actor,
  assurance: Assurance.optional().describe(
    'The least proof that it was this official. Absent: login (signature in `sign`).',
  ),
};

const part = {
  unit: UnitValue.optional(),
  when: Expression.optional().describe('Only if this is true.'),
  each: Expression.optional().describe('One part per item of this list, read as `item`.'),
  after: z.array(Id).min(1).optional().describe('Parts that must have been answered before.'),
  within: TermValue.optional(),
};
const Opinion = z.strictObject({
  ...part,
  unit: z
    .union([UnitValue, Competent])
    .describe('The body; `{unit, area}`: the one of that kind that is competent there.'),
  by: Slug.optional().describe('The role that answers in the body. Absent: case-officer.'),
  assurance: Assurance.optional().describe('The least proof that it was this official. Absent: login.'),
  gets: z.array(Id).min(1).optional().describe('The documents and issues that the body gets.'),
  form: FormRef.optional(),
  silence: Silence.optional().describe('What its silence means. Must be said.'),
});
const Child = z.strictObject({
  ...part,
  procedure: z.union([Slug, EqualsExpression, casesOf(Slug)]).describe('The procedure of the dossier that is opened.'),
  with: Inputs.optional().describe('Its `input`; of a procedure without one, its form.'),
  gets: z.array(Id).min(1).optional().describe('The documents that it gets, under the same names.'),
  counts: z.boolean().optional().describe('false: neither awaited nor timed.'),
});

const Receive = z.strictObject({ kind: z.literal('receive'), ...officials });
const Verify = z.strictObject({ kind: z.literal('verify'), ...officials });
const Inspect = z.strictObject({
  kind: z.literal('inspect'),
  ...officials,
  noticeOf: TermValue.optional().describe('How long before the visit it is announced.'),
  team: Expression.optional().describe('Who may take part: the ids of officials, as the numbered decision names them.'),
});
const Approve = z.strictObject({ kind: z.literal('approve'), ...officials });
const Sign = z.strictObject({
  kind: z.literal('sign'),
  ...officials,
  by: z
    .literal('system')
    .optional()
    .describe('Only for an issue that is `automatic`; otherwise the issue names its signers.'),
  issue: Id.describe('What is signed.'),
});
const Ask = z.strictObject({
  kind: z.literal('ask'),
  ...common,
  of: OfParty,
  for: AskPurpose.describe('Why.'),
  needs: z.array(Id).min(1).optional().describe('The documents that are asked for.'),
});
const Pay = z.strictObject({
  kind: z.literal('pay'),
  ...common,
  of: OfParty,
  fees: z.array(Id).min(1).describe('What is to be paid.'),
});
const Consult = z.strictObject({
  kind: z.literal('consult'),
  ...common,
  parts: z.record(Id, Opinion).describe('The bodies, all at once or after one another.'),
});
const Open = z.strictObject({
  kind: z.literal('open'),
  ...common,
  parts: z.record(Id, Child).describe('The dossiers, all at once or after one another.'),
});
const Call = z
  .strictObject({
    kind: z.literal('call'),
    ...common,
    system: Slug.optional().describe('The connected system.'),
    send: Inputs.optional().describe('The message. The answer is read as stages.<id>.form.'),
    undo: Inputs.optional().describe('The message that takes it back, made when the answer is there.'),
    undoes: z
      .array(StageRef)
      .min(1)
      .optional()
      .describe('Instead of a system: the calls that are taken back here, the last one first.'),
  })
  .refine(({ system, undoes }) => (system === undefined) !== (undoes === undefined), {
    message: 'expected exactly one of system, undoes',
  })
  .refine(({ system, send, undo }) => system !== undefined || (send === undefined && undo === undefined), {
    message: 'expected send and undo beside a system only',
  });
const Decide = z.strictObject({
  kind: z.literal('decide'),
  title: common.title,
  legalBasis: common.legalBasis,
  choose: z
    .array(z.strictObject({ when: Expression.optional(), go: Target, legalBasis: LegalBasis.optional() }))
    .min(1)
    .describe('First match; the last one without `when`.'),
});
const Wait = z.strictObject({
  kind: z.literal('wait'),
  ...common,
  for: TermValue.describe('How long.'),
  publish: z
    .strictObject({ where: Slug, what: z.array(Id).min(1).describe('Documents or issues.') })
    .optional()
    .describe('What is posted meanwhile, and where.'),
  objections: z.enum(['parties', 'anyone']).optional().describe('Who may object.'),
});
const Notify = z.strictObject({
  kind: z.literal('notify'),
  ...common,
  deliver: z.array(Id).min(1).optional().describe('The issues that are handed over.'),
  result: Result.optional().describe('What it says. A way ends only at a notify with a result.'),
  effect: z.partialRecord(Effect, Id).optional().describe('What it does to an issue of the dossier it is `about`.'),
});

/** A stage: who acts, by when, and where each outcome leads. */
export const Stage = z
  .discriminatedUnion('kind', [
    Receive,
    Verify,
    Inspect,
    Approve,
    Sign,
    Ask,
    Pay,
    Consult,
    Open,
    Call,
    Decide,
    Wait,
    Notify,
  ])
  .describe('Who acts, by when, and where each outcome leads.');
export type Stage = z.infer<typeof Stage>;
/** The stage of one kind. */
export type StageOf<K extends Stage['kind']> = Extract<Stage, { kind: K }>;
export type OpinionPart = z.infer<typeof Opinion>;
export type ChildPart = z.infer<typeof Child>;

/** What may break in at any time. */
export const Anytime = z
  .strictObject({
    by: z
      .string()
      .regex(/^[a-z][a-zA-Z0-9-]*$/)
      .describe('A party, a role, or an event.'),
    until: StageRef.optional().describe('Until this stage is entered.'),
    during: z.array(StageRef).min(1).optional().describe('While one of these stages is open.'),
    go: StageRef.optional().describe('Where the dossier goes.'),
    stop: Result.optional().describe('Or the result with which it stops.'),
    legalBasis: LegalBasis.optional(),
  })
  .refine((entry) => (entry.go === undefined) !== (entry.stop === undefined), 'expected exactly one of go, stop')
  .refine((entry) => entry.until === undefined || entry.during === undefined, 'expected at most one of until, during')
  .describe('What may break in at any time, such as a withdrawal.');
export type Anytime = z.infer<typeof Anytime>;
