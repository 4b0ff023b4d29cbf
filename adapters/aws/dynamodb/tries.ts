import type { Allowance, Tries } from '../../../domain/ports/tries.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { keys } from './keys.ts';
import { TableClient } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** Tries in the dossiers' table; its time to live removes them. A lost answer is repeated, and may count a try twice. */
export class DynamoTries implements Tries {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async take({ of, until, most, amount = 1 }: Allowance): Promise<boolean> {
    if (amount > most) return false;
    const counted = await this.#table.update(keys.tries(of, until), {
      UpdateExpression: 'ADD #n :amount SET #e = :expires',
      ConditionExpression: 'attribute_not_exists(#n) OR #n <= :room',
      ExpressionAttributeNames: { '#n': 'count', '#e': EXPIRES },
      ExpressionAttributeValues: {
        ':amount': { N: String(amount) },
        ':room': { N: String(most - amount) },
        ':expires': { N: String(Math.ceil(until / 1000)) },
      },
    });
    return counted !== 'refused';
  }

  async giveBack({ of, until, amount = 1 }: Allowance): Promise<void> {
    await this.#table.update(keys.tries(of, until), {
      UpdateExpression: 'ADD #n :less',
      ConditionExpression: '#n >= :amount',
      ExpressionAttributeNames: { '#n': 'count' },
      ExpressionAttributeValues: { ':less': { N: String(-amount) }, ':amount': { N: String(amount) } },
    });
  }
}
