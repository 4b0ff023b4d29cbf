import type { Head, Task } from '../../../schemas/dossier.ts';
import { type Index, INDEXES } from '../../../schemas/table.ts';
import { InvalidCursor } from '../../../domain/ports/dossier-store.ts';
import type { DossierStore, Listing, Page, Queue } from '../../../domain/ports/dossier-store.ts';
import { decodeCursor, encodeCursor } from '../../cursor.ts';
import {
  applicantPartition,
  askedPartition,
  keys,
  openPartition,
  queuePartition,
  rolePartition,
  unitPartition,
} from './keys.ts';
import { text } from './table-client.ts';
import type { TableClient } from './table-client.ts';
import { SHARDS } from './table.ts';
import type { Item } from './table.ts';

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

/** One or several partitions of an index, read as one list. */
export interface IndexRange {
  index: Index;
  partitions: readonly string[];
  page: Page;
  backwards?: boolean;
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

  async openTasks(queue: Queue, page: Page): Promise<Listing<Task>> {
    if ('dossier' in queue) return this.#tasksOf(queue.dossier, page);
    if ('applicantKey' in queue) {
      return this.#list<Task>({ index: 'g1', partitions: [askedPartition(queue.applicantKey)], page });
    }
    return queue.role === undefined
      ? this.#list<Task>({ index: 'g2', partitions: [queuePartition(queue.unit)], page })
      : this.#list<Task>({ index: 'g1', partitions: [rolePartition(queue.unit, queue.role)], page });
  }

  /** Items that the table confirms, in order, and the cursor of the next page. */
  async confirmed({ index, partitions, page, backwards = false }: IndexRange): Promise<Listing<Item>> {
    const after = page.after === undefined ? undefined : placeOf(page.after);
    const { sort } = INDEXES[index];
    const query = { limit: page.limit + 1, backwards, ...(after === undefined ? {} : { after }) };
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

  /** A dossier's tasks lie in its own partition: strongly consistent, few enough to be sorted here. */
  async #tasksOf(dossier: string, page: Page): Promise<Listing<Task>> {
    const after = page.after === undefined ? '' : placeOf(page.after);
    const items = await this.#table.all(keys.head(dossier).pk, 'T#');
    const open = items
      .map((item) => JSON.parse(text(item, 'j')) as Task)
      .filter((task) => task.status === 'open' && placeOfTask(task) > after)
      .sort((a, b) => compare(placeOfTask(a), placeOfTask(b)));
    const shown = open.slice(0, page.limit);
    const last = shown.at(-1);
    return open.length > page.limit && last
      ? { items: shown, next: encodeCursor([placeOfTask(last)]) }
      : { items: shown };
  }
}

function placeOf(cursor: string): string {
  const place = decodeCursor(cursor, ['string'])[0];
  if (typeof place !== 'string' || place === '') throw new InvalidCursor();
  return place;
}

function placeOfTask(task: Task): string {
  return `${task.opened}#${task.id}`;
}

function nameOf(item: Item): string {
  return `${text(item, 'pk')} ${text(item, 'sk')}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
