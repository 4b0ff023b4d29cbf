import type { DossierEvent } from '../../schemas/events.ts';
import type { ChainPlace } from '../../schemas/events/places.ts';
import type { AskPurpose, Result } from '../../schemas/procedure/closed-sets.ts';
import type { OutboxRow } from '../ports/dossier-store.ts';
import { isToBePosted, stillToBeGiven, stillToBeTold } from './outgoing.ts';
import { newlyVoid } from './numbers.ts';
import type { Dossier } from './state.ts';

/** A source that could not be had is left alone for so long, in milliseconds. */
const ASKED_AGAIN_MS = 60_000;

/** What a commit leaves to do once it is durable. */
export function outboxRows(before: Dossier | undefined, after: Dossier, events: readonly DossierEvent[]): OutboxRow[] {
  // An event's hash is in the one after it.
  const told = events.map((event, index) => ({ event, hash: events[index + 1]?.prev ?? after.hash }));
  return [
    ...told.flatMap(({ event, hash }) => outboxOf(event, hash)),
    ...toldToKeepers(before, after, events),
    ...outgoing(after, events),
    ...toldToParent(before, after, told),
  ];
}

/** With these a paper may leave the house, or who has it is to be told of it. */
const LETS_OUT: ReadonlySet<DossierEvent['type']> = new Set([
  'IssueSealed',
  'StagePassed',
  'StageEntered',
  'StageLeft',
  'TaskOpened',
  'ResultAffected',
]);

/** Looks whether a paper that goes by post, or to other units, has left the house, and whether units that have one are to be told what became of it. In a group of its own: nothing waits for it. */
function outgoing(after: Dossier, events: readonly DossierEvent[]): OutboxRow[] {
  const last = events.findLast(({ type }) => LETS_OUT.has(type));
  const goesOn = (state: Dossier['issues'][string]): boolean =>
    isToBePosted(state) || stillToBeGiven(state).length + stillToBeTold(state).length > 0;
  if (!last || !Object.values(after.issues).some(goesOn)) return [];
  return [rowOf(last, 'work', { group: `${after.id}:outgoing`, suffix: 'outgoing', body: { work: 'outgoing' } })];
}

/** Of numbers that became void, to the systems that gave them. Each of a group of its own: nothing waits for it. */
function toldToKeepers(before: Dossier | undefined, after: Dossier, events: readonly DossierEvent[]): OutboxRow[] {
  const last = events.at(-1);
  if (!last) return [];
  return newlyVoid(before, after).map((request) =>
    rowOf(last, 'keeper', {
      group: `${after.id}:keeper:${request}`,
      suffix: `keeper:${request}`,
      body: { request },
    }),
  );
}

/** Row of an event: ids sort in the order of the chain. */
function rowOf(
  event: Pick<DossierEvent, 'dossier' | 'seq' | 'at'>,
  kind: OutboxRow['kind'],
  { group, suffix = kind, body }: { group: string; suffix?: string; body: OutboxRow['body'] },
): OutboxRow {
  const id = `${event.dossier}:${String(event.seq).padStart(6, '0')}:${suffix}`;
  return { id, group, kind, dossier: event.dossier, at: Date.parse(event.at), attempts: 0, body };
}

function outboxOf(event: DossierEvent, hash: string): OutboxRow[] {
  const row = (kind: OutboxRow['kind'], group: string, body: OutboxRow['body']) => [
    rowOf(event, kind, { group, body }),
  ];
  switch (event.type) {
    case 'DossierSubmitted':
      return row('start', `${event.dossier}:engine`, { run: 1, stage: event.data.stage });
    case 'RunRequested':
      return row('start', `${event.dossier}:engine`, { run: event.data.run, stage: event.data.stage });
    case 'StageLeft': {
      const { run, stage, visit, next } = event.data;
      return row('complete', `${event.dossier}:engine`, { run, stage, visit, next });
    }
    case 'NoticeIssued':
      return event.data.channel === 'email'
        ? row('mail', `mail:${event.data.message}`, { message: event.data.message, seq: event.seq })
        : [];
    case 'ChildOrdered':
    case 'ChildRecalled': {
      const { child } = event.data;
      return row('child', `child:${child}`, { child, does: event.type === 'ChildOrdered' ? 'open' : 'recall' });
    }
    case 'SourceFailed': {
      const { document, request } = event.data;
      const [again] = row('source', `${event.dossier}:source:${document}`, { document, request });
      return again ? [{ ...again, at: again.at + ASKED_AGAIN_MS }] : [];
    }
    case 'CodeAssigned':
    case 'TaskDecided':
    case 'DossierClosed':
    case 'DossierDisposed':
      return row('anchor', `anchor:${event.dossier}:${event.seq}`, { seq: event.seq, hash });
    default:
      return [];
  }
}

