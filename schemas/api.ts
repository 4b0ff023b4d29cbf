import * as z from 'zod';
import { Disposed } from './archive.ts';
import { Channel, TermByHand } from './dossier.ts';
import { DraftPath } from './drafts.ts';
import { HandedInList } from './handed-in.ts';
import { DossierId, Instant, Name, Sha256, Slug, TaskId } from './ids.ts';
import { lackedOf } from './typeface.ts';
import { LONGEST_WORDS } from './longest-words.ts';
import { mapOf } from './map-of.ts';
import { EventTypeName } from './events.ts';
import { Amount, ReceivedAmount } from './events/money.ts';
import { SignatureScheme } from './organisation.ts';
import { Ground, Winner } from './refusals.ts';

/** RFC 9457 problem details, with the places at fault. `type` is stable: `urn:onetrack:problem:<code>`. */
export const Problem = z.strictObject({
  type: z.string().describe('Stable: `urn:onetrack:problem:` and the code'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().describe('Path of the request'),
  errors: z
    .array(
      z.strictObject({
        at: z.string().describe('RFC 6901 pointer into the body, or the name of a component'),
        expected: z.string(),
        found: z.string().optional(),
      }),
    )
    .optional(),
  grounds: z.array(Ground).optional().describe('Why the caller has no authority: rule, instrument, days'),
  decided: Winner.optional().describe('Of a task that is decided: what stands, by whom, since when'),
  claimedBy: z.string().optional().describe('Of a task that another has taken: which official'),
  disposed: Disposed.optional().describe('Of a dossier whose record is gone: when, and on whose authority'),
});
export type Problem = z.infer<typeof Problem>;

const Data = z.record(z.string(), z.unknown());
const Comment = z
  .string()
  .max(LONGEST_WORDS)
  .refine((text) => lackedOf(text) === undefined, 'expected letters that a paper can show')
  .describe('Why, in words');

/** A query that takes nothing. */
export const NoQuery = z.strictObject({});

export const page = {
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Most items of one page'),
  after: z.string().max(2000).optional().describe('Cursor handed out with the page before'),
};

export const SignedQuery = z.strictObject({
  expires: z.coerce.number().int().nonnegative().describe('Milliseconds since the epoch'),
  signature: z.string().max(100).describe('HMAC of the address'),
});
export const FileQuery = SignedQuery.extend({
  name: z.string().max(300).describe('Name for the download'),
  type: z.string().max(100).describe('Media type'),
});

/** `POST /dossiers`: a submission, taken whole or not at all. */
export const SubmissionRequest = z.strictObject({
  procedure: Slug,
  unit: Slug.describe('Unit that receives'),
  returnUnit: Slug.optional().describe('Where the result is taken in person; absent: where it was received'),
  channel: Channel.exclude(['agency']).default('online').describe('Officials hand in at the counter or by post'),
  about: DossierId.optional().describe('The dossier whose result it is about, where the procedure is about one'),
  applicant: z
    .strictObject({ subject: z.string().min(1).max(255).describe('`sub` of his access tokens') })
    .optional()
    .describe('At the counter or by post: who applies, whom the official has identified; the dossier is then his'),
  form: Data.describe('Against the JSON Schema of the procedure’s form'),
  documents: HandedInList.default([]),
  draft: DraftPath.shape.id
    .optional()
    .describe('The draft to which registers gave what they hold of the caller: what is unchanged of it is recorded so'),
  contact: z
    .strictObject({ email: z.email().max(254).optional(), language: z.enum(['vi', 'en']).optional() })
    .default({})
    .describe('Where notices go'),
});

/** What every command on a dossier answers: its place after the command. */
export const DossierSummary = z.strictObject({
  id: DossierId,
  reference: z.string(),
  code: z.string().nullable(),
  procedure: z.string(),
  version: z.string(),
  channel: Channel,
  receivingUnit: z.string(),
  unit: z.string().nullable(),
  stage: z.string().nullable(),
  status: z
    .strictObject({ business: z.string(), portal: z.int(), financial: z.string(), delivery: z.string() })
    .describe('State machines of their own'),
  result: z.string().nullable(),
  due: z.string().nullable().describe('Promised date, YYYY-MM-DD'),
  submitted: Instant,
  updated: Instant,
  head: z.strictObject({ seq: z.int(), hash: Sha256 }).describe('The end of the chain of events'),
});
export type DossierSummary = z.infer<typeof DossierSummary>;

export const DossierQuery = z.strictObject({
  ...page,
  status: z
    .enum(['submitted', 'processing', 'awaiting-applicant', 'awaiting-payment', 'parked', 'settled', 'closed'])
    .optional(),
  order: z.enum(['due', 'updated']).default('updated'),
  unit: Slug.optional().describe('Dossiers of a unit that the caller’s took over; the administrator’s of any'),
  code: z.string().max(100).optional().describe('One dossier, by code'),
  reference: z.string().max(100).optional().describe('One dossier, by submission reference'),
});

export const SupplementRequest = z.strictObject({
  documents: HandedInList.default([]),
  form: Data.optional().describe('The form anew, where it was asked for'),
  comment: Comment.optional(),
  task: TaskId.optional().describe('Which request is answered, where several are open'),
});
/** `POST /dossiers/{id}/transfer`. */
export const TransferRequest = z.strictObject({
  unit: Slug.nullable().describe('The unit that is competent; null: nobody can tell, the coordinators place it'),
  reason: z.string().trim().min(1).max(LONGEST_WORDS).describe('Why, in words'),
});
/** `POST /dossiers/{id}/opinions`: a body that the procedure does not name. */
export const OpinionRequest = z
  .strictObject({
    unit: Slug.describe('The body'),
    role: Slug.optional().describe('Role that answers there; absent: case-officer'),
    question: z.string().trim().min(1).max(LONGEST_WORDS).describe('What it is asked'),
    within: TermByHand.optional().describe('Its term, counted from now'),
    silence: z
      .enum(['ignored', 'waits'])
      .default('waits')
      .describe('Whether it is waited for beyond its term. That silence is a yes or a no only a law can say'),
    gets: z.array(Name).max(60).default([]).describe('Documents that it gets'),
  })
  .refine(({ within, silence }) => silence === 'waits' || within !== undefined, {
    path: ['within'],
    message: 'expected a term: without one the body would be waited for',
  });
export const WithdrawalRequest = z.strictObject({ reason: Comment.optional() });
/** `POST /dossiers/{id}/extensions`: an extension that the procedure's law knows. */
export const ExtensionRequest = z.strictObject({
  extension: Name.describe('Its id in the clock of the procedure'),
  reason: Comment,
  agreement: Comment.optional().describe('Where the applicant’s agreement stands, if the extension needs one'),
});
/** `POST /dossiers/{id}/apologies`: what it says is drafted in the task that this opens. */
export const ApologyRequest = z.strictObject({});
/** `POST /dossiers/{id}/pauses`: a ground outside the stages that stops the clock. */
export const PauseRequest = z.strictObject({
  pause: Name.describe('Its id in the clock of the procedure'),
  reason: Comment,
  since: Instant.optional().describe('When it began. Absent: now'),
  announced: z.strictObject({ at: Instant, where: Comment }).describe('When and where the public was told'),
});
export const PausePath = z.strictObject({ id: DossierId, pause: Name });
export const PauseEndRequest = z.strictObject({ until: Instant.optional().describe('When it ended. Absent: now') });
export const RatingRequest = z.strictObject({ score: z.int().min(1).max(5), comment: Comment.optional() });
/** `POST /dossiers/{id}/overrides`. */
export const OverrideRequest = z.strictObject({
  stage: Name.describe('To be entered once more than the procedure allows'),
  reason: Comment,
  onBehalfOf: Slug.optional().describe('Instrument by which the official acts in an office that is not his own'),
});
export const NoBody = z.strictObject({});
export const IssueQuery = z.strictObject({ issue: Name.optional().describe('Which paper, if there are several') });

/** A signature in person: what lets the signing service sign, or the signature itself. */
export const HandedInSignature = z
  .union([
    z.strictObject({
      credential: z.string().max(200).describe('Id at the signing service'),
      activation: z.string().max(20_000).describe('What the official obtained there for this very hash'),
    }),
    z.strictObject({
      cms: z
        .base64()
        .max(20_000)
        .describe(
          'Detached CMS SignedData (DER), made elsewhere with the official’s own key over the document of `toSign.digest`; a container takes none',
        ),
    }),
  ])
  .describe('For a step that is signed in person');
export type HandedInSignature = z.infer<typeof HandedInSignature>;

const onBehalfOf = Slug.describe('Instrument by which the official acts in an office that is not his own');

/** `POST /tasks/{id}/decision`. */
export const DecisionRequest = z.strictObject({
  outcome: Name,
  comment: Comment.optional(),
  form: Data.optional().describe('What the stage records'),
  attachments: HandedInList.default([]),
  missing: z.array(Name).max(100).default([]).describe('Documents or fields asked for'),
  insists: mapOf(Name, Comment, { most: 100 })
    .optional()
    .describe('Why paper is asked for although a source holds it, by document; recorded and counted'),
  signature: HandedInSignature.optional(),
  onBehalfOf: onBehalfOf.optional(),
});

/** `POST /webhooks/decisions`: a decision of a named official, brought by an agency's system. */
export const DecisionWebhook = DecisionRequest.extend({
  system: Slug.describe('The agency’s system'),
  task: TaskId,
  official: Slug.describe('Id of the official who decided'),
  assertion: z
    .string()
    .max(8000)
    .optional()
    .describe('Access token of the official: then assurance is `login`, without it `system`'),
});

/** `POST /dossiers/{id}/cash`. */
export const CashRequest = z.strictObject({
  order: z.string().min(1).max(80).describe('As `GET /dossiers/{id}/payment` tells it'),
  amount: Amount,
  voucher: z.string().trim().min(1).max(100).describe('Number of the receipt that the cash desk gave'),
  onBehalfOf: Slug.optional().describe('Instrument by which the official acts in an office that is not his own'),
});

/** `POST /webhooks/payments`. */
export const PaymentWebhook = z.strictObject({
  system: Slug.describe('The payment system'),
  payment: z.string().min(1).max(100).describe('Id given by the payment system, which it gives once; recorded once'),
  dossier: DossierId.optional(),
  code: z.string().max(100).optional().describe('Or the code or reference that the payer named'),
  amount: ReceivedAmount,
  order: z.string().min(1).max(80).optional().describe('The one that was paid; absent: whatever is owed now'),
});

/** `POST /tasks/{id}/claim` and `/release`. */
export const ClaimRequest = z.strictObject({ onBehalfOf: onBehalfOf.optional() });
/** `GET /tasks/{id}`. */
export const TaskReadQuery = z.strictObject({ onBehalfOf: onBehalfOf.optional() });
/** `GET /tasks`. */
export const InboxQuery = z
  .strictObject({
    ...page,
    unit: Slug.optional().describe(
      'Of this unit; absent: of the office in which one looks, and of those for which one may act',
    ),
    role: Slug.optional().describe('Of this role in the unit; not together with person'),
    person: Slug.optional().describe('What this official has taken, or is alone to do; `me`: the one who asks'),
    status: z
      .enum(['open', 'unclaimed', 'claimed', 'late'])
      .default('open')
      .describe('`unclaimed`: nobody has taken it; `late`: due before today'),
    due: z.iso.date().optional().describe('Due on this day'),
    dueBefore: z.iso.date().optional().describe('Due before this day'),
    procedure: Slug.optional(),
    stage: Name.optional(),
  })
  .refine(({ role, person }) => role === undefined || person === undefined, {
    path: ['role'],
    message: 'expected nothing beside person',
  });
export type InboxQuery = z.infer<typeof InboxQuery>;
/** `GET /tasks/counts`. */
export const CountsQuery = z.strictObject({
  ...page,
  unit: Slug.optional().describe(
    'Of this unit; absent: all where one may look, and the officials of the unit in which one acts',
  ),
});
const counted = z.int().nonnegative().max(1000);
const Counts = z.strictObject({
  open: counted,
  late: counted.describe('Due before today'),
  soon: counted.describe('Due today or on the next working day'),
});
export const CountsAnswer = z
  .strictObject({
    today: z.iso.date(),
    soonUntil: z.iso.date().describe('The last day that is soon'),
    units: z.array(
      Counts.extend({
        notes: counted.describe(
          'Promised dates that have passed and are to be noted; the dossiers’ work is among the open',
        ),
        unit: z.string(),
        role: z.string().optional().describe('Of this office alone: one may act for it, and holds none in the unit'),
      }),
    ),
    officials: z
      .strictObject({ items: z.array(Counts.extend({ official: z.string() })), next: z.string().optional() })
      .describe('What those who are appointed in one unit today have taken there, or are alone to do'),
  })
  .describe('No number goes beyond 1,000, which stands for that many or more.');
/** `POST /tasks/{id}/hand-over`. */
export const HandOverRequest = z.strictObject({
  to: Slug.describe('Official who could do it'),
  reason: z.string().trim().min(1).max(LONGEST_WORDS),
  onBehalfOf: onBehalfOf.optional(),
});
/** `POST /tasks/{id}/reassign`. */
export const ReassignRequest = HandOverRequest.extend({
  to: Slug.nullable().describe('Official who could do it; null: back to the queue'),
});
/** `POST /tasks/decisions`. */
export const BulkDecisionRequest = z.strictObject({
  items: z
    .array(DecisionRequest.omit({ signature: true }).extend({ task: TaskId }))
    .min(1)
    .max(50)
    .refine((items) => new Set(items.map(({ task }) => task)).size === items.length, 'expected each task once'),
});

export const SubscriptionRequest = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  types: z.array(EventTypeName).max(60).default([]).describe('Event types; empty means all'),
  units: z.array(Slug).max(200).default([]).describe('Empty: all that the owner is entitled to'),
  signature: SignatureScheme.default('hmac').describe('How messages are signed, by Standard Webhooks'),
});

