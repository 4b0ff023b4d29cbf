import {
  type Denial,
  denialAt,
  DENIALS_KEPT_MS,
  type DenialLog,
  type DeniedAccess,
  MOST_DENIALS,
  placeOf,
} from '../../../domain/ports/denial-log.ts';
import type { Listing, Page } from '../../../domain/ports/dossier-store.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { decodePlaceInTime, encodeCursor } from '../../../domain/ports/cursor.ts';
import { denialPartition, keys } from './keys.ts';
import { number, TableClient, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** Before every place, and behind every one: each begins with the digits of a year. */
const BEFORE = ' ';
const BEHIND = '~';
const DAY_MS = 86_400_000;

/** Denials in the dossiers' table; its time to live removes them. */
export class DynamoDenialLog implements DenialLog {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async add(denied: DeniedAccess): Promise<boolean> {
    const { dossier, official, at } = denied;
    const { day, place } = placeOf(denied);
    const counted = await this.#table.update(keys.denialsOf(official, day), {
      UpdateExpression: 'ADD #n :one SET #e = :expires',
      ConditionExpression: 'attribute_not_exists(#n) OR #n < :most',
      ExpressionAttributeNames: { '#n': 'count', '#e': EXPIRES },
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':most': { N: String(MOST_DENIALS) },
        ':expires': { N: String(Math.ceil((at + 2 * DAY_MS) / 1000)) },
      },
    });
    if (counted === 'refused') return false;
    await this.#table.update(keys.denial(dossier, place), {
      UpdateExpression: 'ADD #n :one SET #f = if_not_exists(#f, :at), #l = :at, #e = :expires',
      ExpressionAttributeNames: { '#n': 'count', '#f': 'first', '#l': 'last', '#e': EXPIRES },
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':at': { N: String(at) },
        ':expires': { N: String(Math.ceil((at + DENIALS_KEPT_MS) / 1000)) },
      },
    });
    return true;
  }

  async list(dossier: string, { limit, after }: Page): Promise<Listing<Denial>> {
    const place = after === undefined ? BEHIND : decodePlaceInTime(after);
    const { items: found } = await this.#table.range({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': { S: denialPartition(dossier) },
        ':from': { S: BEFORE },
        ':to': { S: place },
      },
      ScanIndexForward: false,
      Limit: limit + 1,
    });
    // The cursor is the first that was not handed out.
    const items = found.slice(0, limit).map((item) =>
      denialAt(text(item, 'sk'), {
        first: number(item, 'first'),
        last: number(item, 'last'),
        count: number(item, 'count'),
      }),
    );
    const next = found[limit];
    return { items, ...(next && { next: encodeCursor([text(next, 'sk')]) }) };
  }
}
