import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoDossierStore } from '../../../adapters/aws/dynamodb/dossier-store.ts';
import { keys } from '../../../adapters/aws/dynamodb/keys.ts';
import { keyItem, TableClient } from '../../../adapters/aws/dynamodb/table-client.ts';
import { aCommit, dossierId } from '../../builders/dossiers.ts';

const dynamo = mockClient(DynamoDBClient);
// The class is every suite's.
afterAll(() => {
  dynamo.restore();
});
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
    await expect(new TableClient(options).get({ pk: 'a', sk: 'b' })).rejects.toMatchObject({
      name: 'TaskRetryable',
      message: expect.stringContaining('ThrottlingException') as unknown,
    });
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

  it('leaves a batch of which nothing is done to a later attempt, and goes on where something is', async () => {
    const keyed = (from: number) => ({ t: { Keys: Array.from({ length: 12 - from }, (_, i) => item(from + i)) } });
    const table = new TableClient(options);
    const wanted = Array.from({ length: 12 }, (_, i) => ({ pk: `k${String(i)}`, sk: '-' }));
    for (let done = 1; done < 12; done += 1)
      dynamo
        .on(BatchGetItemCommand, { RequestItems: { t: { ...keyed(done - 1).t, ConsistentRead: true } } })
        .resolves({ Responses: { t: [item(done - 1)] }, UnprocessedKeys: keyed(done) });
    dynamo
      .on(BatchGetItemCommand, { RequestItems: { t: { ...keyed(11).t, ConsistentRead: true } } })
      .resolves({ Responses: { t: [item(11)] } });
    expect(await table.getMany(wanted)).toHaveLength(12);
    dynamo.reset();
    dynamo.on(BatchGetItemCommand).resolves({ UnprocessedKeys: keyed(0) });
    await expect(table.getMany(wanted)).rejects.toMatchObject({ name: 'TaskRetryable' });
    expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(9);
    const unwritten = { t: [{ PutRequest: { Item: item(1) } }] };
    dynamo.on(BatchWriteItemCommand).resolves({ UnprocessedItems: unwritten });
    await expect(table.putMany([item(1)])).rejects.toMatchObject({ name: 'TaskRetryable' });
  });

  it('knows what it has added itself by its name, so that a lost answer leaves no gap', async () => {
    const ours = new ConditionalCheckFailedException({
      message: '',
      $metadata: {},
      Item: { ...item(1), n: { N: '32' }, c: { S: 'name-1' } },
    });
    dynamo.on(UpdateItemCommand).rejectsOnce(failure('TimeoutError')).rejects(ours);
    expect(await new TableClient(options).add({ pk: 'a', sk: 'b' }, 'n', 16)).toBe(32);
    const names = dynamo
      .commandCalls(UpdateItemCommand)
      .map(({ args }) => args[0].input.ExpressionAttributeValues?.[':c']);
    expect(names).toEqual([{ S: 'name-1' }, { S: 'name-1' }]);
  });

  it.each(['ValidationError', 'ItemCollectionSizeLimitExceeded'])(
    'takes a transaction that was cancelled by %s for a defect',
    async (code) => {
      dynamo.on(TransactWriteItemsCommand).rejects(cancelled('None', code));
      const writing = new TableClient(options).transact([{ Put: { Item: item(1) } }], 'one');
      await expect(writing).rejects.toMatchObject({ name: 'TransactionCanceledException' });
      expect(dynamo.calls()).toHaveLength(1);
    },
  );

  it('leaves a transaction that conflicts for long to a later attempt', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('TransactionConflict'));
    const writing = new TableClient(options).transact([{ Put: { Item: item(1) } }], 'one');
    await expect(writing).rejects.toMatchObject({ name: 'TaskRetryable' });
    expect(dynamo.calls()).toHaveLength(10);
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

describe('a commit of which several conditions do not hold', () => {
  /** The writes in the order in which they stand in the transaction: repetition, head, upload, number, code, reference, event, note. */
  const commit = aCommit({
    dossier: dossierId(1),
    head: { code: 'c1' },
    idempotency: { scope: 's', key: 'k', request: 'r', status: 201, body: '', at: 0 },
    uploads: ['u1'],
    numbers: [{ series: 'births', number: 7 }],
  });
  const failing = (...places: number[]): Error =>
    cancelled(...Array.from({ length: 8 }, (_, i) => (places.includes(i) ? 'ConditionalCheckFailed' : 'None')));

  const atNumberSeven = async (): Promise<DynamoDossierStore> => {
    dynamo.on(GetItemCommand).resolves({});
    dynamo
      .on(GetItemCommand, { Key: keyItem(keys.series('births')) })
      .resolves({ Item: { ...item(1), n: { N: '6' } } });
    const store = new DynamoDossierStore(options);
    expect(await store.nextNumber('births')).toBe(7);
    return store;
  };

  it.each([
    [[0, 1, 2, 3, 4], 'idempotency'],
    [[1, 2, 3, 4], 'version'],
    [[2, 3, 4], 'upload'],
    [[3, 4], 'number'],
    [[4, 5], 'code'],
  ])('answers of %j the first that the port names: %s', async (places, conflict) => {
    dynamo.on(TransactWriteItemsCommand).rejects(failing(...places));
    const store = await atNumberSeven();
    expect(await store.commit(commit)).toEqual({ ok: false, conflict });
    expect(dynamo.commandCalls(TransactWriteItemsCommand)).toHaveLength(1);
  });

  it('is refused though another transaction was in the way of the rest', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('None', 'ConditionalCheckFailed', 'TransactionConflict'));
    const store = await atNumberSeven();
    expect(await store.commit(commit)).toEqual({ ok: false, conflict: 'version' });
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
