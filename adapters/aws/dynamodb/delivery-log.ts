import { ATTEMPTS_KEPT_MS, type DeliveryAttempt, type DeliveryLog } from '../../../domain/ports/delivery-log.ts';
import type { Listing, Page } from '../../../domain/ports/dossier-store.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { decodePlaceInTime, encodeCursor } from '../../../domain/ports/cursor.ts';
import { deliveryPartition, keys } from './keys.ts';
import { keyItem, TableClient, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** Before every instant, and behind every one. */
const BEFORE = ' ';
const BEHIND = '~';

/** Attempts in the dossiers' table; its time to live removes them. */
export class DynamoDeliveryLog implements DeliveryLog {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async add(attempt: DeliveryAttempt): Promise<void> {
    const expires = Math.ceil((attempt.at + ATTEMPTS_KEPT_MS) / 1000);
    await this.#table.put({
      ...keyItem(keys.delivery(attempt.subscription, attempt.at, attempt.message)),
      json: { S: JSON.stringify(attempt) },
      [EXPIRES]: { N: String(expires) },
    });
  }

  async list(subscription: string, { limit, after }: Page): Promise<Listing<DeliveryAttempt>> {
    const place = after === undefined ? BEHIND : decodePlaceInTime(after);
    const { items: found } = await this.#table.range({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': { S: deliveryPartition(subscription) },
        ':from': { S: BEFORE },
        ':to': { S: place },
      },
      ScanIndexForward: false,
      Limit: limit + 1,
    });
    // The cursor is the first that was not handed out. A page is far below the 1 MB of one query.
    const items = found.slice(0, limit).map((item) => JSON.parse(text(item, 'json')) as DeliveryAttempt);
    const next = found[limit];
    return { items, ...(next && { next: encodeCursor([text(next, 'sk')]) }) };
  }
}