/** What the dossier that opened this one is told, by rows of one group. */
function toldToParent(before: Dossier | undefined, after: Dossier, events: readonly Told[]): OutboxRow[] {
  if (after.parent === undefined) return [];
  const group = `${after.id}:parent`;
  const told = events.flatMap(({ event, hash }): OutboxRow[] => {
    const body = tellingOf(event, hash);
    return body ? [rowOf(event, 'parent', { group, body: { ...body } })] : [];
  });
  const last = events.at(-1)?.event;
  return last ? [...told, ...requestsTold(before, after, { last, group })] : told;
}

interface Told {
  event: DossierEvent;
  hash: string;
}

/** What a child tells its parent. */
export type Telling =
  | { tell: 'result' | 'closed'; result: Result; head: ChainPlace }
  | { tell: 'asked'; task: string; asks: AskPurpose; until: string | null }
  | { tell: 'heard'; task: string; outcome: string | null }
  | { tell: 'notice'; notice: string; message: string; child: string; issue?: string }
  | { tell: 'nears'; due: string };

function tellingOf({ type, data, seq, dossier }: DossierEvent, hash: string): Telling | undefined {
  switch (type) {
    case 'DossierSettled':
    case 'DossierClosed':
      return { tell: type === 'DossierSettled' ? 'result' : 'closed', result: data.result, head: { seq, hash } };
    case 'NoticeIssued': {
      const { channel, notice, message, child = dossier, issue } = data;
      if (channel !== 'parent') return undefined;
      return { tell: 'notice', notice, message, child, ...(issue !== undefined && { issue }) };
    }
    case 'DeadlineNeared':
      return { tell: 'nears', due: data.due };
    default:
      return undefined;
  }
}

/** Requests to the applicant that were opened, whose term is another, or that are no longer open: its own, and those of dossiers below it. */
function requestsTold(
  before: Dossier | undefined,
  after: Dossier,
  { last, group }: { last: DossierEvent; group: string },
): OutboxRow[] {
  const was = before ? requestsOf(before) : new Map<string, Request>();
  const is = requestsOf(after);
  const row = (telling: Telling & { task: string }) =>
    rowOf(last, 'parent', { group, suffix: `parent:${telling.tell}:${telling.task}`, body: { ...telling } });
  return [
    ...[...was.keys()]
      .filter((task) => !is.has(task))
      .map((task) => row({ tell: 'heard', task, outcome: after.tasks[task]?.decided?.outcome ?? null })),
    ...[...is]
      .filter(([task, { until }]) => was.get(task)?.until !== until)
      .map(([task, { asks, until }]) => row({ tell: 'asked', task, asks, until })),
  ];
}

type Request = { asks: AskPurpose; until: string | null };

/** Every open request to the applicant: its own, and those of dossiers below it; by the task that answers it. */
export function requestsOf(d: Dossier): Map<string, Request> {
  const own = Object.values(d.tasks).flatMap((task): [string, Request][] => {
    const asks = d.stages[task.stage]?.asks;
    return asks && task.party !== null && task.decided === null && !task.cancelled
      ? [[task.task, { asks, until: d.stages[task.stage]?.until ?? null }]]
      : [];
  });
  const below = Object.values(d.children).flatMap(({ asks }) => Object.entries(asks));
  return new Map([...own, ...below]);
}
