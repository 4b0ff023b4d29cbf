import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, settings } from './settings.ts';

export function dynamoClient(options: ClientOptions = {}): DynamoDBClient {
  // The table's own client repeats, conflicts too and under the same ClientRequestToken: two layers would multiply.
  return new DynamoDBClient({ ...settings(options, 'dynamodb'), maxAttempts: 1 });
}
