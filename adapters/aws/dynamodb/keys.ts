import type { Head, Task } from '../../../schemas/dossier.ts';
import type { DoneGlance, OutboxRow, StageToken, TaskGlance } from '../../../domain/ports/dossier-store.ts';
import { isNote, personOf, workDone } from '../../../domain/dossier/project.ts';
import { SHARDS } from './table.ts';
import type { Item } from './table.ts';

/** Keys of one item, or of its place in an index. */
export interface Key {
  pk: string;
  sk: string;
}

/** All keys of the table, one function per kind of item. Parts are joined by `#`, which is escaped inside them. */
export const keys = {
  head: (dossier: string): Key => ({ pk: join('D', dossier), sk: 'HEAD' }),
  wrappedKey: (dossier: string): Key => ({ pk: join('D', dossier), sk: 'KEY' }),
  event: (dossier: string, seq: number): Key => ({ pk: join('D', dossier), sk: `E#${digits(seq, 8)}` }),
  task: (id: string): Key => {
    const dot = id.indexOf('.');
    return { pk: join('D', id.slice(0, dot)), sk: `T#${id.slice(dot + 1)}` };
  },
  timer: (dossier: string, id: string): Key => ({ pk: join('D', dossier), sk: `M#${id}` }),
  token: ({ dossier, stage, visit }: Pick<StageToken, 'dossier' | 'stage' | 'visit'>): Key => ({
    pk: join('D', dossier),
    sk: `K#${stage}#${visit}`,
  }),
  anchor: (dossier: string, seq: number, token: string): Key => ({
    pk: join('D', dossier),
    sk: `A#${digits(seq, 8)}#${token}`,
  }),
  anchorToken: (digest: string): Key => ({ pk: join('TS', digest), sk: '-' }),
  code: (code: string): Key => ({ pk: join('C', code), sk: '-' }),
  reference: (reference: string): Key => ({ pk: join('R', reference), sk: '-' }),
  idempotency: (scope: string, key: string): Key => ({ pk: join('I', scope, key), sk: '-' }),
  counter: (counter: string): Key => ({ pk: join('N', counter), sk: '-' }),
  series: (series: string): Key => ({ pk: join('S', series), sk: '-' }),
  upload: (id: string): Key => ({ pk: join('P', id), sk: '-' }),
  outbox: (group: string, id: string): Key => ({ pk: join('O', group), sk: id }),
  pending: (dossier: string, to: number): Key => ({
    pk: pendingShard(shardOf(dossier)),
    sk: `${dossier}#${digits(to, 8)}`,
  }),
  feedTail: { pk: 'FEED', sk: 'TAIL' } satisfies Key,
  feedEntry: (position: number): Key => ({
    pk: feedLane(position, position % FEED_LANES),
    sk: digits(position, 15),
  }),
  record: (kind: string, id: string): Key => ({ pk: join('REG', kind), sk: id }),
  cursor: (name: string): Key => ({ pk: join('CURSOR', name), sk: '-' }),
  delivery: (subscription: string, at: number, message: string): Key => ({
    pk: deliveryPartition(subscription),
    sk: `${digits(at, 15)}#${message}`,
  }),
  denial: (dossier: string, place: string): Key => ({ pk: denialPartition(dossier), sk: place }),
  denialsOf: (official: string, day: string): Key => ({ pk: join('XO', official), sk: day }),
  tries: (of: string, until: number): Key => ({ pk: join('TRY', of), sk: digits(until, 15) }),
  read: (dossier: string, place: string): Key => ({ pk: readPartition(dossier), sk: place }),
  ask: (owner: string, place: string): Key => ({ pk: askPartition(owner), sk: place }),
  money: (unit: string, place: string): Key => ({ pk: moneyPartition(unit), sk: place }),
  draft: (owner: string, id: string): Key => ({ pk: draftPartition(owner), sk: id }),
  link: (digest: string): Key => ({ pk: join('L', digest), sk: '-' }),
  registryRevision: { pk: 'REG', sk: 'REVISION' } satisfies Key,
};

/** Positions of the feed before its partitions change. */
export const FEED_BUCKET = 1_000;
/** Partitions over which consecutive positions are dealt: one would take 500 entries a second, written in a transaction at two units each. */
export const FEED_LANES = 4;

/** The partition of a lane, in the bucket of a position. */
export function feedLane(position: number, lane: number): string {
  return `F#${digits(Math.floor(position / FEED_BUCKET), 12)}#${lane}`;
}

export function pendingShard(shard: number): string {
  return `FP#${shard}`;
}

export function headIndexes(head: Head): Item {
  const byUnit = unitPartition(head.unit, head.status);
  return {
    ...(head.disposed
      ? {}
      : { g1p: { S: applicantPartition(head.applicantKey) }, g1s: { S: `${head.submitted}#${head.id}` } }),
    g2p: { S: byUnit },
    g2s: { S: `${head.due ?? '~'}#${head.id}` },
    g3p: { S: byUnit },
    g3s: { S: `${head.updated}#${head.id}` },
    ...byVersion(head),
  };
}

/** By procedure version: open, then closed, then no more. */
function byVersion(head: Head): Item {
  if (head.disposed) return {};
  return head.status === 'closed'
    ? { g4p: { S: closedPartition(head) }, g4s: { S: `${head.closed ?? head.updated}#${head.id}` } }
    : { g4p: { S: openPartition(head, shardOf(head.id)) }, g4s: { S: head.id } };
}

