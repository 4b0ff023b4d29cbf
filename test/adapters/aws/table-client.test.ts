import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoDossierStore } from '../../../adapters/aws/dynamodb/dossier-store.ts';
import { TableClient } from '../../../adapters/aws/dynamodb/table-client.ts';
import { aCommit, dossierId } from '../../builders/dossiers.ts';

const dynamo = mockClient(DynamoDBClient);
let pauses: number[];
let names: number;
const options = {
  client: new DynamoDBClient({ region: 'eu-central-1' }),
  table: 't',
  random: () => 1,
  uuid: () => `name-${String((names += 1))}`,
  pause: async (ms: number) => pauses.push(ms),
};
const item = (n: number) => ({ pk: { S: `k${String(n)}` }, sk: { S: '-' } });
const failure = (name: string, more: object = {}): Error => Object.assign(new Error(name), { name, ...more });
const cancelled = (...codes: string[]): Error =>
  failure('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });

beforeEach(() => {
  dynamo.reset();
  pauses = [];
  names = 0;
});

describe('the client of a table', () => {
  it('gives up after ten attempts, having waited longer each time up to a second', async () => {
    dynamo.on(GetItemCommand).rejects(failure('ThrottlingException'));
    await expect(new TableClient(options).get({ pk: 'a', sk: 'b' })).rejects.toThrow('ThrottlingException');
    expect(pauses).toEqual([20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
  });

  it('does not repeat what cannot succeed', async () => {
    dynamo.on(GetItemCommand).rejects(failure('ValidationException', { $metadata: { httpStatusCode: 400 } }));
    await expect(new TableClient(options).get({ pk: 'a', sk: 'b' })).rejects.toThrow('ValidationException');
    expect(pauses).toEqual([]);
  });

  it('asks again for what a batch left out, in reading and in writing', async () => {
    const left = { t: { Keys: [item(2)] } };
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { t: [item(1)] }, UnprocessedKeys: left })
      .resolves({ Responses: { t: [item(2)] } });
    const unwritten = { t: [{ PutRequest: { Item: item(2) } }] };
    dynamo.on(BatchWriteItemCommand).resolvesOnce({ UnprocessedItems: unwritten }).resolves({});
    const table = new TableClient(options);
    expect(await table.getMany([1, 2].map((n) => ({ pk: `k${String(n)}`, sk: '-' })))).toEqual([item(1), item(2)]);
    await table.putMany([item(1), item(2)]);
    const written = dynamo
      .commandCalls(BatchWriteItemCommand)
      .map(({ args }) => args[0].input.RequestItems?.['t']?.length);
    expect(written).toEqual([2, 1]);
  });

  it('repeats a transaction under the same name when another one or throttling was in the way', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled('None', 'TransactionConflict'))
      .rejectsOnce(cancelled('ThrottlingError', 'None'))
      .rejectsOnce(failure('TransactionInProgressException'))
      .rejectsOnce(failure('InternalServerError', { $fault: 'server' }))
      .resolves({});
    expect(await new TableClient(options).transact([{ Put: { Item: item(1) } }], 'one')).toBe('written');
    const calls = dynamo.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input.ClientRequestToken);
    expect(calls).toEqual(['one', 'one', 'one', 'one', 'one']);
  });

  it('says which conditions did not hold, without a second attempt', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('ConditionalCheckFailed', 'TransactionConflict'));
    const outcome = await new TableClient(options).transact([{ Put: { Item: item(1) } }], 'one');
    expect(outcome).toEqual({ reasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'TransactionConflict' }] });
    expect(pauses).toEqual([]);
  });
});

describe('a commit whose answer was lost', () => {
  const commit = aCommit({ dossier: dossierId(1) });

  it('fails when it is not in the table', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(failure('TimeoutError'));
    dynamo.on(GetItemCommand).resolves({});
    await expect(new DynamoDossierStore(options).commit(commit)).rejects.toThrow('TimeoutError');
  });

  it('is a conflict when what stands there is of another commit', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejectsOnce(failure('TimeoutError'))
      .rejects(cancelled('ConditionalCheckFailed'));
    dynamo.on(GetItemCommand).resolves({ Item: { ...item(1), c: { S: 'another' } } });
    expect(await new DynamoDossierStore(options).commit(commit)).toEqual({ ok: false, conflict: 'version' });
  });

  it('is known by its name when DynamoDB has forgotten the transaction', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejectsOnce(failure('TimeoutError'))
      .rejects(cancelled('ConditionalCheckFailed'));
    dynamo.on(GetItemCommand).resolves({ Item: { ...item(1), c: { S: 'name-1' } } });
    expect(await new DynamoDossierStore(options).commit(commit)).toEqual({ ok: true });
  });

  it('is known by its name when no answer ever comes', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(failure('TimeoutError'));
    dynamo.on(GetItemCommand).resolves({ Item: { ...item(1), c: { S: 'name-1' } } });
    expect(await new DynamoDossierStore(options).commit(commit)).toEqual({ ok: true });
  });
});
