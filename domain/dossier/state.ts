import type { Disposed } from '../../schemas/archive.ts';
import type { Actor } from '../../schemas/actor.ts';
import type {
  BusinessStatus,
  Channel,
  DeliveryStatus,
  DocumentRef,
  FinancialStatus,
  PaperDebt,
  PortalStatus,
  SourceGaps,
  TaskOpening,
} from '../../schemas/dossier.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Amount } from '../../schemas/events/money.ts';
import type { ChainPlace } from '../../schemas/events/places.ts';
import type { Happening } from '../time/clock-policy.ts';
import type { AskPurpose, Effect, Result, StageKind } from '../../schemas/procedure/closed-sets.ts';

/** A dossier as its events make it. Personal data is not here: `secrets` says in which event's secret it lies. */
export interface Dossier {
  id: string;
  /** Number of events folded. */
  version: number;
  /** Hash of the last event. */
  hash: string;
  reference: string;
  code: string | null;
  procedure: string;
  procedureVersion: string;
  definition: string;
  channel: Channel;
  receivingUnit: string;
  unit: string | null;
  /** Where the result is handed over in person, if not where it was received. */
  returnUnit?: string;
  applicantKey: string;
  /** At the counter or by post: who identified the applicant; absent there, the key is that of whoever took it in. */
  identifiedBy?: NonNullable<EventData<'DossierSubmitted'>['identifiedBy']>;
  /** Answers of the form as it was handed in that registers gave of the applicant himself. */
  prefilled?: NonNullable<EventData<'DossierSubmitted'>['prefilled']>;
  /** The dossier that opened this one. */
  parent?: NonNullable<EventData<'DossierSubmitted'>['parent']>;
  submitted: string;
  updated: string;
  run: number;
  /** The one place where it stands; null once it is closed. */
  stage: string | null;
  /** The stage left last: where `back` leads from the next one. */
  cameFrom: string | null;
  parked: { stage: string; error: string; cause: string } | null;
  status: BusinessStatus;
  portal: PortalStatus;
  financial: FinancialStatus;
  delivery: DeliveryStatus;
  result: Result | null;
  settled: string | null;
  stages: Readonly<Record<string, StageState>>;
  tasks: Readonly<Record<string, TaskState>>;
  /** Dossiers that this one opened, by id, in the order in which they were ordered. */
  children: Readonly<Record<string, ChildState>>;
  /** Parts for which none was opened, as `<stage>.<visit>.<part>`, and why. */
  notOpened: Readonly<Record<string, EventData<'ChildNotOpened'>['why']>>;
  /** `from`: who handed it in. */
  documents: readonly (DocumentRef & { seq: number; at: string; from: Actor['kind'] })[];
  /** Of documents whose source was asked: the last question and its answer. */
  sources: Readonly<Record<string, SourceState>>;
  issues: Readonly<Record<string, IssueState>>;
  fees: Readonly<Record<string, FeeState>>;
  /** What came, by `paymentKey`. */
  payments: readonly string[];
  /** Of what was taken at the counter: the event in whose secret the voucher stands, by payment. */
  vouchers?: Readonly<Record<string, number>>;
  /** Money that waits to go back, by `paymentKey`. `task`: of who gives it back; null in records from before that was work. */
  refunds?: Readonly<Record<string, WaitingMoney>>;
  /** The date told to the applicant. */
  promise: PromisedDate | null;
  /** The law's date, as it was last reckoned. */
  lawful: Pick<PromisedDate, 'due' | 'dueAt'> | null;
  /** Happenings that moved the clock since acceptance, in order of time, for the explained deadline. */
  clock: readonly ClockHappening[];
  /** When the clock does something by itself; none while it stands still or has ended. */
  alarms: Readonly<NonNullable<EventData<'PromiseMade'>['alarms']>>;
  /** The apology in work: for which promised instant, and what it says so far. */
  apology?: Apology | undefined;
  /** The date promised in place of another, and how many were. */
  reappointed?: Reappointment | undefined;
  /** What outside the stages moved the date last: an extension, or a pause that is over, by its id. */
  moved?: { by: 'extension' | 'pause'; id: string } | undefined;
  /** The promised instant that passed undecided last. */
  missed?: string | undefined;
  notices: Readonly<Record<string, NoticeState>>;
  /** Sequence numbers of the events whose secrets hold the latest form, parties and facts. */
  secrets: Readonly<{ form: number; parties: number; facts: number; contact: number }>;
  /** The earlier result that it is about. */
  about?: EventData<'DossierSubmitted'>['about'];
  /** Decisions that were refused and stand in the record. */
  refusals: number;
  /** Entries into a stage that somebody allowed beyond its limit, by stage. */
  overridden: Readonly<Record<string, number>>;
  /** Whether paper counts only once it is taken in. */
  intake?: true;
  /** What officials took in, in its order. */
  takenIn?: readonly TakenIn[];
  /** How often a source could not be had, or paper was demanded all the same; absent: never. */
  gaps?: SourceGaps;
  /** Touches of paper at stages and of papers, as they happened. */
  touches?: Readonly<Pick<PaperDebt, 'presence' | 'papers' | 'prints'>>;
  /** Calls that can be taken back, by the idempotency key of the request, in the order in which they were begun. */
  calls?: Readonly<Record<string, CallState>>;
  /** Numbers that systems were asked for which keep registers of ours, by request. */
  numbers?: Readonly<Record<string, NumberState>>;
  /** How the applicant rated it; null: not. */
  rated: number | null;
  /** When its way ended. */
  closed?: string;
  /** What forbids that its record be disposed of, by id. */
  holds?: Readonly<Record<string, { by: Actor; at: string; legalBasis: string }>>;
  /** Its key is destroyed. */
  disposed?: Disposed;
  withdrawal: string | null;
}

