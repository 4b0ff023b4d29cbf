import type { Head, Task } from '../../../schemas/dossier.ts';
import type { MoneyEntry } from '../../../schemas/payments.ts';
import { type Index, INDEXES } from '../../../schemas/table.ts';
import { InvalidCursor } from '../../../domain/ports/dossier-store.ts';
import type {
  DoneGlance,
  DossierStore,
  DueRange,
  Listing,
  Page,
  Queue,
  TaskGlance,
  TaskQuery,
} from '../../../domain/ports/dossier-store.ts';
import { decodeCursor, decodePlaceInTime, encodeCursor } from '../../../domain/ports/cursor.ts';
import {
  applicantPartition,
  askedPartition,
  closedPartition,
  donePartition,
  keys,
  type Lane,
  LANES,
  moneyPartition,
  openPartition,
  personPartition,
  queuePartition,
  readDoneEntry,
  readTaskEntry,
  rolePartition,
  taskPlace,
  unitPartition,
} from './keys.ts';
import { text } from './table-client.ts';
import type { Proposal, TableClient } from './table-client.ts';
import { SHARDS } from './table.ts';
import type { Item } from './table.ts';

type ClosedQuery = Parameters<DossierStore['closedDossiers']>[0];
type DoneQuery = Parameters<DossierStore['workDoneIn']>[0];
type MoneyQuery = Parameters<DossierStore['moneyOf']>[0];
type VersionQuery = Parameters<DossierStore['openDossiers']>[0];

const STATUSES = {
  submitted: true,
  processing: true,
  'awaiting-applicant': true,
  'awaiting-payment': true,
  parked: true,
  settled: true,
  closed: true,
} as const satisfies Record<Head['status'], true>;

/** Keys that a page looks through where a query passes over some: so many of each queue, and so often. */
const LOOK = 1_000;
const LOOKS = 3;
/** Sorts behind every key. */
const LAST = '\u{10ffff}';

/** An index's entry of a task. */
interface Entry extends ReturnType<typeof readTaskEntry> {
  index: Index;
  item: Item;
}

/** One or several partitions of an index, read as one list. */
export interface IndexRange {
  index: Index;
  partitions: readonly string[];
  page: Page;
  backwards?: boolean;
  /** What sorts from here on is left out; not backwards. */
  before?: string;
}

/** Lists from indexes: the index proposes, the table confirms. A page may be shorter than asked when an index lags behind. */
export class DynamoListings {
  readonly #table: TableClient;

  constructor(table: TableClient) {
    this.#table = table;
  }

  async byApplicant(applicantKey: string, page: Page): Promise<Listing<Head>> {
    const partitions = [applicantPartition(applicantKey)];
    return this.#list<Head>({ index: 'g1', partitions, page, backwards: true });
  }

  async byUnit(query: Parameters<DossierStore['byUnit']>[0], page: Page): Promise<Listing<Head>> {
    const statuses = query.status ? [query.status] : (Object.keys(STATUSES) as Head['status'][]);
    const partitions = statuses.map((status) => unitPartition(query.unit, status));
    return query.order === 'due'
      ? this.#list<Head>({ index: 'g2', partitions, page })
      : this.#list<Head>({ index: 'g3', partitions, page, backwards: true });
  }

  async openDossiers({ procedure, version }: VersionQuery, page: Page): Promise<Listing<Head>> {
    const partitions = Array.from({ length: SHARDS }, (_, shard) =>
      openPartition({ procedure, procedureVersion: version }, shard),
    );
    return this.#list<Head>({ index: 'g4', partitions, page });
  }

  async closedDossiers({ unit, procedure, version, before }: ClosedQuery, page: Page): Promise<Listing<Head>> {
    const partitions = [closedPartition({ unit, procedure, procedureVersion: version })];
    return this.#list<Head>({ index: 'g4', partitions, page, before });
  }

