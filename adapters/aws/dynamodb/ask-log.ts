import { type AskLog, ASKS_KEPT_MS, type OwnAsk, placeOfAsk } from '../../../domain/ports/ask-log.ts';
import { decodePlaceInTime, encodeCursor } from '../../../domain/ports/cursor.ts';
import type { Listing, Page } from '../../../domain/ports/dossier-store.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { askPartition, keys } from './keys.ts';
import { keyItem, TableClient, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** Before every place, and behind every one: each begins with the digits of a year. */
const BEFORE = ' ';
const BEHIND = '~';

/** Registers asked at a person's own wish, in the dossiers' table; its time to live removes them. */
export class DynamoAskLog implements AskLog {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async put(ask: OwnAsk): Promise<void> {
    await this.#table.put(
      {
        ...keyItem(keys.ask(ask.owner, placeOfAsk(ask))),
        ask: { S: JSON.stringify(ask) },
        [EXPIRES]: { N: String(Math.ceil((ask.at + ASKS_KEPT_MS) / 1000)) },
      },
      {},
    );
  }

  async list(owner: string, { limit, after }: Page): Promise<Listing<OwnAsk>> {
    const place = after === undefined ? BEHIND : decodePlaceInTime(after);
    const { items: found } = await this.#table.range({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': { S: askPartition(owner) },
        ':from': { S: BEFORE },
        ':to': { S: place },
      },
      ScanIndexForward: false,
      Limit: limit + 1,
    });
    // The cursor is the first that was not handed out.
    const items = found.slice(0, limit).map((item) => JSON.parse(text(item, 'ask')) as OwnAsk);
    const next = found[limit];
    return { items, ...(next && { next: encodeCursor([text(next, 'sk')]) }) };
  }
}
