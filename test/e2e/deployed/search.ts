import { paginateScan } from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
} from '@aws-sdk/client-sfn';
import { dynamoClient } from '../../../adapters/aws/clients/dynamodb.ts';
import { s3Client } from '../../../adapters/aws/clients/s3.ts';
import { stepFunctionsClient } from '../../../adapters/aws/clients/step-functions.ts';
import { ACCOUNT } from './cdk.ts';
import { allLines } from './logs.ts';
import type { DeployedStack } from './target.ts';

type Kind = 'items' | 'objects' | 'executions' | 'lines';

/** Something that is kept, by a name that tells where it lies. */
interface Kept {
  kind: Kind;
  where: string;
  bytes: Buffer;
}

/** Everything that the deployed stacks keep, as who may read all of it is given it: items, objects in every version, executions with their history, lines of logs. */
export class Search {
  readonly #kept: readonly Kept[];

  private constructor(kept: readonly Kept[]) {
    this.#kept = kept;
  }

  static async of(stack: DeployedStack): Promise<Search> {
    const lines = (await allLines(stack.ministack)).map(({ group, line }): Kept => ({
      kind: 'lines',
      where: group,
      bytes: Buffer.from(line),
    }));
    return new Search([
      ...(await itemsOf(stack)),
      ...(await objectsOf(stack)),
      ...(await executionsOf(stack)),
      ...lines,
    ]);
  }

  counts(): Record<Kind, number> {
    const count = (kind: Kind): number => this.named(kind, '');
    return { items: count('items'), objects: count('objects'), executions: count('executions'), lines: count('lines') };
  }

  /** How many there are in whose name this stands. */
  named(kind: Kind, text: string): number {
    return this.#kept.filter((each) => each.kind === kind && each.where.includes(text)).length;
  }

  /** Where one of these lies; letters alike, whether small or capital. */
  holding(...wanted: readonly (string | Uint8Array)[]): string[] {
    const texts = wanted.filter((each) => typeof each === 'string').map((each) => each.toLowerCase());
    const bytes = wanted.filter((each) => typeof each !== 'string');
    return this.#kept
      .filter((each) => {
        const text = each.bytes.toString('latin1').toLowerCase();
        return texts.some((one) => text.includes(one)) || bytes.some((one) => each.bytes.includes(Buffer.from(one)));
      })
      .map(({ kind, where }) => `${kind}: ${where}`);
  }
}

async function itemsOf({ ministack, made }: DeployedStack): Promise<Kept[]> {
  const client = dynamoClient(ministack.account(ACCOUNT));
  const kept: Kept[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: made.table }))
    for (const item of Items)
      kept.push({ kind: 'items', where: `${item['pk']?.S} ${item['sk']?.S}`, bytes: Buffer.concat(bytesIn(item)) });
  client.destroy();
  return kept;
}

/** Texts and bytes of an item, however deep. */
function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (typeof value === 'string') return [Buffer.from(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [Buffer.from(name), ...bytesIn(each)]);
}

async function objectsOf({ ministack }: DeployedStack): Promise<Kept[]> {
  const client = s3Client(ministack.account(ACCOUNT));
  const kept: Kept[] = [];
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  for (const { Name: Bucket } of Buckets)
    for (const { Key, VersionId } of await versionsIn(client, Bucket)) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...versioned(VersionId) }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      kept.push({ kind: 'objects', where: `${Bucket}/${Key} ${VersionId}`, bytes });
    }
  client.destroy();
  return kept;
}

async function versionsIn(client: S3Client, Bucket: string | undefined): Promise<ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  for (let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; next !== undefined;) {
    const page: ListObjectVersionsCommandOutput = await client.send(new ListObjectVersionsCommand({ Bucket, ...next }));
    versions.push(...(page.Versions ?? []));
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    next = page.IsTruncated
      ? { ...(KeyMarker !== undefined && { KeyMarker }), ...(VersionIdMarker !== undefined && { VersionIdMarker }) }
      : undefined;
  }
  return versions;
}

/** A bucket without versions calls its objects' only one `null`. */
function versioned(version: string | undefined): { VersionId?: string } {
  return version === undefined || version === 'null' ? {} : { VersionId: version };
}

async function executionsOf({ ministack }: DeployedStack): Promise<Kept[]> {
  const client = stepFunctionsClient(ministack.account(ACCOUNT));
  const kept: Kept[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {}))
    for (const { stateMachineArn } of stateMachines)
      for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn }))
        for (const { executionArn = '' } of executions) {
          const told: unknown[] = [await client.send(new DescribeExecutionCommand({ executionArn }))];
          const history = { executionArn, includeExecutionData: true };
          for await (const { events } of paginateGetExecutionHistory({ client }, history)) told.push(events);
          kept.push({ kind: 'executions', where: executionArn, bytes: Buffer.from(JSON.stringify(told)) });
        }
  client.destroy();
  return kept;
}
