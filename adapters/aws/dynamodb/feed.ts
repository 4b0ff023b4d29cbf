import type { ChainedEvent } from '../../../schemas/events.ts';
import { InvalidCursor } from '../../../domain/ports/dossier-store.ts';
import type { FeedItem } from '../../../domain/ports/dossier-store.ts';
import { FEED_BUCKET, FEED_LANES, digits, feedLane, keys, pendingShard } from './keys.ts';
import { keyItem, number, text } from './table-client.ts';
import type { TableClient, Write } from './table-client.ts';
import { SHARDS } from './table.ts';
import type { Item } from './table.ts';

/** Commits that one transaction gives a place: two writes each and one for the tail, of DynamoDB's 100. */
const BATCH = 45;
/** Transactions that one reading does at most; the next reading goes on. */
const ROUNDS = 20;

interface Cursor {
  position: number;
  /** Last sequence number handed out of the commit at `position`. */
  seq: number;
}

/**
 * One feed of all events. A commit leaves a note of itself in one of a few partitions; whoever reads the feed first gives the notes consecutive places, in one
 * transaction with the feed's tail. So places are given after commits, without gaps, by one writer at a time: no event can appear before a cursor.
 */
export class DynamoFeed {
  readonly #table: TableClient;
  /** Readings of this process give places one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(table: TableClient) {
    this.#table = table;
  }

  async read(after: string | undefined, limit: number): Promise<{ events: FeedItem[]; cursor: string }> {
    const cursor = parse(after);
    await this.#takePlaces();
    const entries = await this.#entries(cursor, limit);
    const events = await this.#events(entries, cursor, limit);
    return { events, cursor: events.at(-1)?.cursor ?? `${cursor.position}.${cursor.seq}` };
  }

  #takePlaces(): Promise<void> {
    const mine = this.#turn.then(() => this.#sequence());
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #sequence(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const notes = await this.#notes();
      if (notes.length === 0) return;
      await this.#place(notes);
    }
  }

  /**
   * Notes that can be given places now. Read twice: a note seen by the first reading is of a commit whose predecessors were committed before it, so the
   * second reading, which begins later, finds every one of them that has no place yet.
   */
  async #notes(): Promise<Item[]> {
    const seen = new Map<string, number>();
    for (const note of await this.#readNotes()) seen.set(text(note, 'd'), number(note, 'to'));
    if (seen.size === 0) return [];
    const complete = (await this.#readNotes()).filter((note) => number(note, 'to') <= (seen.get(text(note, 'd')) ?? 0));
    return complete.slice(0, BATCH);
  }

  /** The first notes of each shard, in order of dossier and version. */
  async #readNotes(): Promise<Item[]> {
    const shards = await Promise.all(
      Array.from({ length: SHARDS }, (_, shard) =>
        this.#table.range({
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pendingShard(shard) } },
          Limit: BATCH,
        }),
      ),
    );
    return shards.flatMap(({ items }) => items);
  }

  /** Gives the notes the next places, unless somebody else did something meanwhile: then nothing happens and the caller looks again. */
  async #place(notes: readonly Item[]): Promise<void> {
    const tail = await this.#table.get(keys.feedTail);
    const last = tail ? number(tail, 'n') : 0;
    const writes: Write[] = [
      {
        Update: {
          Key: keyItem(keys.feedTail),
          UpdateExpression: 'SET n = :next',
          ConditionExpression: tail ? 'n = :last' : 'attribute_not_exists(pk)',
          ExpressionAttributeValues: {
            ':next': { N: String(last + notes.length) },
            ...(tail ? { ':last': { N: String(last) } } : {}),
          },
        },
      },
      ...notes.flatMap((note, i): Write[] => [
        {
          Put: {
            Item: { ...note, ...keyItem(keys.feedEntry(last + i + 1)), n: { N: String(last + i + 1) } },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        {
          Delete: {
            Key: keyItem({ pk: text(note, 'pk'), sk: text(note, 'sk') }),
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
      ]),
    ];
    await this.#table.transact(writes, this.#table.uuid());
  }

  /** Entries from the cursor's on, consecutive, until they hold `limit` events that were not handed out. */
  async #entries(cursor: Cursor, limit: number): Promise<Item[]> {
    const entries: Item[] = [];
    const perLane = Math.ceil(Math.min(limit + 1, FEED_BUCKET) / FEED_LANES);
    let expected = Math.max(1, cursor.position);
    let events = 0;
    for (;;) {
      const { items, all } = await this.#readLanes(expected, perLane);
      for (const item of items) {
        // A query may see a transaction half-written: what follows a hole is read next time.
        if (number(item, 'n') !== expected) return entries;
        entries.push(item);
        expected += 1;
        const from = number(item, 'n') === cursor.position ? cursor.seq + 1 : number(item, 'from');
        events += number(item, 'to') - from + 1;
        if (events >= limit) return entries;
      }
      // That was all, unless the next place begins another bucket.
      if (items.length === 0 || (all && expected % FEED_BUCKET !== 0)) return entries;
    }
  }

  /** The next entries of one bucket in order, and whether they are all that it has. */
  async #readLanes(from: number, perLane: number): Promise<{ items: Item[]; all: boolean }> {
    const lanes = await Promise.all(
      Array.from({ length: FEED_LANES }, (_, lane) =>
        this.#table.range({
          KeyConditionExpression: 'pk = :pk AND sk >= :sk',
          ExpressionAttributeValues: { ':pk': { S: feedLane(from, lane) }, ':sk': { S: digits(from, 15) } },
          Limit: perLane,
        }),
      ),
    );
    const items = lanes.flatMap((lane) => lane.items).sort((a, b) => number(a, 'n') - number(b, 'n'));
    return { items, all: lanes.every((lane) => lane.items.length < perLane) };
  }

  async #events(entries: readonly Item[], cursor: Cursor, limit: number): Promise<FeedItem[]> {
    const wanted = entries
      .flatMap((entry) => {
        const [position, dossier] = [number(entry, 'n'), text(entry, 'd')];
        const from = position === cursor.position ? cursor.seq + 1 : number(entry, 'from');
        const count = Math.max(0, number(entry, 'to') - from + 1);
        return Array.from({ length: count }, (_, i) => ({
          entry,
          position,
          key: keys.event(dossier, from + i),
          seq: from + i,
        }));
      })
      .slice(0, limit);
    const items = await this.#table.getMany(
      wanted.map(({ key }) => key),
      ['pk', 'sk', 'j'],
    );
    const found = new Map(items.map((item) => [`${text(item, 'pk')} ${text(item, 'sk')}`, item]));
    return wanted.map(({ entry, position, key, seq }) => {
      const item = found.get(`${key.pk} ${key.sk}`);
      if (!item) throw new Error(`expected event ${key.sk} of ${key.pk}, which the feed names at ${position}`);
      return {
        event: JSON.parse(text(item, 'j')) as ChainedEvent,
        unit: entry['unit']?.S ?? null,
        receivingUnit: text(entry, 'receiving'),
        cursor: `${position}.${seq}`,
      };
    });
  }
}

function parse(after: string | undefined): Cursor {
  if (after === undefined) return { position: 0, seq: 0 };
  const match = /^(\d{1,15})\.(\d{1,8})$/.exec(after);
  if (!match) throw new InvalidCursor();
  return { position: Number(match[1]), seq: Number(match[2]) };
}
