import type { Pinned } from '../functions/procedures/catalogue.ts';
import type { Actor, OnBehalfOf } from '../schemas/actor.ts';
import type { ChainedEvent, EventData, EventType } from '../schemas/events.ts';
import { type Content, html, type Markup } from './html/markup.ts';
import { dateOf, tellAmount, tellDate, tellInstant } from './tell.ts';
import { Names, type Visit } from './visit.ts';

/** An event as the API shows it: with the reason that was given, to who may read it. */
export type ShownEvent = ChainedEvent & { comment?: string };

interface Telling {
  visit: Visit;
  names: Names;
  pinned: Pinned;
  actor: Actor;
}

type Tell<T extends EventType> = (
  data: EventData<T>,
  telling: Telling,
) => Promise<string | undefined> | string | undefined;

function pauseTitle({ names, pinned }: Telling, pause: string): string {
  return names.text(pinned.procedure.clock.pauses?.find(({ id }) => id === pause)?.title);
}

/** What is told of a dossier's record. What is not here concerns the machine, or stands in another event too. */
const TELL: { readonly [T in EventType]?: Tell<T> } = {
  DossierSubmitted: async ({ receivingUnit }, { visit: { t }, names }) =>
    t.history.submitted(await names.unit(receivingUnit)),
  CodeAssigned: ({ code }, { visit: { t } }) => t.history.code(code),
  PromiseMade: ({ due }, { visit: { t } }) => t.history.promise(tellDate(t, due)),
  DeadlineRecomputed: ({ promised }, { visit: { t } }) => t.history.recomputed(tellDate(t, promised.due)),
  TermRecomputed: ({ stage, due }, { visit: { t }, names, pinned }) =>
    t.history.termRecomputed(names.stage(pinned, stage), tellDate(t, due)),
  ClockStopped: (_, { visit: { t } }) => t.history.stopped,
  ClockResumed: (_, { visit: { t } }) => t.history.resumed,
  Reappointed: ({ due, from }, { visit: { t } }) => t.history.reappointed(tellDate(t, from.due), tellDate(t, due)),
  DeadlineMissed: ({ due }, { visit: { t } }) => t.history.missed(tellDate(t, due)),
  ClockExtended: ({ extension }, { visit: { t }, names, pinned }) =>
    t.history.extended(names.text(pinned.procedure.clock.extend?.find(({ id }) => id === extension)?.title)),
  PauseBegun: ({ pause }, telling) => telling.visit.t.history.paused(pauseTitle(telling, pause)),
  PauseEnded: ({ pause }, telling) => telling.visit.t.history.unpaused(pauseTitle(telling, pause)),
  StageEntered: ({ asks }, { visit: { t } }) => asks && t.history.asked(t.asks[asks]),
  TaskDecided: async ({ stage, outcome, step }, telling) => {
    // Told by the signature itself.
    if (outcome === 'signed' && step.startsWith('personal')) return undefined;
    const { visit, names, pinned, actor } = telling;
    const told = names.outcome(outcome);
    const name = names.stage(pinned, stage);
    return actor.kind === 'applicant'
      ? visit.t.history.answered(name, told)
      : visit.t.history.decided(await whoOf(visit, names, actor), name, told);
  },
  StageLeft: ({ stage, by, outcome }, { visit: { t }, names, pinned }) =>
    by === 'timer' && outcome === 'expired' ? t.history.lapsed(names.stage(pinned, stage)) : undefined,
  OpinionLapsed: ({ stage }, { visit: { t }, names, pinned }) => t.history.lapsed(names.stage(pinned, stage)),
  TaskHandedOver: async ({ to }, { visit: { t, who }, names }) => {
    if (to === null) return t.history.toQueue;
    // To an applicant the unit answers for its officials.
    return t.history.handedOver(who.kind === 'official' ? await names.official(to) : t.history.anotherOfficial);
  },
  FeesAssessed: ({ fees }, { visit: { t } }) => {
    const owed = fees.filter(({ exempt, amount }) => !exempt && amount.value > 0);
    return owed.length === 0 ? undefined : t.history.owes(owed.map(({ amount }) => tellAmount(t, amount)).join(', '));
  },
  PaymentRecorded: ({ amount, reason }, { visit: { t } }) =>
    [t.history.paid(tellAmount(t, amount)), ...(reason === 'exact' ? [] : [t.history.paidInVain[reason]])].join(' '),
  RefundMade: ({ amount }, { visit: { t } }) => t.history.refunded(tellAmount(t, amount)),
  PaperPosted: async ({ issue, on }, { visit, names, pinned, actor }) =>
    visit.t.history.posted(names.issue(pinned, issue), tellDate(visit.t, on), await whoOf(visit, names, actor)),
  PaperNotPosted: async ({ issue }, { visit, names, pinned, actor }) =>
    visit.t.history.notPosted(names.issue(pinned, issue), await whoOf(visit, names, actor)),
  PaperGiven: async ({ issue, opening }, { visit: { t }, names, pinned }) =>
    t.history.wentTo(names.issue(pinned, issue), await names.unit(opening.unit)),
  PaperEffectTold: async ({ issue, effect, opening }, { visit: { t }, names, pinned }) =>
    t.history.wasTold(names.issue(pinned, issue), await names.unit(opening.unit), t.papers.effects[effect]),
  PaperAcknowledged: async ({ issue }, { visit, names, pinned, actor }) =>
    visit.t.history.acknowledged(names.issue(pinned, issue), await whoOf(visit, names, actor)),
  NumberNotGiven: ({ issue, why }, { visit: { t }, names, pinned }) =>
    t.history.noNumber(names.issue(pinned, issue), why),
  KeeperTold: ({ issue }, { visit: { t }, names, pinned }) => t.history.keeperTold(names.issue(pinned, issue)),
  KeeperNotTold: ({ issue, why }, { visit: { t }, names, pinned }) =>
    t.history.keeperNotTold(names.issue(pinned, issue), why),
  NumberTaken: ({ issue, text }, { visit: { t }, names, pinned }) => t.history.number(names.issue(pinned, issue), text),
  IssueSigned: async ({ issue }, { visit, names, pinned, actor }) =>
    visit.t.history.signed(names.issue(pinned, issue), await whoOf(visit, names, actor)),
  IssueSealed: ({ issue }, { visit: { t }, names, pinned }) => t.history.sealed(names.issue(pinned, issue)),
  SourceAnswered: ({ document, found }, { visit: { t }, names, pinned }) =>
    t.history.brought(names.document(pinned, document), found),
  SourceFailed: ({ document }, { visit: { t }, names, pinned }) =>
    t.history.unfetched(names.document(pinned, document)),
  PaperContradicted: ({ document, why }, { visit: { t }, names, pinned }) =>
    t.history.contradicted(names.document(pinned, document), t.contradiction.why[why]),
  ContradictionExamined: async ({ document }, { visit, names, pinned, actor }) =>
    visit.t.history.examined(names.document(pinned, document), await whoOf(visit, names, actor)),
  PaperDemanded: async ({ document }, { visit, names, pinned, actor }) =>
    visit.t.history.demanded(await whoOf(visit, names, actor), names.document(pinned, document)),
  IntakeSigned: async ({ scans, keeps }, { visit, names, pinned, actor }) => {
    const { t } = visit;
    const told = (components: readonly string[]): string =>
      [...new Set(components)].map((component) => names.document(pinned, component)).join(', ');
    const taken = t.history.takenIn(await whoOf(visit, names, actor), told(scans.map(({ component }) => component)));
    const due = keeps?.opening.due;
    return keeps && due != null ? `${taken} ${t.history.keeps(told(keeps.components), tellDate(t, due))}` : taken;
  },
  OriginalsReturned: async ({ components }, { visit, names, pinned, actor }) =>
    visit.t.history.handedBack(
      await whoOf(visit, names, actor),
      components.map((component) => names.document(pinned, component)).join(', '),
    ),
  OriginalsLost: async ({ components }, { visit, names, pinned, actor }) =>
    visit.t.history.lost(
      await whoOf(visit, names, actor),
      components.map((component) => names.document(pinned, component)).join(', '),
    ),
  CallAnswered: ({ system, outcome }, { visit: { t }, names }) =>
    t.history.called(names.system(system), names.outcome(outcome)),
  UndoAnswered: ({ system, outcome }, { visit: { t }, names }) => t.history.undone[outcome](names.system(system)),
  ValidityNeared: ({ issue, until }, { visit: { t }, names, pinned }) =>
    t.history.ends(names.issue(pinned, issue), tellDate(t, dateOf(Date.parse(until)))),
  NoticeIssued: ({ channel }, { visit: { t } }) => (channel === 'email' ? t.history.notice : undefined),
  NoticeFailed: (_, { visit: { t } }) => t.history.noticeFailed,
  DossierParked: (_, { visit: { t } }) => t.history.parked,
  DossierResumed: (_, { visit: { t } }) => t.history.goesOn,
  DossierTransferred: async ({ unit }, { visit: { t }, names }) => t.history.transferred(await names.unit(unit)),
  DossierMoved: async ({ unit }, { visit: { t }, names }) => t.history.transferred(await names.unit(unit)),
  WithdrawalRequested: (_, { visit: { t } }) => t.history.withdrawn,
  RatingGiven: ({ score }, { visit: { t } }) => t.history.rated(score),
  ResultDelivered: ({ how }, { visit: { t } }) => (how === 'post' ? undefined : t.history.fetched),
  DossierSettled: ({ result }, { visit: { t } }) => t.history.settled(t.results[result] ?? result),
  DossierClosed: (_, { visit: { t } }) => t.history.closed,
};