export interface Apology {
  against: string;
  by: string;
  /** `secret`: the event in whose secret the reason lies. */
  draft?: EventData<'ApologyDrafted'> & { secret: number };
}

export interface Reappointment extends Pick<EventData<'Reappointed'>, 'due' | 'dueAt' | 'from' | 'cause'> {
  times: number;
  secret: number;
}

/** Where work about a dossier’s lateness is done: beside the stages, whichever the dossier stands at. No stage has this name. */
export const LATENESS = 'lateness';

/** Money that settled nothing. */
export interface WaitingMoney extends Pick<EventData<'PaymentRecorded'>, 'amount' | 'reason'> {
  payment: string;
  task: string | null;
  /** The payment system that told of it; null: the cash desk. */
  system: string | null;
  at: string;
}

/** Where originals that are kept are handed back: beside the stages, and after them. No stage has this name. */
export const CUSTODY = 'custody';

/** Where money that settled nothing is given back: beside the stages, and after them. No stage has this name. */
export const REFUND = 'refund';

/** Where the print of a paper is sent by post: beside the stages, and after them. No stage has this name. */
export const DISPATCH = 'dispatch';

/** Where another unit acknowledges a paper that went to it: beside the stages, and after them. No stage has this name. */
export const INCOMING = 'incoming';

/** Where it is looked into that a source does not bear out the paper on which was decided: beside the stages, and after them. No stage has this name. */
export const CONTRADICTION = 'contradiction';

/** Work that outlives the stages: it belongs to none. */
const OUTLIVING = [CUSTODY, REFUND, DISPATCH, INCOMING, CONTRADICTION] as const;

/** Work that belongs to no stage. */
export type Beside = typeof LATENESS | (typeof OUTLIVING)[number];

export function isBeside(kind: TaskState['kind']): kind is Beside {
  return kind === LATENESS || outlivesStages(kind);
}

/** Work that is still to be done when the dossier has ended. */
export function outlivesStages(kind: string): boolean {
  return OUTLIVING.some((each) => each === kind);
}

/** Paper that an official has taken in; `seq`: the event in whose secret the place of kept originals lies. */
export interface TakenIn extends Omit<EventData<'IntakeSigned'>, 'keeps'> {
  by: Actor;
  at: string;
  seq: number;
  keeps?: { task: string; components: readonly string[] };
}

