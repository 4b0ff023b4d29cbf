import {
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  RestoreTableToPointInTimeCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { dynamoClient } from '../../../adapters/aws/clients/dynamodb.ts';
import { keys } from '../../../adapters/aws/dynamodb/keys.ts';
import { stepFunctionsClient } from '../../../adapters/aws/clients/step-functions.ts';
import type { RebuildAnswer } from '../../../schemas/api.ts';
import { EXPIRES } from '../../../schemas/table.ts';
import { observe } from '../observe.ts';
import { ACCOUNT } from './cdk.ts';
import { rebuildAll } from './commands.ts';
import { ManyReaders } from './many-readers.ts';
import { stopOne } from './new-version.ts';
import { runningExecutions } from './running-executions.ts';
import type { DeployedStack } from './target.ts';

const RESTORED = 'onetrack-test-restored';
/** On which all is begun, where no later day has come. */
const DAY = Date.parse('2027-03-03T09:00:00+07:00');
/** Of the first reader's address: nobody else has it. */
const FIRST = 1_000;
/** Once, and to see that nothing is left to restart. */
const REBUILT_AT_MOST = 5;

export interface RestoredStack {
  rebuilt: RebuildAnswer[];
  /** Dossiers in which something happened in the lost time, by the old table: of the two in which it did, and of no other. */
  changed: { found: string[]; expected: string[] };
  /** Status of the dossier that was handed in in the lost time, when it is asked for. */
  lost: number;
  /** Of those that were open before, and of one handed in afterwards. */
  ends: { result: string | null; decided: number; tasks: number }[];
  /** Of the one that was run anew in the lost time. */
  runs: number | undefined;
}

/**
 * The table as of an instant in the place of the present one, as docs/runbook-aws.md tells an operator. Dossiers are open at every stage then; in the time
 * that is lost one of them is decided, and run anew, and another handed in: executions are ahead of the record, and one has the name that the next would take.
 */
export async function loseTimeAndRestore(stack: DeployedStack, open: number): Promise<RestoredStack> {
  await stack.services.begin();
  await stack.setClock(Math.max(stack.now(), DAY));
  const readers = new ManyReaders(stack, { count: open, first: FIRST });
  await readers.open();
  // Notes of what happened until here get their places in the feed.
  await stack.sweep();
  const stream = await restoreTable(stack);
  await readers.decideNext(0);
  await stopOne(stack, readers);
  const gone = new ManyReaders(stack, { count: 1, first: FIRST + open });
  await gone.open();
  await stack.sweep();
  await stack.settleAll();
  await stack.moveTo(stream);
  await stopExecutions(stack);
  const changed = {
    found: await changedSince(stack),
    expected: [readers.readers[0], gone.readers[0]].map((reader) => reader?.id ?? '').toSorted(),
  };
  const rebuilt: RebuildAnswer[] = [];
  do {
    rebuilt.push(await rebuildAll(stack));
    await stack.settleAll();
  } while ((rebuilt.at(-1)?.restarted ?? 0) + (rebuilt.at(-1)?.starting ?? 0) > 0 && rebuilt.length < REBUILT_AT_MOST);
  await readers.finish();
  const later = new ManyReaders(stack, { count: 1, first: FIRST + open + 1 });
  await later.open();
  await later.finish();
  const token = await stack.token({ subject: 'administrator', role: 'admin' });
  const ends = await Promise.all(
    [...readers.readers, ...later.readers].map(async ({ id }) => {
      const { dossier, events } = await observe(stack, token, id);
      const decided = events.flatMap((event) => (event.type === 'TaskDecided' ? [event.data.task] : []));
      return { result: dossier.result, decided: decided.length, tasks: new Set(decided).size, runs: dossier.run };
    }),
  );
  const { status } = await stack.api.send('GET', `/dossiers/${gone.readers[0]?.id ?? ''}`, { token });
  return { rebuilt, changed, lost: status, ends: ends.map(({ runs: _, ...end }) => end), runs: ends[0]?.runs };
}

/** Answers the ARN of its stream. A restore brings neither stream nor time to live. */
async function restoreTable({ ministack, made }: DeployedStack): Promise<string> {
  const client = dynamoClient(ministack.account(ACCOUNT));
  try {
    const names = { SourceTableName: made.table, TargetTableName: RESTORED };
    await client.send(new RestoreTableToPointInTimeCommand({ ...names, UseLatestRestorableTime: true }));
    const TableName = RESTORED;
    await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName });
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
    const TimeToLiveSpecification = { Enabled: true, AttributeName: EXPIRES };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 };
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    return await streamOf(client);
  } finally {
    client.destroy();
  }
}

async function streamOf(client: DynamoDBClient): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: RESTORED }));
  if (Table?.LatestStreamArn === undefined) throw new Error(`${RESTORED}: expected a stream`);
  return Table.LatestStreamArn;
}

/** What the old table's feed tells beyond the end of the restored one's. */
async function changedSince({ ministack, made }: DeployedStack): Promise<string[]> {
  const client = dynamoClient(ministack.account(ACCOUNT));
  try {
    const tail = { pk: { S: keys.feedTail.pk }, sk: { S: keys.feedTail.sk } };
    const { Item } = await client.send(new GetItemCommand({ TableName: RESTORED, Key: tail, ConsistentRead: true }));
    const found = new Set<string>();
    const pages = paginateScan(
      { client },
      {
        TableName: made.table,
        FilterExpression: '(begins_with(pk, :f) AND n > :n) OR begins_with(pk, :p)',
        ExpressionAttributeValues: { ':f': { S: 'F#' }, ':p': { S: 'FP#' }, ':n': Item?.['n'] ?? { N: '0' } },
      },
    );
    for await (const { Items = [] } of pages) for (const { d } of Items) found.add(d?.S ?? '');
    return [...found].toSorted();
  } finally {
    client.destroy();
  }
}

/** Where they stand belongs to what is lost. */
async function stopExecutions({ ministack }: DeployedStack): Promise<void> {
  const client = stepFunctionsClient(ministack.account(ACCOUNT));
  for (const executionArn of await runningExecutions(client))
    await client.send(new StopExecutionCommand({ executionArn }));
  client.destroy();
}
