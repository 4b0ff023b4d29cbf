import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Part } from '../schemas/environment.ts';
import type { FunctionName } from '../schemas/function-parts.ts';
import { INDEXES, PARTITIONS } from '../schemas/table.ts';
import type { EnvironmentConfig } from './config/environment-config.ts';
import { MACHINE_PATTERN, namesOf } from './names.ts';
import type { DataStack } from './stacks/data-stack.ts';

/** What grants are about. */
export interface Granted {
  config: EnvironmentConfig;
  data: Pick<DataStack, 'table' | 'keys' | 'buckets'>;
  /** Role of every machine. */
  machineRoleArn: string;
  machineLogsArn: string;
}

/** Where a resource of a policy cannot be named whole, and why. Everything else with a star in a policy fails the tests. */
export const WILDCARDS = {
  objects: 'the objects of one bucket: documents are named by dossier and digest, transfers by id',
  executions:
    'machines and executions are made by the API: they are known by the form of their names, procedure_version_hash',
  tokens: 'Step Functions knows no resource for SendTaskSuccess and its like: a token names its own task',
  seals:
    'units get seals without a deployment: their keys are known by the beginning of their alias, their certificates by a path',
  tracing: 'X-Ray knows no resource for what traces are sent to',
  logDelivery: 'CloudWatch Logs knows no resource for the delivery of vended logs',
  streams: 'DynamoDB knows no resource for ListStreams',
  logStreams: 'the streams of one log group',
} as const;

const TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
];
/** What the registry is read and written with: none of it in batches, nothing of it deleted at a deployment. */
const REGISTRY_ACTIONS = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** The same table as PARTS in schemas/environment.ts: what a part lets a function do. */
export const GRANTS = {
  table: ({ data }) => [
    allow(TABLE_ACTIONS, [data.table.tableArn]),
    allow(['dynamodb:Query'], indexesOf(data)),
    tableKey(data),
  ],
  registry: ({ config, data }) => [
    allow(REGISTRY_ACTIONS, [data.table.tableArn], {
      'ForAllValues:StringLike': {
        'dynamodb:LeadingKeys': [
          PARTITIONS.registry,
          `${PARTITIONS.registry}#*`,
          `${PARTITIONS.repetition}*`,
          ...(config.kind === 'emulator' ? [PARTITIONS.testClock] : []),
        ],
      },
    }),
    tableKey(data),
  ],
  masterKey: ({ data }) => [allow(['kms:Decrypt'], [data.keys.master.keyArn])],
  newDossiers: ({ data }) => [allow(['kms:Encrypt'], [data.keys.master.keyArn])],
  recordKey: ({ data }) => [allow(['kms:GetPublicKey', 'kms:Sign'], [data.keys.record.keyArn])],
  recordChain: ({ config }) => [parameter(namesOf(config.name).parameters.recordChain)],
  sealChains: ({ config }) => [seals(config, ['kms:GetPublicKey']), sealParameters(config)],
  seals: ({ config }) => [seals(config, ['kms:GetPublicKey', 'kms:Sign']), sealParameters(config)],
  everySealChain: ({ config }) => [sealParameters(config, ['ssm:GetParametersByPath'])],
  indexKey: ({ data }) => [allow(['kms:GenerateMac'], [data.keys.index.keyArn])],
  documents: ({ data }) => [
    ...objects(data.buckets.documents, ['s3:GetObject', 's3:PutObject']),
    throughService(data.keys.storage, 's3', ['kms:Decrypt', 'kms:GenerateDataKey']),
  ],
  newDocuments: ({ data }) => [
    allow(['s3:PutObject'], [data.buckets.documents.arnForObjects('*')]),
    throughService(data.keys.storage, 's3', ['kms:GenerateDataKey']),
  ],
  disposal: ({ data }) => [allow(['s3:DeleteObject'], [data.buckets.documents.arnForObjects('*')])],
  transfers: ({ data }) => [
    ...objects(data.buckets.transfers, ['s3:GetObject', 's3:PutObject']),
    throughService(data.keys.storage, 's3', ['kms:Decrypt', 'kms:GenerateDataKey']),
  ],
  expiredTransfers: ({ data }) => [allow(['s3:DeleteObject'], [data.buckets.transfers.arnForObjects('*')])],
  executions: () => [
    allow(['states:StartExecution'], [states('stateMachine', MACHINE_PATTERN)]),
    allow(['states:StopExecution'], [states('execution', `${MACHINE_PATTERN}:*`)]),
  ],
  lostExecutions: () => [allow(['states:DescribeExecution'], [states('execution', `${MACHINE_PATTERN}:*`)])],
  tokens: () => [allow(['states:SendTaskSuccess'], ['*'])],
  machines: ({ machineRoleArn }) => [
    allow(['states:CreateStateMachine', 'states:DescribeStateMachine'], [states('stateMachine', MACHINE_PATTERN)]),
    allow(['iam:PassRole'], [machineRoleArn], { StringEquals: { 'iam:PassedToService': 'states.amazonaws.com' } }),
  ],
  access: () => [],
  signer: ({ config }) => [parameter(namesOf(config.name).parameters.signerToken)],
  login: ({ config }) => (config.console.login?.secret ? [parameter(namesOf(config.name).parameters.loginSecret)] : []),
  timestamps: () => [],
  trust: ({ config }) => [parameter(namesOf(config.name).parameters.trust)],
  systems: () => [],
  revocation: () => [],
  mail: ({ config }) => [
    allow(['ses:SendEmail', 'ses:SendRawEmail'], [arn('ses', `identity/${config.mail.domain}`)], {
      StringEquals: { 'ses:FromAddress': addressOf(config.mail.from) },
    }),
  ],
} as const satisfies Record<Part, (granted: Granted) => PolicyStatement[]>;

