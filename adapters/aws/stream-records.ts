import * as z from 'zod';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import { outboxRow } from './dynamodb/commit.ts';
import type { Item } from './dynamodb/table.ts';

/** What is read of a DynamoDB Streams event as Lambda hands it over (view type NEW_IMAGE or NEW_AND_OLD_IMAGES). */
const StreamEvent = z.object({ Records: z.array(z.unknown()) });
const Inserted = z.object({
  eventName: z.literal('INSERT'),
  dynamodb: z.object({
    NewImage: z
      .looseObject({ pk: z.object({ S: z.string().startsWith('O#') }) })
      .transform((image) => image as unknown as Item),
  }),
});

/**
 * The outbox rows that a batch of stream records brings, each once, in order of id. A bell, nothing more: rows stay in the table until they are dealt
 * with, so a record that comes twice, late, in another order or not at all loses nothing, and one that cannot be read is left to the sweep.
 * Changed rows ring no bell: the relay changes them itself.
 */
export function newOutboxRows(event: unknown): OutboxRow[] {
  const records = StreamEvent.safeParse(event).data?.Records ?? [];
  const rows = new Map<string, OutboxRow>();
  for (const record of records) {
    const image = Inserted.safeParse(record).data?.dynamodb.NewImage;
    const row = image && readable(image);
    if (row) rows.set(row.id, row);
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function readable(image: Item): OutboxRow | undefined {
  try {
    return outboxRow(image);
  } catch {
    return undefined;
  }
}
