import type { Listing, OutboxRow, Page } from '../../../domain/ports/dossier-store.ts';
import { outboxItem, outboxRow } from './commit.ts';
import { DEAD, digits, duePartition, duePlace, instantOf, keys, outboxIdPartition, shardOf } from './keys.ts';
import type { DynamoListings } from './listings.ts';
import { number, text } from './table-client.ts';
import type { TableClient } from './table-client.ts';
import { SHARDS } from './table.ts';
import type { Item } from './table.ts';

/** Rows looked at in one read of one shard. */
const LOOK = 50;
/** Reads of all shards in one call, so that a long blocked group cannot hide another for good. */
const ROUNDS = 10;
/** How long the successors of a row under way are not looked at, unless they are called before. Milliseconds. */
const UNDER_WAY = 5_000;
/** How long the successors of a row put off are not looked at, at most. Milliseconds. */
const PUT_OFF = 60_000;
/** Groups whose names are kept in memory, by id of the row. */
const REMEMBERED = 10_000;

/**
 * Work to be done after a commit. A group is a partition, its order that of the ids: so who is first is read strongly consistent. The index of what is
 * due only proposes groups. A row that waits behind another is looked at later again; when the first is done, the next is called at once.
 */
export class DynamoOutbox {
  readonly #table: TableClient;
  readonly #listings: DynamoListings;
  /** The port names rows by id alone; who deals with a row has read it here before, so its group is usually known. */
  readonly #groups = new Map<string, string>();

  constructor(table: TableClient, listings: DynamoListings) {
    this.#table = table;
    this.#listings = listings;
  }

  /** Rows were written with a commit. */
  written(rows: readonly OutboxRow[]): void {
    for (const { id, group } of rows) this.#remember(id, group);
  }

  async add(rows: readonly OutboxRow[]): Promise<void> {
    this.written(rows);
    await inParallel(rows, (row) =>
      this.#table.put(outboxItem(row), { ConditionExpression: 'attribute_not_exists(pk)' }),
    );
  }

