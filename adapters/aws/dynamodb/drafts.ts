import type { Drafts, KeptDraft } from '../../../domain/ports/drafts.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { draftPartition, keys } from './keys.ts';
import type { Item } from './table.ts';
import { keyItem, number, TableClient, text } from './table-client.ts';
import type { TableOptions } from './table-client.ts';

/** Drafts in the dossiers' table, a partition for each person; its time to live removes them, and until it has they are not answered. */
export class DynamoDrafts implements Drafts {
  readonly #table: TableClient;

  constructor(options: TableOptions) {
    this.#table = new TableClient(options);
  }

  async put(draft: KeptDraft, now: number): Promise<'put' | 'conflict'> {
    const { owner, id, procedure, task, version, revision, saved, expires, wrappedKey, sealed } = draft;
    const item: Item = {
      ...keyItem(keys.draft(owner, id)),
      procedure: { S: procedure },
      ...(task !== undefined && { task: { S: task } }),
      version: { S: version },
      revision: { N: String(revision) },
      saved: { N: String(saved) },
      until: { N: String(expires) },
      key: { B: wrappedKey },
      sealed: { B: sealed },
      [EXPIRES]: { N: String(Math.ceil(expires / 1000)) },
    };
    // A lost answer is repeated and would then find its own revision: the sealed bytes, made anew each time, tell whose it is.
    const own = '(revision = :own AND sealed = :sealed)';
    const put = await this.#table.put(item, {
      ConditionExpression:
        revision === 1
          ? `attribute_not_exists(pk) OR #u <= :now OR ${own}`
          : `(revision = :before AND #u > :now) OR ${own}`,
      ExpressionAttributeNames: { '#u': 'until' },
      ExpressionAttributeValues: {
        ':now': { N: String(now) },
        ':own': { N: String(revision) },
        ':sealed': { B: sealed },
        ...(revision > 1 && { ':before': { N: String(revision - 1) } }),
      },
    });
    return put === 'put' ? 'put' : 'conflict';
  }

  async get(owner: string, id: string, now: number): Promise<KeptDraft | undefined> {
    const item = await this.#table.get(keys.draft(owner, id));
    const draft = item && draftOf(owner, id, item);
    return draft && draft.expires > now ? draft : undefined;
  }

  async list(owner: string, now: number): Promise<KeptDraft[]> {
    const items = await this.#table.all(draftPartition(owner), '');
    return items
      .map((item) => draftOf(owner, text(item, 'sk'), item))
      .filter(({ expires }) => expires > now)
      .toSorted((a, b) => b.saved - a.saved || (a.id < b.id ? -1 : 1));
  }

  async remove(owner: string, id: string): Promise<void> {
    await this.#table.delete(keys.draft(owner, id));
  }

  /** By the table's time to live. */
  async removeExpired(): Promise<void> {
    // Nothing to do here.
  }
}

function draftOf(owner: string, id: string, item: Item): KeptDraft {
  return {
    owner,
    id,
    procedure: text(item, 'procedure'),
    ...(item['task'] && { task: text(item, 'task') }),
    version: text(item, 'version'),
    revision: number(item, 'revision'),
    saved: number(item, 'saved'),
    expires: number(item, 'until'),
    wrappedKey: bytes(item, 'key'),
    sealed: bytes(item, 'sealed'),
  };
}

function bytes(item: Item, attribute: string): Uint8Array {
  const value = item[attribute]?.B;
  if (value === undefined) throw new Error(`expected the bytes ${attribute} in item ${item['pk']?.S ?? ''}`);
  return Uint8Array.from(value);
}
