import {
  type AliasListEntry,
  GetKeyPolicyCommand,
  type KMSClient,
  paginateListAliases,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { GetBucketPolicyCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { kmsClient } from '../../../../adapters/aws/clients/kms.ts';
import { s3Client } from '../../../../adapters/aws/clients/s3.ts';
import { FUNCTIONS, type FunctionName } from '../../../../schemas/function-parts.ts';
import { REGION, type MiniStack } from '../../../oracles/ministack/start.ts';
import { ACCOUNT, names } from '../cdk.ts';

export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Principal?: unknown;
  Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}
export interface Policy {
  Version: string;
  Statement: Statement[];
}

/** As whom something is done: a function's role, or that of every machine. */
export type Caller = FunctionName | 'machine';

/** Every policy that the deployed stacks hold, as CloudFormation filled it in. */
export interface Policies {
  /** Of roles, by who acts in them. */
  roles: ReadonlyMap<Caller, Policy>;
  /** Of resources, by ARN. */
  resources: ReadonlyMap<string, Policy>;
  /** Aliases of each key, by the key's ARN. */
  aliases: ReadonlyMap<string, readonly string[]>;
}

export const roleArn = (caller: Caller): string => `arn:aws:iam::${ACCOUNT}:role/${names.prefix}-${caller}`;

/** Reads them from the emulator, which keeps them and does not look at them. */
export async function readPolicies(ministack: MiniStack): Promise<Policies> {
  const callers: Caller[] = [...(Object.keys(FUNCTIONS) as FunctionName[]), 'machine'];
  const roles = await Promise.all(
    callers.map(async (caller) => [caller, await rolePolicy(ministack, caller)] as const),
  );
  const keys = await keyPolicies(ministack);
  const resources = new Map([
    ...keys.policies,
    ...(await bucketPolicies(ministack)),
    ...(await functionPolicies(ministack)),
    ...(await queuePolicies(ministack)),
  ]);
  return { roles: new Map(roles), resources, aliases: keys.aliases };
}

/** A request to a service for which the platform has no client. */
async function ask({ url }: MiniStack, service: string, path: string, init: RequestInit): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(`${url}${path}`, { ...init, headers: { ...init.headers, authorization } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} ${path}: expected an answer, got ${response.status} ${text}`);
  return text;
}

async function rolePolicy(ministack: MiniStack, caller: Caller): Promise<Policy> {
  const RoleName = `${names.prefix}-${caller}`;
  const inline = { Action: 'GetRolePolicy', RoleName, PolicyName: caller === 'machine' ? 'stages' : 'parts' };
  const answer = await ask(ministack, 'iam', '/', { method: 'POST', body: new URLSearchParams(inline) });
  const document = /<PolicyDocument>([^<]+)</.exec(answer)?.[1];
  if (document === undefined) throw new Error(`role ${RoleName}: expected its policy, got ${answer}`);
  return JSON.parse(decodeURIComponent(document)) as Policy;
}

async function keyPolicies(ministack: MiniStack) {
  const client = kmsClient(ministack.account(ACCOUNT));
  const policies = new Map<string, Policy>();
  for await (const { Keys = [] } of paginateListKeys({ client }, {}))
    for (const { KeyArn = '', KeyId } of Keys) {
      const { Policy: text = '' } = await client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
      policies.set(KeyArn, JSON.parse(text) as Policy);
    }
  const known = await listAliases(client);
  const aliases = new Map(
    [...policies.keys()].map((arn) => [
      arn,
      known.flatMap(({ TargetKeyId, AliasName }) => (arn.endsWith(`/${TargetKeyId}`) && AliasName ? [AliasName] : [])),
    ]),
  );
  client.destroy();
  return { policies, aliases };
}

async function listAliases(client: KMSClient): Promise<AliasListEntry[]> {
  const found: AliasListEntry[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client }, {})) found.push(...Aliases);
  return found;
}

async function bucketPolicies(ministack: MiniStack): Promise<[string, Policy][]> {
  const client = s3Client(ministack.account(ACCOUNT));
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  const ours = Buckets.flatMap(({ Name = '' }) => (Name.startsWith(names.stack('data')) ? [Name] : []));
  const policies = ours.map(async (Bucket): Promise<[string, Policy]> => {
    const { Policy: text = '' } = await client.send(new GetBucketPolicyCommand({ Bucket }));
    return [`arn:aws:s3:::${Bucket}`, JSON.parse(text) as Policy];
  });
  return Promise.all(policies).finally(() => client.destroy());
}

/** Of the functions that services call; the others have none. */
function functionPolicies(ministack: MiniStack): Promise<[string, Policy][]> {
  const called = ['api', 'console', 'sweep'] as const;
  return Promise.all(
    called.map(async (name): Promise<[string, Policy]> => {
      const path = `/2015-03-31/functions/${names.function(name)}/policy`;
      const { Policy: text } = JSON.parse(await ask(ministack, 'lambda', path, {})) as { Policy: string };
      return [functionArn(name), JSON.parse(text) as Policy];
    }),
  );
}

export const functionArn = (name: FunctionName): string =>
  `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${names.function(name)}`;
export const queueArn = (name: Parameters<typeof names.queue>[0]): string =>
  `arn:aws:sqs:${REGION}:${ACCOUNT}:${names.queue(name)}`;

function queuePolicies(ministack: MiniStack): Promise<[string, Policy][]> {
  const written = ['watch', 'sweep-failed'] as const;
  return Promise.all(
    written.map(async (name): Promise<[string, Policy]> => {
      const QueueUrl = `${ministack.url}/${ACCOUNT}/${names.queue(name)}`;
      const headers = {
        'x-amz-target': 'AmazonSQS.GetQueueAttributes',
        'content-type': 'application/x-amz-json-1.0',
      };
      const body = JSON.stringify({ QueueUrl, AttributeNames: ['Policy'] });
      const answer = JSON.parse(await ask(ministack, 'sqs', '/', { method: 'POST', headers, body })) as {
        Attributes: { Policy: string };
      };
      return [queueArn(name), JSON.parse(answer.Attributes.Policy) as Policy];
    }),
  );
}

/** What CloudFormation called what calls are about. */
export interface Deployed {
  storageKey: string;
  /** ARN of the table's stream. */
  stream: string;
  apiId: string;
  /** The rules that call the sweep, each minute and each day. */
  schedules: readonly string[];
}

export async function readDeployed(
  { ministack, made }: { ministack: MiniStack; made: Pick<Deployed, 'stream' | 'apiId'> },
  { aliases }: Policies,
): Promise<Deployed> {
  const storage = [...aliases].find(([, of]) => of.includes(`alias/${names.prefix}-storage`));
  const headers = {
    'x-amz-target': 'AWSEvents.ListRuleNamesByTarget',
    'content-type': 'application/x-amz-json-1.1',
  };
  const body = JSON.stringify({ TargetArn: functionArn('sweep') });
  const answer = await ask(ministack, 'events', '/', { method: 'POST', headers, body });
  const { RuleNames } = JSON.parse(answer) as { RuleNames: string[] };
  const { stream, apiId } = made;
  return { storageKey: storage?.[0] ?? '', stream, apiId, schedules: RuleNames };
}