/** `POST /subscriptions/{id}/rotate`. */
export const RotationRequest = z.strictObject({
  overlapHours: z
    .int()
    .min(0)
    .max(168)
    .default(24)
    .describe('So long the present secret signs beside the new one; 0 ends it at once, as after a leak'),
});
export const AttemptQuery = z.strictObject(page);
/** `GET /dossiers/{id}/denials`. */
export const DenialQuery = z.strictObject(page);
/** `GET /dossiers/{id}/reads`. */
export const ReadQuery = z.strictObject(page);

export const DeadLetterQuery = z.strictObject(page);
/** `POST /dead-letters/redeliver`: which ones. */
export const RedeliverRequest = z
  .strictObject({
    ids: z.array(z.string().min(1).max(500)).min(1).max(200).optional().describe('These; absent: all'),
    kind: z.enum(['mail', 'link', 'webhook', 'keeper', 'work']).optional().describe('Of this kind alone'),
  })
  .describe('Which dead letters; an empty object means all.');

export const FeedQuery = z.strictObject({
  after: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

export const ProcedureSource = z.strictObject({
  source: z.string().min(1).max(500_000).describe('The YAML'),
  files: mapOf(z.string().max(200), z.string().max(1_000_000), { most: 1000 })
    .default({})
    .describe('Forms, templates and tables that it names, by path'),
});
export const PublishRequest = z.strictObject({
  effectiveFrom: Instant.optional().describe(
    'New dossiers start on it from then; absent: from the day that its text announces, at once if that has passed',
  ),
  digest: Sha256.optional().describe('Publish only the draft with this digest'),
});
export const ImpactRequest = z.strictObject({
  effectiveFrom: PublishRequest.shape.effectiveFrom.describe('As it would be published'),
});
export const RetireRequest = z.strictObject({
  from: Instant.nullable().optional().describe('Absent: now. Null takes back what has not come yet'),
});

/** `POST /rebuild`. */
export const RebuildRequest = z.strictObject({
  limit: z.int().min(1).max(200).default(50).describe('Most dossiers of one page'),
  after: page.after,
});
const dossiers = z.int().nonnegative();
export const RebuildAnswer = z.strictObject({
  restarted: dossiers.describe('Their execution was gone: a new run starts at their stage'),
  running: dossiers.describe('Left alone: their execution runs'),
  starting: dossiers.describe('Left alone: their start is on the way'),
  parked: dossiers.describe('Left alone: a person has to resume them'),
  changed: dossiers.describe('Left alone: they went on while they were looked at'),
  next: z.string().optional().describe('Hand it in as `after`; absent on the last page'),
});
export type RebuildAnswer = z.infer<typeof RebuildAnswer>;

export const DossierPath = z.strictObject({ id: DossierId });
export const DocumentPath = z.strictObject({ id: DossierId, doc: Sha256 });
export const TaskPath = z.strictObject({ id: TaskId });
export const TrackingPath = z.strictObject({ codeOrReference: z.string().min(1).max(100) });
export const SlugPath = z.strictObject({ id: Slug });
/** `POST /procedures/{id}/foresight`. */
export const ForesightRequest = z.strictObject({
  unit: Slug.describe('Unit that would receive'),
  form: Data.default({}).describe('As much of the form as is filled in'),
});
export const SubscriptionPath = z.strictObject({ id: z.string().regex(/^s[0-9a-hjkmnp-tv-z]{26}$/) });
export const VersionPath = z.strictObject({
  id: Slug,
  version: z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, 'expected a version, such as 1.0.0'),
});

/** `GET /procedures/{id}/versions/{version}/changes`. */
export const ChangesQuery = z.strictObject({ since: VersionPath.shape.version.describe('The version before') });

/** What an import did, or would do. */
export const ImportAnswer = z.object({
  dryRun: z.boolean(),
  created: z.array(Slug),
  changed: z.array(Slug),
  unchanged: z.int().describe('How many stand already as they were handed in'),
});
export type ImportAnswer = z.infer<typeof ImportAnswer>;

const beforeAndAfter = z.object({ before: z.iso.date().nullable(), after: z.iso.date() });
/** Which dates an amended calendar would move, among one page of open dossiers. */
export const CalendarImpact = z.object({
  looked: z.int().describe('Open dossiers of the calendar on this page'),
  changes: z.array(
    z.object({ dossier: DossierId, code: z.string().nullable(), lawful: beforeAndAfter, promised: beforeAndAfter }),
  ),
  terms: z
    .array(
      z.object({
        dossier: DossierId,
        code: z.string().nullable(),
        stage: z.string(),
        task: z.string().optional().describe('Of a consulted body'),
        child: DossierId.optional().describe('Of a dossier that this one opened'),
        before: z.iso.datetime(),
        after: z.iso.datetime(),
      }),
    )
    .describe('Terms that run at a stage and would end later'),
  unclear: z
    .array(DossierId)
    .describe('Open dossiers whose date could not be reckoned: it lies beyond what is covered'),
  next: z.string().optional().describe('Cursor of the next page; absent: there is none'),
});
export type CalendarImpact = z.infer<typeof CalendarImpact>;
