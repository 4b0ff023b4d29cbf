import { type AttributeValue, type ConsumedCapacity, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Meter } from './meter.ts';

/** Commands whose units are read units; those of all others are write units. */
const READS = /^(Get|BatchGet|TransactGet|Query)/;

/** A client that asks what each request consumes, indexes included, and tells the meter. */
export class CountingDynamo extends DynamoDBClient {
  constructor(inner: DynamoDBClient, meter: Meter) {
    super({ region: 'ap-southeast-1' });
    // `send` has many overloads; what is wrapped is whatever the caller chose.
    this.send = (async (command: { input: object; constructor: { name: string } }) => {
      Object.assign(command.input, { ReturnConsumedCapacity: 'INDEXES' });
      meter.call('dynamodb');
      const answer: unknown = await inner.send(command as Parameters<DynamoDBClient['send']>[0]);
      const { ConsumedCapacity: consumed } = answer as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
      for (const { CapacityUnits = 0, GlobalSecondaryIndexes = {} } of [consumed ?? []].flat()) {
        const reads = READS.test(command.constructor.name);
        meter.units(reads ? 'readUnits' : 'writeUnits', CapacityUnits);
        if (reads) continue;
        for (const { CapacityUnits: units = 0 } of Object.values(GlobalSecondaryIndexes))
          meter.units('indexUnits', units);
      }
      return answer;
    }) as DynamoDBClient['send'];
  }
}

/** Bytes that the table stores, by DynamoDB's rule: names and values of all attributes, and 100 bytes for each item (developer guide, "Capacity unit consumption"). */
export async function storedBytes(client: DynamoDBClient, table: string): Promise<number> {
  let bytes = 0;
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName: table, ExclusiveStartKey: start }));
    for (const item of page.Items ?? [])
      bytes += 100 + Object.entries(item).reduce((sum, [name, value]) => sum + name.length + bytesOf(value), 0);
    start = page.LastEvaluatedKey;
  } while (start);
  return bytes;
}

function bytesOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  return 1;
}
