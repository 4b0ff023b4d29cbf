import * as z from 'zod';
import { Actor } from './actor.ts';
import { EvaluatedLimit } from './clock-happening.ts';
import { Channel, ConcernedPaper, DocumentRef, TaskOpening, TaskStep } from './dossier.ts';
import { DossierId, Instant, Name, Sha256, Slug, TaskId, Version } from './ids.ts';
import { AskPurpose, Effect, Result, StageKind } from './procedure/closed-sets.ts';
import { LegalBasis } from './procedure/values.ts';
import { SignatureFault } from './refusals.ts';

/** Version of the event vocabulary. Older events are brought here by `upcastEvent`. */
export const EVENT_VERSION = 1;

const stageVisit = {
  run: z.int().positive().describe('Run of the execution that did it'),
  stage: Name,
  visit: z.int().positive().describe('How many times the stage has been entered, this time included'),
};

/** An event in a dossier's chain, by which another dossier names it. */
export const ChainPlace = z.strictObject({ seq: z.int().positive(), hash: Sha256 });
export type ChainPlace = z.infer<typeof ChainPlace>;

const Next = Name.describe('Stage that comes next, or `end`');

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

/** Money in the currency's minor unit (VND has none: 1 is 1 dong). */
export const Amount = z.strictObject({ value: z.int().nonnegative(), currency: z.string().length(3) });
export type Amount = z.infer<typeof Amount>;

/**
 * The public part of each event, by type. Personal data is never here: it lies in the event's secret,
 * of which the event holds a salted digest.
 */
