import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type {
  CancellationReason,
  Delete,
  DynamoDBClient,
  Put,
  QueryCommandInput,
  TransactWriteItem,
  Update,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { TaskRetryable } from '../../../domain/failures.ts';
import { isPassing, nameOf } from '../failures.ts';
import { type Index, INDEXES } from '../../../schemas/table.ts';
import type { Key } from './keys.ts';
import type { Item } from './table.ts';

/** What the adapters of one table share. */
export interface TableOptions {
  client: DynamoDBClient;
  table: string;
  /** From 0 up to 1; spreads repetitions. */
  random: () => number;
  /** A new UUID: names a transaction, so that DynamoDB takes a repetition for the same (ClientRequestToken, 10 minutes). */
  uuid: () => string;
  /** Waits; another one in tests. */
  pause?: (milliseconds: number) => Promise<unknown>;
}

/** One write of a transaction, in the table of the client. */
export type Write =
  { Put: Omit<Put, 'TableName'> } | { Update: Omit<Update, 'TableName'> } | { Delete: Omit<Delete, 'TableName'> };

/** Conditions of a transaction that did not hold; nothing was written. */
export interface Cancelled {
  reasons: CancellationReason[];
}

const ATTEMPTS = 10;
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1_000;
/** A batch of which nothing was done, as often as a request may be repeated. */
const UNPROCESSED = { name: 'UnprocessedItems' };

/** Reasons of a cancelled transaction after which the same one may succeed. */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** One table and the few operations that the adapters need of it. Throttling, conflicts of transactions and lost answers are repeated with full jitter. */
export class TableClient {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #random: () => number;
  readonly #pause: (milliseconds: number) => Promise<unknown>;
  readonly uuid: () => string;

  constructor(options: TableOptions) {
    this.#client = options.client;
    this.#table = options.table;
    this.#random = options.random;
    this.#pause = options.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    this.uuid = options.uuid;
  }

  /** Strongly consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: keyItem(key), ConsistentRead: true });
    return (await this.#repeat(() => this.#client.send(command))).Item;
  }

  /** Strongly consistent, in no order; what does not exist is left out. A key must not be named twice. */
  async getMany(wanted: readonly Key[], attributes?: readonly string[]): Promise<Item[]> {
    const found: Item[] = [];
    const names = Object.fromEntries((attributes ?? []).map((name, i) => [`#a${i}`, name]));
    const projection = attributes && {
      ProjectionExpression: Object.keys(names).join(','),
      ExpressionAttributeNames: names,
    };
    // BatchGetItem takes 100 keys and answers at most 16 MB; the rest comes back as unprocessed.
    let left: Item[] = wanted.map(keyItem);
    for (let stuck = 0; left.length > 0;) {
      const asked = left.slice(0, 100);
      const request = { [this.#table]: { Keys: asked, ConsistentRead: true, ...projection } };
      const answer = await this.#repeat(() => this.#client.send(new BatchGetItemCommand({ RequestItems: request })));
      found.push(...(answer.Responses?.[this.#table] ?? []));
      const unprocessed = answer.UnprocessedKeys?.[this.#table]?.Keys ?? [];
      left = [...unprocessed, ...left.slice(100)];
      stuck = unprocessed.length < asked.length ? 0 : stuck + 1;
      if (unprocessed.length > 0) await this.#waitAfter(UNPROCESSED, stuck);
    }
    return found;
  }

  async put(item: Item, condition?: Condition): Promise<'put' | 'refused'> {
    const command = new PutItemCommand({ TableName: this.#table, Item: item, ...condition });
    return this.#conditional(() => this.#client.send(command), 'put');
  }

  async update(
    key: Key,
    update: Pick<UpdateItemCommandInput, 'UpdateExpression'> & Condition,
  ): Promise<'put' | 'refused'> {
    const command = new UpdateItemCommand({ TableName: this.#table, Key: keyItem(key), ...update });
    return this.#conditional(() => this.#client.send(command), 'put');
  }

  /** Adds to a number and answers the sum. A lost answer is repeated: only if somebody else has added meanwhile does the sum then grow twice. */
  async add(key: Key, attribute: string, amount: number): Promise<number> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: keyItem(key),
      UpdateExpression: 'ADD #n :n SET c = :c',
      ConditionExpression: 'attribute_not_exists(c) OR c <> :c',
      ExpressionAttributeNames: { '#n': attribute },
      ExpressionAttributeValues: { ':n': { N: String(amount) }, ':c': { S: this.uuid() } },
      ReturnValues: 'UPDATED_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const answer = await this.#repeat(() => this.#client.send(command));
      return Number(answer.Attributes?.[attribute]?.N);
    } catch (error) {
      // The name is ours: what was added last is what this very request has added before its answer was lost.
      if (error instanceof ConditionalCheckFailedException && error.Item) return number(error.Item, attribute);
      throw error;
    }
  }

  async delete(key: Key): Promise<void> {
    const command = new DeleteItemCommand({ TableName: this.#table, Key: keyItem(key) });
    await this.#repeat(() => this.#client.send(command));
  }

  /** Puts items without conditions, 25 to a request. */
  async putMany(items: readonly Item[]): Promise<void> {
    let left = items.map((item) => ({ PutRequest: { Item: item } }));
    for (let stuck = 0; left.length > 0;) {
      const asked = left.slice(0, 25);
      const request = { [this.#table]: asked };
      const answer = await this.#repeat(() => this.#client.send(new BatchWriteItemCommand({ RequestItems: request })));
      const unprocessed = (answer.UnprocessedItems?.[this.#table] ?? []) as typeof left;
      left = [...unprocessed, ...left.slice(25)];
      stuck = unprocessed.length < asked.length ? 0 : stuck + 1;
      if (unprocessed.length > 0) await this.#waitAfter(UNPROCESSED, stuck);
    }
  }

  /** One page of a partition of the table, strongly consistent. */
  async range(query: Omit<QueryCommandInput, 'TableName'>): Promise<{ items: Item[]; more: Item | undefined }> {
    const command = new QueryCommand({ TableName: this.#table, ConsistentRead: true, ...query });
    const answer = await this.#repeat(() => this.#client.send(command));
    return { items: answer.Items ?? [], more: answer.LastEvaluatedKey };
  }

  /** All items of a partition of the table whose sort key begins with `prefix`, beginning at `from`. */
  async all(pk: string, prefix: string, from = prefix): Promise<Item[]> {
    const items: Item[] = [];
    for (let start: Item | undefined; ;) {
      const page = await this.range({
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ':from': { S: from || ' ' },
          ':to': { S: `${prefix}\u{10ffff}` },
        },
        ExclusiveStartKey: start,
      });
      items.push(...page.items);
      if (!page.more) return items;
      start = page.more;
    }
  }

  /** Keys from one partition of an index, eventually consistent: a proposal that the table must confirm. */
  async propose(index: Index, partition: string, query: Proposal): Promise<Item[]> {
    const { items } = await this.range({
      ...inIndex(index, partition, query),
      ScanIndexForward: !query.backwards,
      Limit: query.limit,
    });
    return items;
  }

  /** How many keys a partition of an index has, at most `limit`, eventually consistent. */
  async count(index: Index, partition: string, query: Proposal): Promise<number> {
    const command = new QueryCommand({
      TableName: this.#table,
      ...inIndex(index, partition, query),
      Select: 'COUNT',
      Limit: query.limit,
    });
    return (await this.#repeat(() => this.#client.send(command))).Count ?? 0;
  }

  /** Writes all or nothing. `token` names the transaction: with the same one a repetition is the same transaction. */
  async transact(items: readonly Write[], token: string): Promise<'written' | Cancelled> {
    const command = new TransactWriteItemsCommand({
      TransactItems: items.map((item) => this.#named(item)),
      ClientRequestToken: token,
    });
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#client.send(command);
        return 'written';
      } catch (error) {
        const reasons = cancellationReasons(error);
        if (reasons?.some(({ Code }) => Code === 'ConditionalCheckFailed')) return { reasons };
        const passing = reasons ? reasons.some(({ Code }) => PASSING_REASONS.has(Code ?? '')) : isPassing(error);
        if (!passing) throw error;
        await this.#waitAfter(error, attempt);
      }
    }
  }

  #named(item: Write): TransactWriteItem {
    const TableName = this.#table;
    if ('Put' in item) return { Put: { ...item.Put, TableName } };
    if ('Update' in item) return { Update: { ...item.Update, TableName } };
    return { Delete: { ...item.Delete, TableName } };
  }

  async #conditional<T>(send: () => Promise<unknown>, done: T): Promise<T | 'refused'> {
    try {
      await this.#repeat(send);
      return done;
    } catch (error) {
      if (nameOf(error) === 'ConditionalCheckFailedException') return 'refused';
      throw error;
    }
  }

  async #repeat<T>(send: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        if (!isPassing(error)) throw error;
        await this.#waitAfter(error, attempt);
      }
    }
  }

  /** Whoever asked may come again: what passes by itself has only lasted too long. */
  async #waitAfter(error: unknown, attempt: number): Promise<void> {
    if (attempt + 1 >= ATTEMPTS)
      throw new TaskRetryable(`DynamoDB, ${ATTEMPTS} attempts: ${nameOf(error) ?? 'no answer'}`, { cause: error });
    await this.#wait(attempt);
  }

  #wait(attempt: number): Promise<unknown> {
    return this.#pause(this.#random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt));
  }
}

export interface Proposal {
  limit: number;
  /** Only what comes after this place, in the direction of reading. */
  after?: string;
  /** Only what comes before or at this place; not together with `after`. */
  upTo?: string;
  /** Only what lies between these two places, or at them; not together with the others. */
  between?: readonly [from: string, upTo: string];
  backwards?: boolean;
}

function inIndex(index: Index, partition: string, { after, upTo, between, backwards }: Proposal) {
  const { name, partition: hash, sort } = INDEXES[index];
  const values: Item = { ':p': { S: partition } };
  const conditions = [`${hash} = :p`];
  const place = between?.[0] ?? upTo ?? after;
  if (place !== undefined) values[':s'] = { S: place };
  if (between) {
    values[':t'] = { S: between[1] };
    conditions.push(`${sort} BETWEEN :s AND :t`);
  } else if (upTo !== undefined) conditions.push(`${sort} <= :s`);
  else if (after !== undefined) conditions.push(`${sort} ${backwards ? '<' : '>'} :s`);
  return {
    IndexName: name,
    ConsistentRead: false,
    KeyConditionExpression: conditions.join(' AND '),
    ExpressionAttributeValues: values,
  };
}

/** A condition with its names and values, as Put, Update and Delete take it. */
export type Condition = Pick<
  UpdateItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

export function keyItem({ pk, sk }: Key): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** The text of an attribute that every item of its kind has. */
export function text(item: Item, attribute: string): string {
  const value = item[attribute]?.S;
  if (value === undefined)
    throw new Error(`expected the text attribute ${attribute} in item ${item['pk']?.S}/${item['sk']?.S}`);
  return value;
}

/** The number of an attribute that every item of its kind has. */
export function number(item: Item, attribute: string): number {
  const value = item[attribute]?.N;
  if (value === undefined)
    throw new Error(`expected the number attribute ${attribute} in item ${item['pk']?.S}/${item['sk']?.S}`);
  return Number(value);
}

function cancellationReasons(error: unknown): CancellationReason[] | undefined {
  if (nameOf(error) !== 'TransactionCanceledException') return undefined;
  return (error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? [];
}