/** Who did it; to officials also in whose place, and by what. To applicants officials are their unit: who answers for it is the authority. */
export async function whoOf({ t, who }: Visit, names: Names, actor: Actor): Promise<string> {
  switch (actor.kind) {
    case 'official': {
      const { onBehalfOf } = actor;
      const unit = await names.unit(onBehalfOf?.unit ?? actor.unit);
      if (who.kind !== 'official') return unit;
      const as = onBehalfOf ? [unit, await inWhosePlace(t, names, onBehalfOf)] : [unit];
      return t.history.official(await names.official(actor.id), as.join('; '));
    }
    case 'applicant':
      return t.history.applicant;
    case 'agency':
      return names.system(actor.system);
    case 'platform':
      return t.history.platform;
  }
}

async function inWhosePlace(
  t: Visit['t'],
  names: Names,
  { officials, role, instruments }: OnBehalfOf,
): Promise<string> {
  const held = await Promise.all(officials.map((id) => names.official(id)));
  const by = instruments.map(({ kind, number }) => t.ways.by(t.ways.kinds[kind], number, undefined));
  return [t.ways.for(held.join(', '), names.role(role)), ...by].join(', ');
}

/** What was fetched instead of asked for: of each document the last that came of it. */
export function fetchedNow(visit: Visit, pinned: Pinned, events: readonly ShownEvent[]): string[] {
  const { t } = visit;
  const names = new Names(visit);
  const last = new Map<string, string>();
  for (const { event } of events) {
    if (event.type !== 'SourceAnswered' && event.type !== 'SourceFailed') continue;
    const { document, found } = event.data as { document: string; found?: boolean };
    const name = names.document(pinned, document);
    last.set(document, found === undefined ? t.history.unfetched(name) : t.history.brought(name, found));
  }
  return [...last.values()];
}

/** The record in plain words, newest first. */
export async function historyOf(visit: Visit, pinned: Pinned, events: readonly ShownEvent[]): Promise<Content> {
  const names = new Names(visit);
  const told: Markup[] = [];
  for (const event of events) {
    const { type, data, actor, at } = event.event;
    const tell = TELL[type as EventType] as Tell<EventType> | undefined;
    const text = await tell?.(data as never, { visit, names, pinned, actor });
    if (text === undefined) continue;
    const missing = Array.isArray(data['missing']) ? (data['missing'] as string[]) : [];
    told.push(
      html`<li>
        <time datetime="${at}">${tellInstant(visit.t, at)}</time>
        ${text}
        ${missing.length > 0 ? html`<br />${visit.t.history.missing(missing.map((name) => names.component(pinned, name)).join(', '))}` : ''}
        ${event.comment === undefined ? '' : html`<br />${type === 'RatingGiven' ? visit.t.history.said(event.comment) : visit.t.history.reason(event.comment)}`}
      </li>`,
    );
  }
  return html`<ol class="ot-history govuk-body" reversed>
    ${told.toReversed()}
  </ol>`;
}
