import type { AttributeValue, CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** An item as the SDK carries it. */
export type Item = Record<string, AttributeValue>;

/** The four overloaded indexes. They hold keys alone: what a list shows is read from the table, so an index can lag but never lie. */
export const INDEXES = {
  g1: { name: 'index1', partition: 'g1p', sort: 'g1s' },
  g2: { name: 'index2', partition: 'g2p', sort: 'g2s' },
  g3: { name: 'index3', partition: 'g3p', sort: 'g3s' },
  g4: { name: 'index4', partition: 'g4p', sort: 'g4s' },
} as const;
export type Index = keyof typeof INDEXES;

/** Partitions over which what is due, and what waits for its place in the feed, is spread. DynamoDB writes at most 1,000 units a second to one partition. */
export const SHARDS = 8;

/** Definition of the single table, on demand. Keys and their cost are written down in `docs/dynamodb.md`. */
export function tableDefinition(name: string): CreateTableCommandInput {
  const attributes = ['pk', 'sk', ...Object.values(INDEXES).flatMap(({ partition, sort }) => [partition, sort])];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((attribute) => ({ AttributeName: attribute, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
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
