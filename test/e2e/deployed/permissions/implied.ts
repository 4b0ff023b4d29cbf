import { REGION } from '../../../oracles/ministack/start.ts';
import { ACCOUNT, names } from '../cdk.ts';
import { type Caller, type Deployed, functionArn, queueArn } from './policies.ts';
import type { Use } from './uses-of.ts';

/** A permission that somebody needs: a role, or a service of AWS that acts for the stacks. */
export interface Request extends Use {
  caller: Caller | `${string}.amazonaws.com`;
}

const arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const STAGES: ReadonlySet<string> = new Set<Caller>(['waiting-stage', 'acting-stage', 'park']);

/** What a principal that reads or writes needs of the key below (DynamoDB, "Encryption at rest: usage notes"; S3, "Using server-side encryption with AWS KMS keys"). */
const READS = ['kms:Decrypt'];
const OF_TABLE = {
  reads: [...READS, 'kms:DescribeKey'],
  writes: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
};
const WRITING = /:(Put|Update|Delete|BatchWrite)/;

/** What AWS asks of a role besides, once it makes a call: the key under which table and buckets lie. */
export function impliedByCall({ caller, action, resource }: Request, storageKey: string): Request[] {
  const through = (service: string, actions: readonly string[]): Request[] =>
    actions.map((each) => ({
      caller,
      action: each,
      resource: storageKey,
      context: { 'kms:ViaService': [`${service}.${REGION}.amazonaws.com`] },
    }));
  if (action.startsWith('dynamodb:') && resource.includes(':table/'))
    return through('dynamodb', WRITING.test(action) ? [...OF_TABLE.reads, ...OF_TABLE.writes] : OF_TABLE.reads);
  if (action === 's3:GetObject') return through('s3', READS);
  if (action === 's3:PutObject') return through('s3', ['kms:GenerateDataKey']);
  return [];
}

/** What a function needs to run at all: a log and, when X-Ray samples it, traces. */
function impliedByRunning(caller: Caller): Request[] {
  const stream = arn('logs', `log-group:/aws/lambda/${names.prefix}-${caller}:log-stream:2026/11/26/[$LATEST]1`);
  return [
    { caller, action: 'logs:CreateLogStream', resource: stream },
    { caller, action: 'logs:PutLogEvents', resource: stream },
    { caller, action: 'xray:PutTraceSegments', resource: '*' },
    { caller, action: 'xray:PutTelemetryRecords', resource: '*' },
    // Who calls it, in whose name.
    ...(STAGES.has(caller)
      ? [{ caller: 'machine' as const, action: 'lambda:InvokeFunction', resource: functionArn(caller as 'park') }]
      : []),
  ];
}

/** What Step Functions asks of a machine's role for its log ("Logging using CloudWatch Logs": the policy). */
const MACHINE_LOG = [
  'CreateLogDelivery',
  'CreateLogStream',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutLogEvents',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
];

const rule = (name: string): string => arn('events', `rule/${name}`);

/** What event source mappings and Step Functions do in a role's name, whatever happens. */
function inRolesNames({ stream }: Deployed): Request[] {
  const each = (caller: Caller, service: string, actions: readonly string[], resource: string): Request[] =>
    actions.map((action) => ({ caller, action: `${service}:${action}`, resource }));
  return [
    ...each('relay', 'dynamodb', ['DescribeStream', 'GetRecords', 'GetShardIterator'], stream),
    ...each('relay', 'dynamodb', ['ListStreams'], '*'),
    ...each('relay', 'sqs', ['SendMessage'], queueArn('relay-failed')),
    ...each('watch', 'sqs', ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'], queueArn('watch')),
    ...each('machine', 'logs', MACHINE_LOG, '*'),
  ];
}

/** What services do in their own name: a policy of the resource must allow it. */
function inOwnNames({ apiId, schedules }: Deployed): Request[] {
  const from = (caller: Request['caller'], action: string, resource: string, source: string): Request => ({
    caller,
    action,
    resource,
    context: { 'aws:SourceArn': [source], 'aws:SourceAccount': [ACCOUNT] },
  });
  const request = (path: string) => arn('execute-api', `${apiId}/$default/POST/${path}`);
  return [
    from('apigateway.amazonaws.com', 'lambda:InvokeFunction', functionArn('api'), request('v1/dossiers')),
    from('apigateway.amazonaws.com', 'lambda:InvokeFunction', functionArn('console'), request('console/login')),
    ...schedules.flatMap((schedule) => [
      from('events.amazonaws.com', 'lambda:InvokeFunction', functionArn('sweep'), rule(schedule)),
      from('events.amazonaws.com', 'sqs:SendMessage', queueArn('sweep-failed'), rule(schedule)),
    ]),
    from('events.amazonaws.com', 'sqs:SendMessage', queueArn('watch'), rule(names.queue('watch'))),
  ];
}

/** Everything that these calls need, with what they imply. Each different need once: what differs in a key's or dossier's name alone is one need. */
export function needsOf(calls: readonly Request[], deployed: Deployed): Request[] {
  const callers = new Set(calls.flatMap(({ caller }) => (caller.includes('.') ? [] : [caller as Caller])));
  const needs = new Map<string, Request>();
  const add = (request: Request): void => {
    const key = shapeOf(request);
    if (!needs.has(key)) needs.set(key, request);
  };
  for (const call of calls) {
    add(call);
    impliedByCall(call, deployed.storageKey).forEach(add);
  }
  [...callers].flatMap(impliedByRunning).forEach(add);
  [...inRolesNames(deployed), ...inOwnNames(deployed)].forEach(add);
  return [...needs.values()];
}

/** What a policy can tell apart: of an object its bucket, of an execution its machine, of a partition its kind. */
function shapeOf({ caller, action, resource, context = {} }: Request): string {
  const of = resource.replace(/^(arn:aws:s3:::[^/]+)\/.*/, '$1/*').replace(/(:execution:[^:]+):.*/, '$1:*');
  const conditions = Object.entries(context).map(([key, values]) =>
    key === 'dynamodb:LeadingKeys'
      ? [key, [...new Set(values.map((value) => value.replace(/#.*/, '#')))].toSorted()]
      : key.startsWith('kms:EncryptionContext:')
        ? [key]
        : [key, values],
  );
  return JSON.stringify([caller, action, of, conditions]);
}
