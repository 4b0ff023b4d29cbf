import type { AttributeValue, CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { INDEXES, TABLE_KEY } from '../../../schemas/table.ts';

/** An item as the SDK carries it. */
export type Item = Record<string, AttributeValue>;

/** Partitions over which what is due, and what waits for its place in the feed, is spread. DynamoDB writes at most 1,000 units a second to one partition. */
export const SHARDS = 8;

/** Definition of the single table, on demand. Keys and their cost are written down in `docs/dynamodb.md`. */
export function tableDefinition(name: string): CreateTableCommandInput {
  const attributes = [TABLE_KEY, ...Object.values(INDEXES)].flatMap(({ partition, sort }) => [partition, sort]);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((attribute) => ({ AttributeName: attribute, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: TABLE_KEY.partition, KeyType: 'HASH' },
      { AttributeName: TABLE_KEY.sort, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: Object.values(INDEXES).map((index) => ({
      IndexName: index.name,
      KeySchema: [
        { AttributeName: index.partition, KeyType: 'HASH' },
        { AttributeName: index.sort, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  };
}