export interface StageState {
  kind: StageKind;
  /** Why a party is asked. */
  asks?: AskPurpose;
  visits: number;
  entered: string;
  left: string | null;
  outcome: string | null;
  next: string | null;
  until: string | null;
  onTime: string | null;
  by: Actor | null;
  /** Event whose secret holds what the actor recorded. */
  secret: number | null;
  /** Stage that led here, for `back`. */
  from: string | null;
}

export interface TaskState extends TaskOpening {
  stage: string;
  visit: number;
  kind: StageKind | Beside;
  opened: string;
  claimedBy: string | null;
  decided: { outcome: string; by: Actor; at: string; seq: number; missing: readonly string[] } | null;
  cancelled: boolean;
  /** Event whose secret holds what a body added by hand is asked. */
  question?: number;
  /** The papers that a consulted body gets, as they were when it was asked: a later copy is for whoever is asked then. */
  given?: readonly GivenPaper[];
  /** Of a unit that has a paper: what a later result did to it, of which this task tells. */
  touched?: { effect: Effect; by: string };
  /** Of work about a contradiction: the document whose paper its source does not bear out. */
  contradicted?: string;
  /** When the term of a consulted body was found to have passed without its answer. */
  lapsed?: string;
  /** What it said after that, kept without effect. */
  late?: { outcome: string; by: Actor; at: string; seq: number; documents: readonly DocumentRef[] };
  /** One-time links to it, and mails that ask its official to log in. A task that is handed on takes along none but its receiver’s. */
  links?: readonly { link: string; official: string; until: string }[];
}

export interface GivenPaper {
  issue: string;
  number: string | null;
  sha256: string;
  mediaType: string;
  /** Of a container: the PDF in it. */
  readable?: string;
}

/** What a source was asked for a document, and what came of it. */
export interface SourceState extends Omit<EventData<'SourceAsked'>, 'document'> {
  /** The event whose secret holds the key. */
  seq: number;
  asked: string;
  /** How many times it was asked, under another key each time. */
  times: number;
  state: 'asked' | 'found' | 'not-found' | 'unavailable';
  failed: { why: EventData<'SourceFailed'>['why']; at: string } | null;
  /** `seq`: the event whose secret holds the record. */
  answer: (Omit<EventData<'SourceAnswered'>, 'document' | 'request'> & { seq: number; recorded: string }) | null;
  /** How its answer does not bear out the paper that was handed in while it was away. */
  contradicted?: Pick<EventData<'PaperContradicted'>, 'why' | 'rules'> & { at: string };
  /** Demands of paper all the same. */
  demanded: readonly { by: Actor; at: string; seq: number }[];
}

export interface IssueState {
  copy: number;
  stage: string;
  draft: string | null;
  /** Of a container: the PDF in it, for people to read. */
  readable?: string;
  /** Digest of the latest bytes: draft, then each signature's revision. */
  document: string | null;
  signatures: readonly { step: string; by: Actor; at: string; certificate: string }[];
  number: { register: string; unit: string; year: number; number: number; text: string } | null;
  sealed: {
    document: string;
    mediaType: string;
    at: string;
    /** Whose seal it is; older records do not say. */
    unit?: string;
    /** A print of it goes out by post. */
    printed?: true;
    /** Other units to which it goes, as the procedure names them. */
    to?: readonly string[];
    /** `remind`: gone once it was sounded, or a later result ended or extended the paper. */
    valid?: EventData<'IssueSealed'>['valid'];
  } | null;
  /** Sending its print by post; absent: none is to be sent, or it has not left the house. */
  dispatch?: Dispatch;
  /** Those of `sealed.to` to which it went. */
  given?: readonly string[];
  /** Of how many of `affected` each of them was told, or knew when it got the paper. */
  told?: Readonly<Record<string, number>>;
  /** What later results did to this copy, in their order. */
  affected?: readonly { effect: Effect; by: string; code: string | null; number: string | null; at: string }[];
}

/** `dropped`: what was to be sent was corrected, revoked or made anew before. `seq`: the event in whose secret the carrier, or the reason, lies. */
export type Dispatch = { task: string } & (
  { state: 'waiting' | 'dropped' } | { state: 'posted'; on: string; seq: number } | { state: 'not-posted'; seq: number }
);