  async moneyOf({ unit, from, before }: MoneyQuery, page: Page): Promise<Listing<MoneyEntry>> {
    const place = page.after === undefined ? from : decodePlaceInTime(page.after);
    if (place >= before) return { items: [] };
    const { items: found } = await this.#table.range({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :before',
      ExpressionAttributeValues: {
        ':pk': { S: moneyPartition(unit) },
        ':from': { S: place },
        ':before': { S: before },
      },
      Limit: page.limit + 1,
    });
    // The cursor is the first that was not handed out.
    const items = found.slice(0, page.limit).map((item) => JSON.parse(text(item, 'j')) as MoneyEntry);
    const next = found[page.limit];
    return { items, ...(next && { next: encodeCursor([text(next, 'sk')]) }) };
  }

  /**
   * Reads the queues side by side, as many keys of each as a page needs, or `LOOK` where a query passes over some. What lies beyond the end of a queue that
   * has more is left for the next look, so that nothing is shown before what comes earlier in another queue.
   */
  async openTasks(query: TaskQuery, page: Page): Promise<Listing<Task>> {
    const isFiltered = [query.taken, query.procedure, query.stage].some((asked) => asked !== undefined);
    const limit = isFiltered ? LOOK : page.limit + 1;
    const found = new Map<string, Entry>();
    let place = page.after === undefined ? undefined : placeOf(page.after);
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const { entries, end } = await this.#look(query, place, limit);
      for (const entry of entries) if (isAskedFor(entry, query)) found.set(nameOf(entry.item), entry);
      place = end;
      if (end === undefined || found.size > page.limit) break;
    }
    const all = [...found.values()];
    const shown = all.slice(0, page.limit);
    const rest = all.length > page.limit ? shown.at(-1)?.place : place;
    const items = (await this.#confirmEntries(shown)).map((item) => JSON.parse(text(item, 'j')) as Task);
    return rest === undefined ? { items } : { items, next: encodeCursor([rest]) };
  }

  async countTasks(
    queue: Queue,
    { due, most, notes }: { due?: DueRange; most: number; notes?: true },
  ): Promise<number> {
    const { index, partition } = partitionOf(queue, notes ? 'notes' : 'work');
    const keys = between(undefined, due);
    return keys === undefined ? 0 : this.#table.count(index, partition, { limit: most, between: keys });
  }

  async glanceAtTasks(queue: Queue, most: number): Promise<TaskGlance[]> {
    const { index, partition } = partitionOf(queue, 'work');
    const items = await this.#table.propose(index, partition, { limit: most });
    return items.map((item) => {
      const { place: _, ...glance } = readTaskEntry(text(item, INDEXES[index].sort));
      return glance;
    });
  }

  async workDoneIn({ unit, since }: DoneQuery, most: number): Promise<DoneGlance[]> {
    const between: [string, string] = [since, LAST];
    const items = await this.#table.propose('g2', donePartition(unit), { limit: most, between, backwards: true });
    return items.map((item) => readDoneEntry(text(item, INDEXES.g2.sort)));
  }

  /** A dossier's tasks lie in its own partition: strongly consistent, few enough to be sorted here. */
  async openTasksOf(dossier: string): Promise<Task[]> {
    const items = await this.#table.all(keys.head(dossier).pk, 'T#');
    return items
      .map((item) => JSON.parse(text(item, 'j')) as Task)
      .filter((task) => task.status === 'open')
      .sort((a, b) => compare(taskPlace(a), taskPlace(b)));
  }

  /** What comes after a place in all queues together, and up to where that is known; no `end`: there is no more. */
  async #look(query: TaskQuery, after: string | undefined, limit: number): Promise<{ entries: Entry[]; end?: string }> {
    const keys = between(after, query.due);
    if (keys === undefined) return { entries: [] };
    const ranges = await Promise.all(
      query.queues.flatMap(partitionsOf).map(async ({ index, partition }) => {
        const items = await this.#table.propose(index, partition, { limit, between: keys });
        return items.map((item) => ({ index, item, ...readTaskEntry(text(item, INDEXES[index].sort)) }));
      }),
    );
    const [end] = ranges.flatMap((range) => (range.length < limit ? [] : (range.at(-1)?.place ?? []))).sort(compare);
    const entries = ranges
      .flat()
      .filter((entry) => end === undefined || entry.place <= end)
      .sort((a, b) => compare(a.place, b.place));
    return end === undefined ? { entries } : { entries, end };
  }

  /** The same order; each by the index that proposed it. */
  async #confirmEntries(entries: readonly Entry[]): Promise<Item[]> {
    const indexes = [...new Set(entries.map(({ index }) => index))];
    const confirmed = await Promise.all(
      indexes.map((index) =>
        this.confirm(
          index,
          entries.filter((entry) => entry.index === index).map(({ item }) => item),
        ),
      ),
    );
    const byName = new Map(confirmed.flat().map((item) => [nameOf(item), item]));
    return entries.map(({ item }) => byName.get(nameOf(item))).filter((item) => item !== undefined);
  }

  /** Items that the table confirms, in order, and the cursor of the next page. */
  async confirmed({ index, partitions, page, backwards = false, before }: IndexRange): Promise<Listing<Item>> {
    const after = page.after === undefined ? undefined : placeOf(page.after);
    const { sort } = INDEXES[index];
    const query = { limit: page.limit + 1, backwards, ...rangeOf(after, before) };
    const proposed = (await Promise.all(partitions.map((p) => this.#table.propose(index, p, query)))).flat();
    proposed.sort((a, b) => compare(text(a, sort), text(b, sort)) * (backwards ? -1 : 1));
    const shown = proposed.slice(0, page.limit);
    const items = await this.confirm(index, shown);
    const last = shown.at(-1);
    return proposed.length > page.limit && last ? { items, next: encodeCursor([text(last, sort)]) } : { items };
  }

  /** Of proposed keys, the items that still stand where the index says, in the order proposed. */
  async confirm(index: Index, proposed: readonly Item[]): Promise<Item[]> {
    const { partition, sort } = INDEXES[index];
    const wanted = new Map(proposed.map((item) => [nameOf(item), item]));
    const found = await this.#table.getMany(
      [...wanted.values()].map((item) => ({ pk: text(item, 'pk'), sk: text(item, 'sk') })),
    );
    const byName = new Map(found.map((item) => [nameOf(item), item]));
    return [...wanted].flatMap(([name, place]) => {
      const item = byName.get(name);
      const stands = item?.[partition]?.S === place[partition]?.S && item?.[sort]?.S === place[sort]?.S;
      return item && stands ? [item] : [];
    });
  }

  async #list<T>(range: IndexRange): Promise<Listing<T>> {
    const { items, next } = await this.confirmed(range);
    const read = items.map((item) => JSON.parse(text(item, 'j')) as T);
    return next === undefined ? { items: read } : { items: read, next };
  }
}