export const eventData = {
  DossierSubmitted: z.strictObject({
    reference: z.string().describe('Submission reference, given at once'),
    procedure: Slug,
    version: Version,
    definition: Sha256.describe('Digest of the pinned definition'),
    channel: Channel,
    receivingUnit: Slug,
    unit: Slug.nullable().describe('Competent unit; null goes to the coordination queue'),
    returnUnit: Slug.optional().describe('Where the result is handed over in person, if not where it was received'),
    applicantKey: z.string(),
    documents: z.array(DocumentRef),
    parent: z
      .strictObject({
        dossier: DossierId,
        part: Name.describe('The part of the stage that opened it'),
        order: ChainPlace.describe('The event there that ordered it'),
        depth: z.int().positive().describe('How many dossiers stand above it'),
      })
      .optional()
      .describe('The dossier that opened this one'),
    about: z
      .strictObject({
        dossier: DossierId,
        procedure: Slug,
        code: z.string().nullable(),
        papers: z.array(ConcernedPaper),
      })
      .optional()
      .describe('The earlier result that it is about, and its papers as they stood then'),
    run: z.literal(1),
    stage: Name.describe('First stage'),
  }),
  RunRequested: z.strictObject({
    run: z.int().min(2),
    stage: Name,
    reason: z.enum([
      'withdrawal',
      'silence',
      'resumption',
      'execution-lost',
      'migration',
      'correction',
      'reorganisation',
    ]),
  }),
  DossierMoved: z.strictObject({
    reorganisation: Slug,
    unit: Slug.nullable().describe('Who decides from now on; null: a person places it'),
    receivingUnit: Slug,
    tasks: z
      .array(z.strictObject({ task: TaskId, unit: Slug.nullable(), role: Slug.nullable() }))
      .describe('Open work that is another office’s now'),
    again: z
      .boolean()
      .describe('The stage is entered anew: what waits there for signature names an authority that is no more'),
  }),
  StageEntered: z.strictObject({
    ...stageVisit,
    kind: StageKind,
    asks: AskPurpose.optional().describe('Why a party is asked'),
    tasks: z.array(TaskOpening),
    until: Instant.optional().describe('When the stage leaves by itself'),
    onTime: Name.optional().describe('Outcome by which it then leaves'),
  }),
  TaskOpened: z.strictObject({ ...stageVisit, opening: TaskOpening }),
  TaskClaimed: z.strictObject({ task: TaskId }),
  TaskReleased: z.strictObject({ task: TaskId }),
  TaskHandedOver: z
    .strictObject({
      task: TaskId,
      from: Slug.nullable().describe('Who had taken it; null: nobody'),
      to: Slug.nullable().describe('Who has it from now on; null: back to the queue'),
      how: z.enum(['handed-over', 'reassigned']).describe('By who had it, or by the head of the unit'),
    })
    .describe('The reason is in the secret'),
  TaskDecided: z.strictObject({
    task: TaskId,
    step: TaskStep,
    stage: Name,
    visit: z.int().positive(),
    outcome: Name,
    documents: z.array(DocumentRef).describe('Documents handed in with the decision'),
    missing: z.array(Name).describe('Documents or fields asked for, when the outcome is incomplete'),
    revises: z.boolean().describe('Whether the secret holds a new form and the facts computed anew from it'),
  }),
  OpinionLapsed: z.strictObject({
    task: TaskId,
    stage: Name,
    visit: z.int().positive(),
    until: Instant.describe('When the term had passed'),
    counts: z.enum(['agreed', 'opposed', 'ignored', 'awaited']).describe('What the silence means'),
  }),
  LateOpinionKept: z.strictObject({
    task: TaskId,
    stage: Name,
    visit: z.int().positive(),
    outcome: Name.describe('What the body says, without effect'),
    documents: z.array(DocumentRef),
  }),
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
    until: Instant.optional(),
  }),
  ChildHeard: z.strictObject({
    child: DossierId,
    task: TaskId,
    outcome: Name.nullable().describe('null: it no longer asks'),
  }),
  ChildDeadlineNeared: z.strictObject({ child: DossierId, due: z.iso.date() }),
  ChildTermPassed: z.strictObject({ child: DossierId, until: Instant }),
  LinkIssued: z.strictObject({
    link: z.string(),
    task: TaskId,
    official: Slug.describe('Who may decide by it, once'),
    until: Instant,
  }),
  DecisionRefused: z.strictObject({
    task: TaskId,
    code: z.string().describe('Of the refusal, such as wrong-role'),
    official: Slug.describe('Who tried, or in whose name the system did that is the actor'),
    fault: SignatureFault.optional().describe('Of a signature that was not accepted'),
  }),
  StageLeft: z.strictObject({
    ...stageVisit,
    outcome: Name,
    next: Next,
    by: z.enum(['task', 'timer', 'payment', 'platform']),
  }),
  LimitOverridden: z
    .strictObject({
      stage: Name,
      visit: z.int().min(2).describe('The entry that it allows beyond the procedure’s limit'),
    })
    .describe('By whom the procedure names, once; the reason lies in the secret'),
  StagePassed: z.strictObject({
    ...stageVisit,
    kind: StageKind,
    outcome: Name,
    next: Next,
    why: z
      .enum(['system', 'when', 'call', 'notify'])
      .describe('`when`: its condition is false; else the platform did it'),
  }),
  CodeAssigned: z.strictObject({ code: z.string(), unit: Slug, scheme: z.string() }),
  FeesAssessed: z.strictObject({
    fees: z.array(
      z.strictObject({
        fee: Name,
        kind: z.enum(['fee', 'charge', 'tax', 'service']),
        amount: Amount,
        exempt: z.boolean(),
      }),
    ),
  }),
  PaymentRecorded: z.strictObject({
    payment: z.string().describe('Id given by the payment system; the same id is recorded once'),
    fees: z.array(Name),
    amount: Amount,
    effect: z.enum(['settled', 'refund-due']),
    reason: z.enum(['exact', 'wrong-amount', 'late', 'not-owed']),
  }),
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
  ClockEnded: z.strictObject({ cause: z.string().describe('<stage>.<outcome>') }),
  DeadlineNeared: z.strictObject({ due: z.iso.date().describe('The promised date') }),
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
        .describe('`unsigned`: asked for, and nobody signed it; `none`: not to be asked for any more'),
      visit: z.int().positive(),
      opening: TaskOpening.describe('Work of who should have signed'),
    })
    .describe('The promised date has passed undecided. The dossier goes on'),
  IssueDrafted: z.strictObject({ issue: Name, copy: z.int().positive(), stage: Name, document: Sha256 }),
  IssueSigned: z.strictObject({
    issue: Name,
    copy: z.int().positive(),
    step: TaskStep,
    document: Sha256,
    certificate: Sha256.describe("Digest of the signer's certificate"),
    judgedBy: z
      .array(z.strictObject({ kind: z.enum(['crl', 'ocsp']), document: Sha256 }))
      .optional()
      .describe(
        'What was said of its certificates when it was accepted, kept with the documents; records from before it was asked for do not say',
      ),
  }),
  NumberTaken: z.strictObject({
    register: Slug,
    unit: Slug,
    year: z.int(),
    number: z.int().positive(),
    text: z.string().describe('As printed, such as 12/GKS-UBND'),
    issue: Name,
    copy: z.int().positive(),
  }),
  NumberVoided: z.strictObject({
    register: Slug,
    unit: Slug,
    year: z.int(),
    number: z.int().positive(),
    reason: z
      .string()
      .describe('`replaced`: a new copy has a number of its own; `not-issued`: nothing went out under it'),
  }),
  IssueSealed: z.strictObject({
    issue: Name,
    copy: z.int().positive(),
    document: Sha256,
    mediaType: z.string(),
    unit: Slug.optional().describe('Unit whose seal it is; records from before each unit had one do not say'),
    certificate: Sha256.describe("Digest of the seal's certificate"),
  }),
  NoticeIssued: z.strictObject({
    notice: Name,
    message: z.string().describe('Stable id of the message'),
    party: z.string(),
    channel: z.enum(['email', 'none', 'parent']).describe('`parent`: by the dossier that opened this one'),
    child: DossierId.optional().describe('The dossier opened by this one, or below it, whose notice it is'),
  }),
  NoticeDelivered: z.strictObject({ message: z.string(), how: z.string() }),
  NoticeFailed: z.strictObject({ message: z.string(), reason: z.string() }),
  CallAnswered: z.strictObject({
    stage: Name,
    visit: z.int().positive(),
    system: Slug,
    outcome: Name,
    request: z.string().describe('Idempotency key of the request'),
  }),
  CallRefused: z.strictObject({ run: z.int(), source: z.enum(['handler', 'token', 'timer']), stage: Name }),
  DossierParked: z.strictObject({ run: z.int().positive(), stage: Name, error: z.string(), cause: z.string() }),
  DossierResumed: z.strictObject({ run: z.int().positive(), stage: Name }),
  DossierTransferred: z.strictObject({
    from: Slug.nullable().describe('Unit that was competent until now; null: nobody could tell'),
    unit: Slug.nullable().describe('Unit that is competent from now on; null: the coordination queue'),
    tasks: z
      .array(z.strictObject({ task: TaskId, unit: Slug, role: Slug }))
      .describe('Open work that goes along, and the queue to which it goes'),
  }),
  WithdrawalRequested: z.strictObject({ rule: Name }),
  RatingGiven: z.strictObject({ score: z.int().min(1).max(5) }),
  ResultAffected: z
    .strictObject({
      effect: Effect,
      issue: Name,
      copy: z.int().positive(),
      by: DossierId.describe('The later dossier, whose result did it'),
      code: z.string().nullable(),
      paper: ConcernedPaper.nullable().describe('The paper by which it did; null: it delivers none'),
    })
    .describe(
      'A later result corrects this paper, revokes it, or does something else to it; the paper stays what it was',
    ),
  ResultDelivered: z.strictObject({ how: z.enum(['download', 'email']) }),
  DossierSettled: z.strictObject({ result: Result, stage: Name, issues: z.array(Name) }),
  DossierClosed: z.strictObject({ result: Result }),
} as const;

