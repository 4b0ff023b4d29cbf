import { createHash } from 'node:crypto';
import type { Head, Task } from '../../../schemas/dossier.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import type { MoneyEntry } from '../../../schemas/payments.ts';
import type {
  Anchor,
  Commit,
  CommitResult,
  DossierStore,
  DueRange,
  FeedItem,
  IdempotencyRecord,
  Listing,
  OutboxRow,
  Page,
  Queue,
  DoneGlance,
  TaskGlance,
  TaskQuery,
  StageToken,
  StoredEvent,
  Timer,
  Upload,
} from '../../../domain/ports/dossier-store.ts';
import { checkCommit } from '../../../domain/ports/commit-limits.ts';
import type { NumberPatience } from '../../number-line.ts';
import { DynamoCommit, tokenItem } from './commit.ts';
import { DynamoCounters } from './counters.ts';
import { DynamoFeed } from './feed.ts';
import { digits, duePartition, duePlace, instantOf, keys, shardOf } from './keys.ts';
import { DynamoListings } from './listings.ts';
import { DynamoOutbox } from './outbox.ts';
import { TableClient, keyItem, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';
import { SHARDS } from './table.ts';
import type { Item } from './table.ts';

/** The dossier store on one DynamoDB table (`tableDefinition`). Access patterns, keys and costs: `docs/dynamodb.md`. */
export class DynamoDossierStore implements DossierStore {
  readonly #table: TableClient;
  readonly #commits: DynamoCommit;
  readonly #counters: DynamoCounters;
  readonly #listings: DynamoListings;
  readonly #outbox: DynamoOutbox;
  readonly #feed: DynamoFeed;

  constructor(options: TableOptions & { patience?: NumberPatience }) {
    this.#table = new TableClient(options);
    this.#commits = new DynamoCommit(this.#table);
    this.#counters = new DynamoCounters(this.#table, options.patience);
    this.#listings = new DynamoListings(this.#table);
    this.#outbox = new DynamoOutbox(this.#table, this.#listings);
    this.#feed = new DynamoFeed(this.#table);
  }

  async commit(commit: Commit): Promise<CommitResult> {
    checkCommit(commit);
    const result = await this.#inLine(commit);
    if (result.ok) this.#outbox.written(commit.outbox);
    return result;
  }

  /** Commits of one series go one after the other, in the order of their numbers. */
  async #inLine(commit: Commit): Promise<CommitResult> {
    if (commit.numbers.length === 0) return this.#commits.commit(commit);
    const lines = commit.numbers.map(({ series, number }) => ({ series, number, line: this.#counters.line(series) }));
    const lost = async (): Promise<void> => {
      for (const { series, number, line } of lines) line.refused(number, await this.#counters.lastNumber(series));
    };
    for (const { number, line } of lines) {
      const may = line.enter(number);
      if (may === true || (await may)) continue;
      await lost();
      return { ok: false, conflict: 'number' };
    }
    try {
      const result = await this.#commits.commit(commit);
      if (result.ok) for (const { number, line } of lines) line.committed(number);
      else await lost();
      return result;
    } catch (error) {
      for (const { number, line } of lines) line.refused(number);
      throw error;
    }
  }

  async head(dossier: string): Promise<Head | undefined> {
    return this.#json<Head>(keys.head(dossier));
  }

  async events(dossier: string, after = 0): Promise<StoredEvent[]> {
    const { pk, sk } = keys.event(dossier, after + 1);
    const items = await this.#table.all(pk, 'E#', sk);
    return items.map((item) => {
      const chained = JSON.parse(text(item, 'j')) as ChainedEvent;
      const secret = item['secret']?.B;
      return secret ? { ...chained, secret } : chained;
    });
  }

  async wrappedKey(dossier: string): Promise<Uint8Array | undefined> {
    return (await this.#table.get(keys.wrappedKey(dossier)))?.['key']?.B;
  }

  async byCode(code: string): Promise<Head | undefined> {
    return this.#guarded(await this.#table.get(keys.code(code)));
  }

  async byReference(reference: string): Promise<Head | undefined> {
    return this.#guarded(await this.#table.get(keys.reference(reference)));
  }

  byApplicant(applicantKey: string, page: Page): Promise<Listing<Head>> {
    return this.#listings.byApplicant(applicantKey, page);
  }

  byUnit(query: Parameters<DossierStore['byUnit']>[0], page: Page): Promise<Listing<Head>> {
    return this.#listings.byUnit(query, page);
  }

  openDossiers(version: Parameters<DossierStore['openDossiers']>[0], page: Page): Promise<Listing<Head>> {
    return this.#listings.openDossiers(version, page);
  }

  closedDossiers(query: Parameters<DossierStore['closedDossiers']>[0], page: Page): Promise<Listing<Head>> {
    return this.#listings.closedDossiers(query, page);
  }

  moneyOf(query: Parameters<DossierStore['moneyOf']>[0], page: Page): Promise<Listing<MoneyEntry>> {
    return this.#listings.moneyOf(query, page);
  }

  async task(id: string): Promise<Task | undefined> {
    return this.#json<Task>(keys.task(id));
  }

  openTasks(query: TaskQuery, page: Page): Promise<Listing<Task>> {
    return this.#listings.openTasks(query, page);
  }

  countTasks(queue: Queue, count: { due?: DueRange; most: number }): Promise<number> {
    return this.#listings.countTasks(queue, count);
  }

  workDoneIn(query: Parameters<DossierStore['workDoneIn']>[0], most: number): Promise<DoneGlance[]> {
    return this.#listings.workDoneIn(query, most);
  }

  glanceAtTasks(queue: Queue, most: number): Promise<TaskGlance[]> {
    return this.#listings.glanceAtTasks(queue, most);
  }

  openTasksOf(dossier: string): Promise<Task[]> {
    return this.#listings.openTasksOf(dossier);
  }

  feed(after: string | undefined, limit: number): Promise<{ events: FeedItem[]; cursor: string }> {
    return this.#feed.read(after, limit);
  }

  async timersDue(now: number, limit: number): Promise<Timer[]> {
    return (await this.#due('TIMER', now, limit)).map((item) => JSON.parse(text(item, 'j')) as Timer);
  }

  async nextTimer(): Promise<number | undefined> {
    const firsts = await this.#sharded((shard) =>
      this.#table.propose('g1', duePartition('TIMER', shard), { limit: 1 }),
    );
    const instants = firsts.map((item) => instantOf(text(item, 'g1s')));
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  outboxDue(now: number, limit: number): Promise<OutboxRow[]> {
    return this.#outbox.due(now, limit);
  }

  nextOutbox(): Promise<number | undefined> {
    return this.#outbox.next();
  }

  outboxDone(ids: readonly string[]): Promise<void> {
    return this.#outbox.done(ids);
  }

  outboxRetry(row: Parameters<DossierStore['outboxRetry']>[0]): Promise<void> {
    return this.#outbox.retry(row);
  }

  outboxDead(page: Page): Promise<Listing<OutboxRow>> {
    return this.#outbox.dead(page);
  }

  outboxByGroup(group: string): Promise<OutboxRow[]> {
    return this.#outbox.byGroup(group);
  }

  outboxAdd(rows: readonly OutboxRow[]): Promise<void> {
    return this.#outbox.add(rows);
  }

  async putToken(token: StageToken): Promise<void> {
    await this.#table.put(tokenItem(token), {
      ConditionExpression: 'attribute_not_exists(pk) OR #run <= :run',
      ExpressionAttributeNames: { '#run': 'run' },
      ExpressionAttributeValues: { ':run': { N: String(token.run) } },
    });
  }

  async tokenFor(dossier: string, stage: string, visit: number): Promise<StageToken | undefined> {
    return this.#json<StageToken>(keys.token({ dossier, stage, visit }));
  }

  /** DynamoDB removes them by itself, within days of the instant that each carries (`EXPIRES`). */
  forgetAnswers(): Promise<number> {
    return Promise.resolve(0);
  }

  async idempotent(scope: string, key: string): Promise<IdempotencyRecord | undefined> {
    return this.#json<IdempotencyRecord>(keys.idempotency(scope, key));
  }

  nextCount(counter: string): Promise<number> {
    return this.#counters.nextCount(counter);
  }

  lastNumber(series: string): Promise<number> {
    return this.#counters.lastNumber(series);
  }

  nextNumber(series: string): Promise<number> {
    return this.#counters.nextNumber(series);
  }

  releaseNumber(series: string, number: number): void {
    this.#counters.line(series).release(number);
  }

  async putUpload(upload: Upload): Promise<void> {
    await this.#table.put(
      {
        ...keyItem(keys.upload(upload.id)),
        g1p: { S: duePartition('UP', shardOf(upload.id)) },
        g1s: { S: duePlace(upload.expires, upload.id) },
        st: { S: upload.state },
        j: { S: JSON.stringify(upload) },
      },
      {
        ConditionExpression: 'attribute_not_exists(pk) OR st <> :taken',
        ExpressionAttributeValues: { ':taken': { S: 'taken' } },
      },
    );
  }

  async upload(id: string): Promise<Upload | undefined> {
    const item = await this.#table.get(keys.upload(id));
    return item && readUpload(item);
  }

  async uploadsExpired(now: number, limit: number): Promise<Upload[]> {
    return (await this.#due('UP', now, limit)).map(readUpload);
  }

  forgetUpload(id: string): Promise<void> {
    return this.#table.delete(keys.upload(id));
  }

  async putAnchors({ token, anchors }: { token: Uint8Array; anchors: readonly Anchor[] }): Promise<void> {
    const digest = createHash('sha256').update(token).digest('hex');
    await this.#table.put({ ...keyItem(keys.anchorToken(digest)), token: { B: token } });
    await this.#table.putMany(
      anchors.map((anchor) => ({
        ...keyItem(keys.anchor(anchor.dossier, anchor.seq, digest)),
        token: { S: digest },
        j: { S: JSON.stringify(anchor) },
      })),
    );
  }

  async anchors(dossier: string): Promise<(Anchor & { token: Uint8Array })[]> {
    const items = await this.#table.all(keys.head(dossier).pk, 'A#');
    const digests = [...new Set(items.map((item) => text(item, 'token')))];
    const tokens = await this.#table.getMany(digests.map((digest) => keys.anchorToken(digest)));
    const byKey = new Map(tokens.map((item) => [text(item, 'pk'), item['token']?.B]));
    return items.map((item) => {
      const token = byKey.get(keys.anchorToken(text(item, 'token')).pk);
      if (!token) throw new Error(`expected the time-stamp ${text(item, 'token')} of an anchor of ${dossier}`);
      return { ...(JSON.parse(text(item, 'j')) as Anchor), token };
    });
  }

  /** Copies that DynamoDB keeps by itself hold the wrapped key until they end: `docs/archive.md`. */
  async erase(dossier: string): Promise<void> {
    for (const item of await this.#table.all(keys.head(dossier).pk, 'E#'))
      if (item['secret'])
        await this.#table.update(
          { pk: text(item, 'pk'), sk: text(item, 'sk') },
          { UpdateExpression: 'REMOVE #s', ExpressionAttributeNames: { '#s': 'secret' } },
        );
    for (const item of await this.#table.all(keys.head(dossier).pk, 'K#'))
      await this.#table.delete({ pk: text(item, 'pk'), sk: text(item, 'sk') });
  }

  /** The client belongs to its maker. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Items whose instant has come, earliest first: proposed by the shards of the index, confirmed by the table. */
  async #due(kind: 'TIMER' | 'UP', now: number, limit: number): Promise<Item[]> {
    const upTo = `${digits(Math.max(0, now), 15)}#\u{10ffff}`;
    const proposed = await this.#sharded((shard) =>
      this.#table.propose('g1', duePartition(kind, shard), { limit, upTo }),
    );
    proposed.sort((a, b) => (text(a, 'g1s') < text(b, 'g1s') ? -1 : 1));
    return this.#listings.confirm('g1', proposed.slice(0, limit));
  }

  async #sharded(read: (shard: number) => Promise<Item[]>): Promise<Item[]> {
    return (await Promise.all(Array.from({ length: SHARDS }, (_, shard) => read(shard)))).flat();
  }

  async #json<T>(key: Parameters<TableClient['get']>[0]): Promise<T | undefined> {
    const item = await this.#table.get(key);
    return item && (JSON.parse(text(item, 'j')) as T);
  }

  async #guarded(guard: Item | undefined): Promise<Head | undefined> {
    return guard && this.head(text(guard, 'd'));
  }
}

/** A commit takes an upload by its state alone; the rest stands as it was written. */
function readUpload(item: Item): Upload {
  return { ...(JSON.parse(text(item, 'j')) as Upload), state: text(item, 'st') as Upload['state'] };
}