  async due(now: number, limit: number): Promise<OutboxRow[]> {
    const due = new Map<string, OutboxRow>();
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS && due.size < limit; round += 1) {
      const proposed = (await this.#proposed(now)).filter((item) => !seen.has(nameOf(item)));
      if (proposed.length === 0) break;
      for (const item of proposed) seen.add(nameOf(item));
      await this.#judge(proposed, now, due);
    }
    return [...due.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  async next(): Promise<number | undefined> {
    const firsts = await Promise.all(
      shards().map((shard) => this.#table.propose('g1', duePartition('OUT', shard), { limit: 1 })),
    );
    const instants = firsts.flat().map((item) => instantOf(text(item, 'g1s')));
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  async done(ids: readonly string[]): Promise<void> {
    const groups = new Set<string>();
    await inParallel(ids, async (id) => {
      const group = await this.#groupOf(id);
      if (group === undefined) return;
      await this.#table.delete(keys.outbox(group, id));
      this.#groups.delete(id);
      groups.add(group);
    });
    await inParallel([...groups], (group) => this.#call(group));
  }

  async retry(row: { id: string; at: number; attempts: number; error: string; dead?: boolean }): Promise<void> {
    const group = await this.#groupOf(row.id);
    if (group === undefined) return;
    const dead = row.dead === true;
    await this.#table.update(keys.outbox(group, row.id), {
      UpdateExpression: 'SET #at = :at, attempts = :attempts, #error = :error, dead = :dead, g1p = :p, g1s = :s',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#at': 'at', '#error': 'error' },
      ExpressionAttributeValues: {
        ':at': { N: String(row.at) },
        ':attempts': { N: String(row.attempts) },
        ':error': { S: row.error },
        ':dead': { BOOL: dead },
        ':p': { S: dead ? DEAD : duePartition('OUT', shardOf(group)) },
        ':s': { S: dead ? row.id : duePlace(row.at, row.id) },
      },
    });
    if (dead) await this.#call(group);
  }

  async dead(page: Page): Promise<Listing<OutboxRow>> {
    const { items, next } = await this.#listings.confirmed({ index: 'g1', partitions: [DEAD], page });
    const rows = items.map((item) => this.#read(item));
    return next === undefined ? { items: rows } : { items: rows, next };
  }

  async byGroup(group: string): Promise<OutboxRow[]> {
    return (await this.#table.all(keys.outbox(group, '').pk, '')).map((item) => this.#read(item));
  }

  async #proposed(now: number): Promise<Item[]> {
    const upTo = `${digits(Math.max(0, now), 15)}#\u{10ffff}`;
    const ranges = await Promise.all(
      shards().map((shard) => this.#table.propose('g1', duePartition('OUT', shard), { limit: LOOK, upTo })),
    );
    return ranges.flat();
  }

  /** Asks each group that was proposed who is first. The first is due or not; the others are looked at later. */
  async #judge(proposed: readonly Item[], now: number, due: Map<string, OutboxRow>): Promise<void> {
    const byGroup = new Map<string, Item[]>();
    for (const item of proposed) {
      const group = text(item, 'pk');
      byGroup.set(group, [...(byGroup.get(group) ?? []), item]);
    }
    await inParallel([...byGroup], async ([partition, items]) => {
      const first = await this.#first(partition);
      if (!first) return;
      const row = this.#read(first);
      if (row.at <= now) due.set(row.id, row);
      const later = row.at <= now ? now + UNDER_WAY : Math.min(row.at, now + PUT_OFF);
      await inParallel(
        items.filter((item) => text(item, 'sk') !== row.id),
        (item) => this.#lookLater(item, later),
      );
    });
  }

  async #lookLater(item: Item, at: number): Promise<void> {
    await this.#table.update(
      { pk: text(item, 'pk'), sk: text(item, 'sk') },
      {
        UpdateExpression: 'SET g1s = :later',
        ConditionExpression: 'g1s = :seen AND g1p = :p',
        ExpressionAttributeValues: {
          ':later': { S: duePlace(at, text(item, 'sk')) },
          ':seen': { S: text(item, 'g1s') },
          ':p': { S: text(item, 'g1p') },
        },
      },
    );
  }

  /** The first row of a group is looked at from its own instant on. */
  async #call(group: string): Promise<void> {
    const first = await this.#first(keys.outbox(group, '').pk);
    if (!first) return;
    const place = duePlace(number(first, 'at'), text(first, 'sk'));
    if (place === text(first, 'g1s')) return;
    await this.#table.update(
      { pk: text(first, 'pk'), sk: text(first, 'sk') },
      {
        UpdateExpression: 'SET g1s = :place',
        ConditionExpression: 'attribute_exists(pk) AND dead = :no',
        ExpressionAttributeValues: { ':place': { S: place }, ':no': { BOOL: false } },
      },
    );
  }

  async #first(partition: string): Promise<Item | undefined> {
    for (let start: Item | undefined; ;) {
      const { items, more } = await this.#table.range({
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'dead = :no',
        ExpressionAttributeValues: { ':pk': { S: partition }, ':no': { BOOL: false } },
        ExclusiveStartKey: start,
        Limit: 8,
      });
      if (items[0]) return items[0];
      if (!more) return undefined;
      start = more;
    }
  }

  async #groupOf(id: string): Promise<string | undefined> {
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    // Eventually consistent: a row not found is dealt with once more, which at least once allows.
    const [key] = await this.#table.propose('g2', outboxIdPartition(id), { limit: 1 });
    const [item] = key ? await this.#table.getMany([{ pk: text(key, 'pk'), sk: text(key, 'sk') }]) : [];
    return item && text(item, 'grp');
  }

  #read(item: Item): OutboxRow {
    const row = outboxRow(item);
    this.#remember(row.id, row.group);
    return row;
  }

  #remember(id: string, group: string): void {
    this.#groups.set(id, group);
    if (this.#groups.size <= REMEMBERED) return;
    for (const oldest of this.#groups.keys()) {
      this.#groups.delete(oldest);
      return;
    }
  }
}

function shards(): number[] {
  return Array.from({ length: SHARDS }, (_, shard) => shard);
}

function nameOf(item: Item): string {
  return `${text(item, 'pk')} ${text(item, 'sk')} ${text(item, 'g1s')}`;
}

/** Eight at a time. */
async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += 8) await Promise.all(items.slice(i, i + 8).map(act));
}
