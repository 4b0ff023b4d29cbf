import type { KeptLink, Links } from '../../../domain/ports/links.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { keys } from './keys.ts';
import { keyItem, TableClient, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** So long after its end a link still tells why it does not hold, in milliseconds. */
const REMEMBERED_MS = 30 * 86_400_000;

/** Links in the dossiers' table, each an item of its own; its time to live removes them. */
export class DynamoLinks implements Links {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async put(link: KeptLink): Promise<void> {
    await this.#table.put({
      ...keyItem(keys.link(link.digest)),
      json: { S: JSON.stringify(link) },
      [EXPIRES]: { N: String(Math.ceil((link.until + REMEMBERED_MS) / 1000)) },
    });
  }

  async get(digest: string): Promise<KeptLink | undefined> {
    const item = await this.#table.get(keys.link(digest));
    return item && (JSON.parse(text(item, 'json')) as KeptLink);
  }
}
