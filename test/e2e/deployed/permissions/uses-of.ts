/** One permission that a call needs: the action that IAM judges, on which resource, and what conditions may ask. */
export interface Use {
  action: string;
  resource: string;
  context?: Record<string, string[]>;
}

/** A signed request, as it goes over the wire. */
export interface SignedRequest {
  account: string;
  region: string;
  service: string;
  method: string;
  path: string;
  header: (name: string) => string;
  body: Buffer;
}

type Json = Readonly<Record<string, unknown>>;
const at = (value: unknown, key: string): unknown => (value as Json | undefined)?.[key];
const textAt = (value: unknown, key: string): string | undefined => {
  const found = at(value, key);
  return typeof found === 'string' ? found : undefined;
};

/** Which operation a request is, and which permissions AWS's service authorization reference asks for it. */
export function usesOf(request: SignedRequest): { operation: string; uses: Use[] } {
  if (request.service === 's3') return s3(request);
  const input = request.body.length > 0 ? (JSON.parse(request.body.toString('utf8')) as Json) : {};
  const target = request.header('x-amz-target');
  const operation = target === '' ? 'SendEmail' : target.slice(target.lastIndexOf('.') + 1);
  return { operation, uses: otherwise(request, operation, input) };
}

function otherwise(request: SignedRequest, operation: string, input: Json): Use[] {
  const arn = (resource: string): string =>
    `arn:aws:${request.service}:${request.region}:${request.account}:${resource}`;
  switch (request.service) {
    case 'dynamodb':
      return dynamodb(arn, operation, input);
    case 'kms':
      return [kms(arn, operation, input)];
    case 'states':
      return states(arn, operation, input);
    case 'ssm':
      return [
        {
          action: `ssm:${operation}`,
          resource: arn(`parameter${textAt(input, 'Name') ?? textAt(input, 'Path') ?? ''}`),
        },
      ];
    case 'ses': {
      const from = textAt(input, 'FromEmailAddress') ?? '';
      const address = /<([^>]+)>$/.exec(from)?.[1] ?? from;
      const action = at(at(input, 'Content'), 'Raw') === undefined ? 'ses:SendEmail' : 'ses:SendRawEmail';
      const resource = arn(`identity/${address.slice(address.indexOf('@') + 1)}`);
      return [{ action, resource, context: { 'ses:FromAddress': [address] } }];
    }
    default:
      return [{ action: `${request.service}:${operation}`, resource: '*' }];
  }
}

type Arn = (resource: string) => string;

/** A transaction is judged item by item; conditions on leading keys see the partition keys. */
function dynamodb(arn: Arn, operation: string, input: Json): Use[] {
  const use = (action: string, of: unknown, keys: readonly unknown[]): Use => {
    const index = textAt(of, 'IndexName');
    const table = `table/${textAt(of, 'TableName') ?? ''}${index === undefined ? '' : `/index/${index}`}`;
    const leading = [...new Set(keys.flatMap((key) => textAt(at(key, 'pk'), 'S') ?? []))];
    return {
      action: `dynamodb:${action}`,
      resource: arn(table),
      ...(leading.length > 0 && { context: { 'dynamodb:LeadingKeys': leading } }),
    };
  };
  const items = at(input, 'TransactItems');
  if (Array.isArray(items))
    return items.flatMap((item) =>
      Object.entries(item as Json).map(([kind, of]) =>
        use(kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`, of, [at(of, 'Key'), at(of, 'Item')]),
      ),
    );
  const tables = at(input, 'RequestItems');
  if (tables !== undefined)
    return Object.entries(tables as Json).map(([TableName, of]) => use(operation, { TableName }, keysOfBatch(of)));
  return [use(operation, input, [at(input, 'Key'), at(input, 'Item'), partitionOfQuery(input)])];
}

function keysOfBatch(of: unknown): unknown[] {
  if (!Array.isArray(of)) return (at(of, 'Keys') as unknown[] | undefined) ?? [];
  return of.map((request) => at(at(request, 'PutRequest'), 'Item') ?? at(at(request, 'DeleteRequest'), 'Key'));
}

/** The value that a query names for the partition key, the first of its condition. */
function partitionOfQuery(input: Json): Json | undefined {
  const placeholder = /=\s*(:\w+)/.exec(textAt(input, 'KeyConditionExpression') ?? '')?.[1];
  return placeholder === undefined || 'IndexName' in input
    ? undefined
    : { pk: at(at(input, 'ExpressionAttributeValues'), placeholder) };
}

function kms(arn: Arn, operation: string, input: Json): Use {
  const key = textAt(input, 'KeyId') ?? '*';
  const context = at(input, 'EncryptionContext');
  const named = key.startsWith('arn:') || key === '*' ? key : arn(key.startsWith('alias/') ? key : `key/${key}`);
  return {
    action: `kms:${operation}`,
    resource: named,
    ...(context !== undefined && {
      context: Object.fromEntries(
        Object.entries(context as Json).map(([name, value]) => [`kms:EncryptionContext:${name}`, [String(value)]]),
      ),
    }),
  };
}

function states(arn: Arn, operation: string, input: Json): Use[] {
  const named = textAt(input, 'name');
  const resource =
    textAt(input, 'executionArn') ??
    textAt(input, 'stateMachineArn') ??
    (operation === 'CreateStateMachine' && named !== undefined ? arn(`stateMachine:${named}`) : '*');
  const role = textAt(input, 'roleArn');
  return [
    { action: `states:${operation}`, resource },
    ...(role === undefined
      ? []
      : [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': ['states.amazonaws.com'] } }]),
  ];
}

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

/** Addressed by path: bucket, then key. */
function s3({ method, path, header }: Pick<SignedRequest, 'method' | 'path' | 'header'>): {
  operation: string;
  uses: Use[];
} {
  const [bucket = '', ...rest] = decodeURIComponent(path.split('?')[0] ?? '')
    .slice(1)
    .split('/');
  const key = rest.join('/');
  const operation = `${method.charAt(0)}${method.slice(1).toLowerCase()}${key === '' ? 'Bucket' : 'Object'}`;
  if (key === '') return { operation, uses: [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }] };
  const resource = `arn:aws:s3:::${bucket}/${key}`;
  const source = header('x-amz-copy-source').replace(/^\//, '');
  return {
    operation,
    uses: [
      { action: OBJECT_ACTIONS[method] ?? `s3:${operation}`, resource },
      ...(source === '' ? [] : [{ action: 's3:GetObject', resource: `arn:aws:s3:::${decodeURIComponent(source)}` }]),
      ...(header('x-amz-object-lock-mode') === '' ? [] : [{ action: 's3:PutObjectRetention', resource }]),
    ],
  };
}