export type EventType = keyof typeof eventData;
export const EventTypeName = z.enum(Object.keys(eventData) as [EventType, ...EventType[]]);
export type EventData<T extends EventType> = z.infer<(typeof eventData)[T]>;

/** What happened, before it has a place in the chain. `secret` is personal data, kept encrypted beside the event. */
export type EventBody = {
  [T in EventType]: { type: T; data: EventData<T>; secret?: Readonly<Record<string, unknown>> };
}[EventType];

/** An event in its place: what is hashed (SHA-256 over RFC 8785 canonical JSON) and signed. */
export const EventEnvelope = z.strictObject({
  v: z.int().positive(),
  dossier: z.string(),
  seq: z.int().positive(),
  at: Instant,
  type: z.string(),
  actor: Actor,
  data: z.record(z.string(), z.unknown()),
  secret: Sha256.optional().describe('SHA-256 over salt (32 bytes) and canonical JSON of the secret'),
  prev: Sha256.nullable().describe('Hash of the event before; null for the first'),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** An event as stored and handed out: the envelope and its proof. */
export const ChainedEvent = z.strictObject({
  event: EventEnvelope,
  hash: Sha256,
  jws: z.string().describe('RFC 7515 JWS with detached payload (appendix F), ES256 by the record key'),
});
export type ChainedEvent = z.infer<typeof ChainedEvent>;

/** One event with its type known. */
export type DossierEvent = {
  [T in EventType]: Omit<EventEnvelope, 'type' | 'data'> & { type: T; data: EventData<T> };
}[EventType];