export interface FeeState {
  kind: 'fee' | 'charge' | 'tax' | 'service';
  amount: Amount;
  exempt: boolean;
  paid: string | null;
  /** Unit whose money it is, as it was fixed; absent: the one that receives the dossier. */
  payee?: string;
}

export interface PromisedDate {
  due: string;
  dueAt: string;
  startsAt: string;
  calendar: string;
}

/** What moved the clock, as the record has it; its labels and laws are the procedure's. */
export type ClockHappening = Pick<Happening, 'at' | 'kind' | 'cause' | 'limit' | 'ground' | 'ifOver'>;

export interface NoticeState {
  notice: string;
  party: string;
  /** `passed-on`: told by the dossier that opened this one. */
  status: 'issued' | 'passed-on' | 'delivered' | 'failed';
  child?: string;
  issue?: string;
}

/** A dossier that another one opened, as that one knows it. */
export interface ChildState extends Omit<EventData<'ChildOrdered'>, 'run'> {
  /** The event that ordered it, whose secret holds what the child is handed. */
  order: ChainPlace;
  /** When it was ordered. */
  ordered: string;
  /** Why it could not be opened as it was ordered last. */
  failed: string | null;
  recalled: string | null;
  answer: { result: Result; at: string; seq: number; head: ChainPlace | null } | null;
  /** Where its way ended in its own chain. */
  closed: ChainPlace | null;
  /** Tasks by which it, or a dossier below it, asks the applicant. */
  asks: Readonly<Record<string, { asks: AskPurpose; until: string | null }>>;
  /** The date that its own clock warned of. */
  nears: string | null;
  /** Whether its term passed without its result. */
  late: boolean;
}

/** A number that the system which keeps the register was asked for. */
export interface NumberState extends Omit<EventData<'NumberAsked'>, 'request' | 'tells'> {
  /** The event whose secret holds what it is told. */
  seq: number;
  asked: string;
  /** Why none came, as far as the record says it last. */
  trouble: { why: EventData<'NumberNotGiven'>['why']; at: string } | null;
  /** How often it refused. */
  refusals: number;
  taken: boolean;
  /** The number that it gave, and the key under which it did. */
  given?: Pick<EventData<'NumberTaken'>, 'year' | 'number' | 'text'> & { key: string; at: string };
  /** It stands for no paper any more. `by`: number of the paper that did it. */
  void?: VoidNumber;
}

/** A number of another system that is void, and whether that system has heard it. */
export interface VoidNumber {
  why: EventData<'KeeperTold'>['why'];
  at: string;
  by: string | null;
  told: boolean;
  trouble: EventData<'KeeperNotTold'>['why'] | null;
}

/** A call that can be taken back. */
export interface CallState extends Pick<EventData<'CallBegun'>, 'stage' | 'visit' | 'system'> {
  /** `begun`: it may have had its effect, or not. */
  state: 'begun' | 'done' | 'refused' | 'undone';
  /** The event whose secret holds what was sent. */
  sent: number;
  /** The event whose secret holds the message that takes it back. */
  undo: number | null;
  /** How often the system refused to take it back. */
  refusals: number;
}

/** The documents and fields that were asked for last, by the official who found the dossier incomplete. */
export function lastAskedFor({ tasks }: Dossier): readonly string[] {
  const [last] = Object.values(tasks)
    .filter(({ decided }) => decided?.outcome === 'incomplete')
    .sort((a, b) => (b.decided?.seq ?? 0) - (a.decided?.seq ?? 0));
  return last?.decided?.missing ?? [];
}

/** Whether silence has answered a consulted body's part: what it says now has no effect. */
export function isAnsweredBySilence(task: TaskState): boolean {
  return task.lapsed !== undefined && task.part !== undefined && task.part.silence !== 'waits' && !task.decided;
}

/** Id of the task of a stage visit. Opening it twice gives the same id. */
export function taskId(dossier: string, stage: string, visit: number, step: string): string {
  return step === 'decision' ? `${dossier}.${stage}.${visit}` : `${dossier}.${stage}.${visit}.${step}`;
}
