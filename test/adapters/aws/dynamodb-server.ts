import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../../adapters/aws/clients/dynamodb.ts';
import { tableDefinition } from '../../../adapters/aws/dynamodb/table.ts';
import { freePort } from '../../../embedded/free-port.ts';

/** A DynamoDB-compatible server of the test, which ends with it. */
export interface DynamoServer {
  endpoint: string;
  client: DynamoDBClient;
  /** A new table, removed by `drop`. */
  table(): Promise<{ name: string; drop: () => Promise<void> }>;
  stop(): Promise<void>;
}

/** A program that serves DynamoDB's protocol. `command` is undefined where it is not installed. */
export interface DynamoProgram {
  name: string;
  command: ((port: number) => [string, ...string[]]) | undefined;
}

const binary = join(import.meta.dirname, '../../../node_modules/@dynoxide/linux-x64/dynoxide');

/** `@dynoxide/linux-x64`, an optional dependency: one binary, data in memory. */
export const dynoxide: DynamoProgram = {
  name: 'dynoxide',
  command: existsSync(binary) ? (port) => [binary, 'serve', '--host', '127.0.0.1', '--port', String(port)] : undefined,
};

const local = join(process.env['ONETRACK_ORACLES'] ?? join(homedir(), '.cache/onetrack'), 'dynamodb-local');

/** AWS's DynamoDB Local, which scripts/oracles.sh installs. Needs Java 17. */
export const dynamoDbLocal: DynamoProgram = {
  name: 'DynamoDB Local',
  command: existsSync(join(local, 'installed'))
    ? (port) => [
        'java',
        `-Djava.library.path=${join(local, 'DynamoDBLocal_lib')}`,
        ...['-jar', join(local, 'DynamoDBLocal.jar'), '-inMemory', '-sharedDb', '-port', String(port)],
      ]
    : undefined,
};

export async function startDynamo(command: NonNullable<DynamoProgram['command']>): Promise<DynamoServer> {
  const port = await freePort();
  const [program, ...args] = command(port);
  // DynamoDB Local leaves a file of its own where it is started.
  const child = spawn(program, args, { stdio: 'ignore', cwd: tmpdir() });
  const endpoint = `http://127.0.0.1:${port}`;
  const client = dynamoClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await answers(client);
  return {
    endpoint,
    client,
    table: async () => {
      const name = `onetrack-${randomUUID()}`;
      await client.send(new CreateTableCommand(tableDefinition(name)));
      const drop = async (): Promise<void> => {
        await client.send(new DeleteTableCommand({ TableName: name }));
      };
      return { name, drop };
    },
    stop: async () => {
      client.destroy();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function answers(client: DynamoDBClient): Promise<void> {
  const until = performance.now() + 120_000;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