/** A space sorts behind the key itself and before every other. */
function rangeOf(after: string | undefined, before: string | undefined): Partial<Proposal> {
  if (before !== undefined) return { between: [after === undefined ? ' ' : `${after} `, before] };
  return after === undefined ? {} : { after };
}

function placeOf(cursor: string): string {
  const place = decodeCursor(cursor, ['string'])[0];
  if (typeof place !== 'string' || place === '') throw new InvalidCursor();
  return place;
}

interface Partition {
  index: Index;
  partition: string;
}

function partitionsOf(queue: Queue): Partition[] {
  const lanes: readonly Lane[] = 'applicantKey' in queue ? ['work'] : (Object.keys(LANES) as Lane[]);
  return lanes.map((lane) => partitionOf(queue, lane));
}

function partitionOf(queue: Queue, lane: Lane): Partition {
  if ('applicantKey' in queue) return { index: 'g1', partition: askedPartition(queue.applicantKey) };
  if ('person' in queue) return { index: 'g3', partition: personPartition(queue.unit, queue.person, lane) };
  return queue.role === undefined
    ? { index: 'g2', partition: queuePartition(queue.unit, lane) }
    : { index: 'g1', partition: rolePartition(queue.unit, queue.role, lane) };
}

/** The first and the last key that is meant: days sort before what begins with them. None: nothing can be there. */
function between(after: string | undefined, due: DueRange | undefined): [string, string] | undefined {
  const next = after === undefined ? ' ' : `${after}#${LAST}`;
  const from = due?.from ?? ' ';
  const [first, last] = [next > from ? next : from, due?.before ?? LAST];
  return first <= last ? [first, last] : undefined;
}

function isAskedFor(entry: Entry, { taken, procedure, stage }: TaskQuery): boolean {
  return (
    (taken ?? entry.taken) === entry.taken &&
    (procedure ?? entry.procedure) === entry.procedure &&
    (stage ?? entry.stage) === entry.stage
  );
}

function nameOf(item: Item): string {
  return `${text(item, 'pk')} ${text(item, 'sk')}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
