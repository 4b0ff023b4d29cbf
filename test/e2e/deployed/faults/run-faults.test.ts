import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBody } from '../../../../embedded/samples/sample-server.ts';
import { FaultFiles, type Rates } from './fault-files.ts';

const INJECTOR = join(import.meta.dirname, 'run-faults.ts');
/** A function that makes one call of DynamoDB, as the product's clients do, and says what came. */
const FUNCTION = `
  import { BatchWriteItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
  import { dynamoClient } from '${new URL('../../../../adapters/aws/clients/dynamodb.ts', import.meta.url).href}';
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
  const client = dynamoClient({ endpoint: process.env.SERVER, region: 'eu-central-1', credentials });
  const put = (id) => ({ TableName: 't', Item: { pk: { S: id } } });
  const command = process.env.BATCH
    ? new BatchWriteItemCommand({ RequestItems: { t: ['a', 'b', 'c'].map((id) => ({ PutRequest: { Item: put(id).Item } })) } })
    : new TransactWriteItemsCommand({ TransactItems: [{ Put: put('a') }, { Put: put('b') }] });
  const say = (what) => process.stdout.write(JSON.stringify(what));
  await client.send(command).then(
    ({ UnprocessedItems }) => say({ left: UnprocessedItems?.t?.length ?? 0 }),
    (error) => say({ error: error.name, reasons: error.CancellationReasons?.map(({ Code }) => Code) }),
  );
`;

/** One call under these rates: what the function said, how it ended, how many items the server was asked to write. */
async function callUnder(rates: Rates | undefined, { batch = false } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-faults-'));
  const faults = new FaultFiles(dir);
  if (rates) faults.set(rates);
  const written: number[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = Buffer.from((await readBody(request, 100_000)) ?? []).toString('utf8');
      const { RequestItems, TransactItems } = JSON.parse(body) as { RequestItems?: { t: [] }; TransactItems?: [] };
      written.push((RequestItems?.t ?? TransactItems ?? []).length);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = {
    ...process.env,
    ...faults.env,
    SERVER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...(batch && { BATCH: '1' }),
  };
  const node = ['--disable-warning=ExperimentalWarning', `--import=${INJECTOR}`, '--input-type=module', '--eval'];
  const child = spawn(process.execPath, [...node, FUNCTION], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
  const counted = faults.counted();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
  return { said: said === '' ? null : (JSON.parse(said) as unknown), signal, written, counted };
}

describe('faults in a function’s calls of AWS', () => {
  it('befall no call while no file names them', async () => {
    expect(await callUnder(undefined)).toEqual({ said: { left: 0 }, signal: null, written: [2], counted: {} });
  });

  it.each([
    ['throttled', { said: { error: 'ThrottlingException' }, signal: null, written: [] }],
    ['busy', { said: { error: 'InternalServerError' }, signal: null, written: [] }],
    ['lost', { said: { error: 'TimeoutError' }, signal: null, written: [2] }],
    [
      'conflict',
      {
        said: { error: 'TransactionCanceledException', reasons: ['TransactionConflict', 'None'] },
        signal: null,
        written: [],
      },
    ],
    ['dies', { said: null, signal: 'SIGKILL', written: [] }],
    ['diesAfter', { said: null, signal: 'SIGKILL', written: [2] }],
  ] as const)('%s: the SDK sees it as AWS’s own', async (fault, seen) => {
    expect(await callUnder({ [fault]: 100 })).toEqual({ ...seen, counted: { [fault]: 1 } });
  });

  it('partial: half of a batch is done, the rest comes back; what is no batch goes through', async () => {
    const half = { said: { left: 1 }, signal: null, written: [2], counted: { partial: 1 } };
    expect(await callUnder({ partial: 100 }, { batch: true })).toEqual(half);
    expect(await callUnder({ partial: 100 })).toEqual({ said: { left: 0 }, signal: null, written: [2], counted: {} });
  });
});