/**
 * A task that an official has decided is in the index of what his unit has done, any other that is not open in none. Behind its place stands what a query may ask for: an index that holds keys alone can then be searched without
 * reading the rows.
 */
export function taskIndexes(task: Task, applicantKey: string): Item {
  if (task.status !== 'open') {
    const done = workDone(task);
    if (!done) return {};
    return {
      g2p: { S: donePartition(done.unit) },
      g2s: { S: [done.at, task.opened, done.official, task.id].join('#') },
    };
  }
  const person = personOf(task);
  const place = {
    S: [taskPlace(task), task.procedure, task.stage, person ?? ''].join('#'),
  };
  if (task.party !== null) return { g1p: { S: askedPartition(applicantKey) }, g1s: place };
  const lane = isNote(task) ? 'notes' : 'work';
  return {
    g1p: { S: rolePartition(task.unit, task.role ?? '', lane) },
    g1s: place,
    g2p: { S: queuePartition(task.unit, lane) },
    g2s: place,
    ...(person === null ? {} : { g3p: { S: personPartition(task.unit, person, lane) }, g3s: place }),
  };
}

/** Stands where there is no date: behind every one. */
const NO_DUE = '~';

/** Sorts by date, those without one last, then by age. */
export function taskPlace({ due, opened, id }: Pick<Task, 'due' | 'opened' | 'id'>): string {
  return `${due ?? NO_DUE}#${opened}#${id}`;
}

/** The parts of the sort key of a task's entry. */
export function readTaskEntry(sort: string): TaskGlance & { place: string } {
  const [due = '', opened = '', id, procedure = '', stage = '', person = ''] = sort.split('#');
  const place = `${due}#${opened}#${id}`;
  return { place, due: due === NO_DUE ? null : due, opened, procedure, stage, taken: person !== '' };
}

/** The parts of the sort key of what was decided. */
export function readDoneEntry(sort: string): DoneGlance {
  const [decided = '', opened = '', official = ''] = sort.split('#');
  return { official, opened, decided };
}

/** A dead row leaves what is due and joins the dead. `due` is when the sweep looks at it, not before `at`. */
export function outboxIndexes(row: Pick<OutboxRow, 'id' | 'group' | 'at' | 'dead'>): Item {
  const place = row.dead
    ? { g1p: { S: DEAD }, g1s: { S: row.id } }
    : { g1p: { S: duePartition('OUT', shardOf(row.group)) }, g1s: { S: duePlace(row.at, row.id) } };
  return { ...place, g2p: { S: outboxIdPartition(row.id) }, g2s: { S: '-' } };
}

/** The two partitions of a queue: its work, and beside it the notes, so that either is counted without reading the other. */
export const LANES = { work: '', notes: '#notes' } as const;
export type Lane = keyof typeof LANES;

export const DEAD = 'DEAD';
export const unitPartition = (unit: string | null, status: Head['status']): string => join('U', unit ?? '', status);
/** Open dossiers of a procedure version. The keys stay the same until the dossier is closed: commits in between write nothing to this index. */
export const openPartition = (of: Pick<Head, 'procedure' | 'procedureVersion'>, shard: number): string =>
  `${join('V', of.procedure, of.procedureVersion)}#${shard}`;
/** Closed dossiers of a unit and procedure version, by when they were closed. */
export const closedPartition = (of: Pick<Head, 'unit' | 'procedure' | 'procedureVersion'>): string =>
  join('Z', of.unit ?? '', of.procedure, of.procedureVersion);
export const applicantPartition = (applicantKey: string): string => join('A', applicantKey);
export const rolePartition = (unit: string | null, role: string, lane: Lane): string =>
  join('QR', unit ?? '', role) + LANES[lane];
export const queuePartition = (unit: string | null, lane: Lane): string => join('Q', unit ?? '') + LANES[lane];
/** What officials of a unit have decided, by instant. */
export const donePartition = (unit: string): string => join('QW', unit);
/** What one person in a unit has taken, or is alone to do. */
export const personPartition = (unit: string | null, person: string, lane: Lane): string =>
  join('QP', unit ?? '', person) + LANES[lane];
export const askedPartition = (applicantKey: string): string => join('QA', applicantKey);
export const outboxIdPartition = (id: string): string => join('OID', id);
export const duePartition = (kind: 'OUT' | 'TIMER' | 'UP', shard: number): string => `${kind}#${shard}`;
/** Attempts to deliver to a subscriber, by instant. */
export const deliveryPartition = (subscription: string): string => join('W', subscription);
/** Who was denied a dossier, by day. */
export const denialPartition = (dossier: string): string => join('X', dossier);
/** Who read a dossier, by day. */
export const readPartition = (dossier: string): string => join('XR', dossier);
/** Registers asked at a person's own wish, by instant. */
export const askPartition = (owner: string): string => join('XA', owner);
/** The book of a unit's money, by instant. */
export const moneyPartition = (unit: string): string => join('B', unit);
/** What one person has begun and not handed in. */
export const draftPartition = (owner: string): string => join('DRAFT', owner);
/** Sorts by instant, then by id. */
export const duePlace = (at: number, id: string): string => `${digits(Math.max(0, at), 15)}#${id}`;
export const instantOf = (place: string): number => Number(place.slice(0, 15));

/** The same for the same name, always (FNV-1a over UTF-16 units). */
export function shardOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHARDS;
}

export function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function join(...parts: string[]): string {
  return parts.map((part) => part.replace(/[%#]/g, (c) => (c === '#' ? '%23' : '%25'))).join('#');
}