/** The ARN of a platform function: machines name it so, without a version, for as long as they live. */
export function functionArn(config: EnvironmentConfig, name: FunctionName): string {
  return arn('lambda', `function:${namesOf(config.name).function(name)}`);
}

export function allow(
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, string | string[]>>,
): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources, ...(conditions && { conditions }) });
}

function arn(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}

function states(kind: 'stateMachine' | 'execution', name: string): string {
  return arn('states', `${kind}:${name}`);
}

function parameter(name: string, actions = ['ssm:GetParameter']): PolicyStatement {
  return allow(actions, [arn('ssm', `parameter${name}`)]);
}

function indexesOf({ table }: Granted['data']): string[] {
  return Object.values(INDEXES).map(({ name }) => `${table.tableArn}/index/${name}`);
}

/** The key under which the table lies: DynamoDB asks for it in the name of who reads or writes. */
function tableKey({ keys }: Granted['data']): PolicyStatement {
  return throughService(keys.storage, 'dynamodb', [
    'kms:Decrypt',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    'kms:DescribeKey',
  ]);
}

/** With the right to list, a missing object is told apart from a forbidden one. */
function objects(bucket: Bucket, actions: string[]): PolicyStatement[] {
  return [allow(['s3:ListBucket'], [bucket.bucketArn]), allow(actions, [bucket.arnForObjects('*')])];
}

function throughService(key: IKey, service: string, actions: string[]): PolicyStatement {
  return allow(actions, [key.keyArn], { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` } });
}

function seals(config: EnvironmentConfig, actions: string[]): PolicyStatement {
  return allow(actions, [arn('kms', 'key/*')], {
    'ForAnyValue:StringLike': { 'kms:ResourceAliases': `${namesOf(config.name).sealAlias}*` },
  });
}

/** IAM judges a path that ends with a slash as it stands: the star is nothing there. */
function sealParameters(config: EnvironmentConfig, actions?: string[]): PolicyStatement {
  return parameter(`${namesOf(config.name).parameters.sealChains}*`, actions);
}

function addressOf(from: string): string {
  return /<([^>]+)>$/.exec(from)?.[1] ?? from;
}
