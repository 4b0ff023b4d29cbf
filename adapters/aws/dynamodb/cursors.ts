import type { Cursors } from '../../../domain/ports/cursors.ts';
import { keys } from './keys.ts';
import { TableClient, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** Cursors in the dossiers' table, each an item of its own. */
export class DynamoCursors implements Cursors {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async get(name: string): Promise<string | undefined> {
    const item = await this.#table.get(keys.cursor(name));
    return item && text(item, 'value');
  }

  async advance(name: string, from: string | undefined, to: string): Promise<void> {
    const { pk, sk } = keys.cursor(name);
    await this.#table.put(
      { pk: { S: pk }, sk: { S: sk }, value: { S: to } },
      from === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#value = :from',
            ExpressionAttributeNames: { '#value': 'value' },
            ExpressionAttributeValues: { ':from': { S: from } },
          },
    );
  }
}
