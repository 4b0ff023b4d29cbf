import { recordJson } from '../../../domain/ports/registry.ts';
import type { RecordKind, RecordOf, RecordWrite, Registry, Versioned } from '../../../domain/ports/registry.ts';
import { keys } from './keys.ts';
import { TableClient, keyItem, number, text } from './table-client.ts';
import type { TableOptions, Write } from './table-client.ts';
import type { Item } from './table.ts';

/**
 * The organisation's records on the same table. Each change raises one revision in the same transaction, and what was read is kept in memory for as long as
 * the revision stays the same: reading costs one small item. An item of DynamoDB holds 400 KB: that bounds a procedure with its files.
 */
export class DynamoRegistry implements Registry {
  readonly #table: TableClient;
  readonly #kept = new Map<string, Versioned<unknown>>();
  readonly #believed: number;
  readonly #now: () => number;
  #keptRevision = -1;
  #asked: { revision: Promise<number>; at: number } | undefined;

  /** `believed`: for how many milliseconds a revision that was read is taken for the present one; changes of this registry itself are seen at once. */
  constructor(options: TableOptions, { believed = 0, now = () => performance.now() } = {}) {
    this.#table = new TableClient(options);
    this.#believed = believed;
    this.#now = now;
  }

  async get<K extends RecordKind>(kind: K, id: string): Promise<Versioned<RecordOf[K]> | undefined> {
    const revision = await this.revision();
    if (revision > this.#keptRevision) {
      this.#kept.clear();
      this.#keptRevision = revision;
    }
    const name = `${kind}/${id}`;
    // The key names the kind, and so the type of what is kept under it.
    const kept = this.#kept.get(name) as Versioned<RecordOf[K]> | undefined;
    if (kept) return kept;
    const item = await this.#table.get(keys.record(kind, id));
    if (!item) return undefined;
    const found = read<RecordOf[K]>(item);
    // Read after the revision was: it can only be newer than it, never older.
    if (revision === this.#keptRevision) this.#kept.set(name, found);
    return found;
  }

  async list<K extends RecordKind>(
    kind: K,
    { prefix = '', after, limit }: { prefix?: string; after?: string; limit: number },
  ): Promise<{ items: Versioned<RecordOf[K]>[]; next?: string }> {
    const items: Item[] = [];
    const end = `${prefix}\u{10ffff}`;
    let from = prefix === '' ? ' ' : prefix;
    if (after !== undefined && after >= from) from = after;
    if (from > end) return { items: [] };
    let start: Item | undefined;
    do {
      const page = await this.#table.range({
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :end',
        ExpressionAttributeValues: { ':pk': { S: keys.record(kind, '').pk }, ':from': { S: from }, ':end': { S: end } },
        ExclusiveStartKey: start,
        Limit: limit + 2 - items.length,
      });
      items.push(...page.items.filter((item) => text(item, 'sk') !== after));
      start = page.more;
    } while (start && items.length <= limit);
    const shown = items.slice(0, limit).map((item) => read<RecordOf[K]>(item));
    const last = shown.at(-1);
    return items.length > limit && last ? { items: shown, next: last.id } : { items: shown };
  }

  async put<K extends RecordKind>(
    kind: K,
    id: string,
    record: RecordOf[K],
    expected: number,
  ): Promise<'put' | 'conflict'> {
    const put = await this.putAll(kind, [{ id, record, expected }]);
    return put === 'put' ? put : 'conflict';
  }

  async putAll<K extends RecordKind>(
    kind: K,
    writes: readonly RecordWrite<K>[],
  ): Promise<'put' | { conflict: string }> {
    const name = this.#table.uuid();
    const items = writes.map(({ id, record, expected }) => ({
      key: keys.record(kind, id),
      json: recordJson(kind, id, record),
      condition:
        expected === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'revision = :expected',
              ExpressionAttributeValues: { ':expected': { N: String(expected) } },
            },
    }));
    for (;;) {
      const revision = await this.#latest();
      const puts = items.map(({ key, json, condition }): Write => {
        const Item = { ...keyItem(key), revision: { N: String(revision + 1) }, c: { S: name }, j: { S: json } };
        return { Put: { Item, ...condition } };
      });
      const outcome = await this.#change(puts, revision);
      if (outcome === 'written') return 'put';
      if (outcome === 'overtaken') continue;
      // An answer may have been lost: then what stands there is this very record.
      const { key } = items[outcome.refused] ?? { key: keys.registryRevision };
      return (await this.#table.get(key))?.['c']?.S === name ? 'put' : { conflict: writes[outcome.refused]?.id ?? '' };
    }
  }

  async remove(kind: RecordKind, id: string): Promise<void> {
    const Key = keyItem(keys.record(kind, id));
    for (;;) {
      const revision = await this.#latest();
      const write: Write = { Delete: { Key, ConditionExpression: 'attribute_exists(pk)' } };
      if ((await this.#change([write], revision)) !== 'overtaken') return;
    }
  }

  /** One item says it for all: asked by every use case of every process, it would be the table's hottest. */
  revision(): Promise<number> {
    const now = this.#now();
    if (this.#asked && now - this.#asked.at < this.#believed) return this.#asked.revision;
    const revision = this.#latest();
    this.#asked = { revision, at: now };
    revision.catch(() => (this.#asked = undefined));
    return revision;
  }

  async #latest(): Promise<number> {
    const item = await this.#table.get(keys.registryRevision);
    return item ? number(item, 'n') : 0;
  }

  /** Changes and the next revision, together. `overtaken`: another change took this revision first; `refused`: the first that may not be written. */
  async #change(writes: readonly Write[], revision: number): Promise<'written' | 'overtaken' | { refused: number }> {
    const raise: Write = {
      Update: {
        Key: keyItem(keys.registryRevision),
        UpdateExpression: 'SET n = :next',
        ConditionExpression: revision === 0 ? 'attribute_not_exists(pk)' : 'n = :now',
        ExpressionAttributeValues: {
          ':next': { N: String(revision + 1) },
          ...(revision === 0 ? {} : { ':now': { N: String(revision) } }),
        },
      },
    };
    const outcome = await this.#table.transact([...writes, raise], this.#table.uuid()).finally(() => {
      this.#asked = undefined;
    });
    if (outcome === 'written') return 'written';
    const refused = outcome.reasons.slice(0, writes.length).findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
    return refused === -1 ? 'overtaken' : { refused };
  }
}

function read<T>(item: Item): Versioned<T> {
  return { id: text(item, 'sk'), revision: number(item, 'revision'), record: JSON.parse(text(item, 'j')) as T };
}
