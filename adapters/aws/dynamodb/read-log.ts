import { decodePlaceInTime, encodeCursor } from '../../../domain/ports/cursor.ts';
import type { Listing, Page } from '../../../domain/ports/dossier-store.ts';
import {
  type Reading,
  placeOf,
  type Read,
  readAt,
  type ReadLog,
  READS_KEPT_MS,
} from '../../../domain/ports/read-log.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { keys, readPartition } from './keys.ts';
import { keyItem, number, TableClient, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** Before every place, and behind every one: each begins with the digits of a year. */
const BEFORE = ' ';
const BEHIND = '~';

/** Who read what, in the dossiers' table; its time to live removes it. */
export class DynamoReadLog implements ReadLog {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async add(read: Reading): Promise<void> {
    const { dossier, at } = read;
    const item = {
      ...keyItem(keys.read(dossier, placeOf(read))),
      first: { N: String(at) },
      [EXPIRES]: { N: String(Math.ceil((at + READS_KEPT_MS) / 1000)) },
    };
    // Refused: it is there already.
    await this.#table.put(item, { ConditionExpression: 'attribute_not_exists(pk)' });
  }

  async list(dossier: string, { limit, after }: Page): Promise<Listing<Read>> {
    const place = after === undefined ? BEHIND : decodePlaceInTime(after);
    const { items: found } = await this.#table.range({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': { S: readPartition(dossier) },
        ':from': { S: BEFORE },
        ':to': { S: place },
      },
      ScanIndexForward: false,
      Limit: limit + 1,
    });
    // The cursor is the first that was not handed out.
    const items = found.slice(0, limit).map((item) => readAt(text(item, 'sk'), number(item, 'first')));
    const next = found[limit];
    return { items, ...(next && { next: encodeCursor([text(next, 'sk')]) }) };
  }
}
