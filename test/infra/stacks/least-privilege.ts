import { production } from '../../../infra/config/production.ts';
import { FUNCTIONS } from '../../../schemas/function-parts.ts';
import { type Synthesized, synthesize } from '../../builders/synthesized.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}
interface Role {
  Properties: {
    RoleName?: string;
    ManagedPolicyArns?: unknown[];
    Policies?: { PolicyDocument: { Statement: Statement[] } }[];
  };
}

/** Actions for which AWS knows no narrower resource (service authorization reference): the only ones that may stand beside a bare star. */
const STARRED: Readonly<Record<string, readonly string[]>> = {
  every: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  'waiting-stage': ['states:SendTaskSuccess'],
  relay: ['states:SendTaskSuccess', 'dynamodb:ListStreams'],
  sweep: ['states:SendTaskSuccess'],
  machine: [
    'logs:CreateLogDelivery',
    'logs:CreateLogStream',
    'logs:DeleteLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutLogEvents',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
  ],
};

let stacks: Synthesized;
let roles: Map<string, Statement[]>;
beforeAll(() => {
  stacks = synthesize(production);
  const found = Object.values(stacks.templateOf('engine').findResources('AWS::IAM::Role') as Record<string, Role>);
  roles = new Map(
    found.map(({ Properties }) => [
      (Properties.RoleName ?? '').replace('onetrack-production-', ''),
      (Properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    ]),
  );
});
afterAll(() => stacks.close());

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
const actionsOf = (statements: readonly Statement[]): string[] => statements.flatMap(({ Action }) => list(Action));
const actionsIn = (name: string): string[] => actionsOf(roles.get(name) ?? []);

describe('least privilege', () => {
  it('gives each function a role of its own, and machines one', () => {
    expect([...roles.keys()].toSorted()).toEqual([...Object.keys(FUNCTIONS), 'machine'].toSorted());
    stacks.templateOf('engine').resourceCountIs('AWS::IAM::Policy', 0);
    const managed = JSON.stringify(stacks.templateOf('engine').findResources('AWS::IAM::Role'));
    expect(managed).not.toContain('ManagedPolicyArns');
  });

  it('names every action whole', () => {
    const starred = [...roles].flatMap(([name, statements]) =>
      actionsOf(statements)
        .filter((action) => action.includes('*'))
        .map((action) => `${name}: ${action}`),
    );
    expect(starred).toEqual([]);
  });

  it('leaves the resource open only where AWS knows none', () => {
    for (const [name, statements] of roles) {
      const open = statements.filter(({ Resource }) => list(Resource).includes('*'));
      const allowed = [...(name === 'machine' ? [] : (STARRED['every'] ?? [])), ...(STARRED[name] ?? [])];
      expect([name, actionsOf(open).toSorted()]).toEqual([name, allowed.toSorted()]);
    }
  });

  it('binds the use of all keys to those whose alias is a seal’s', () => {
    const open = [...roles].flatMap(([name, statements]) =>
      statements
        .filter(({ Resource }) => JSON.stringify(Resource).includes(':key/*'))
        .map(({ Action, Condition }) => ({ name, actions: list(Action), Condition })),
    );
    expect(open.map(({ name }) => name).toSorted()).toEqual(['acting-stage', 'api', 'console', 'relay', 'sweep']);
    for (const { Condition } of open)
      expect(Condition).toEqual({
        'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/onetrack-production-seal-*' },
      });
  });

  it('lets nobody sign for a unit but those who seal papers: API and console show certificates alone', () => {
    const signing = (name: string): boolean =>
      (roles.get(name) ?? []).some(
        ({ Action, Resource }) => list(Action).includes('kms:Sign') && JSON.stringify(Resource).includes(':key/*'),
      );
    expect([...roles.keys()].filter(signing).toSorted()).toEqual(['acting-stage', 'relay', 'sweep']);
  });

  it('lets nobody list parameters but the sweep, which looks at the certificates of all seals, and those alone', () => {
    const listing = [...roles].flatMap(([name, statements]) =>
      statements
        .filter(({ Action }) => list(Action).some((action) => action.startsWith('ssm:GetParameters')))
        .map(({ Action, Resource }) => ({ name, Action, at: JSON.stringify(Resource) })),
    );
    expect(listing).toEqual([
      {
        name: 'sweep',
        Action: 'ssm:GetParametersByPath',
        at: expect.stringContaining(':parameter/onetrack/production/seals/*') as unknown,
      },
    ]);
  });

  it('gives the console what the API has and the secret of its client', () => {
    const without = (name: string, parameter: string) =>
      (roles.get(name) ?? []).filter(
        ({ Resource }) =>
          !JSON.stringify(Resource).includes(parameter) && !JSON.stringify(Resource).includes('LogGroup'),
      );
    expect(without('console', '/login-secret')).toEqual(without('api', '/login-secret'));
    const reading = [...roles].filter(([, statements]) => JSON.stringify(statements).includes('/login-secret'));
    expect(reading.map(([name]) => name)).toEqual(['console']);
  });

  it('lets the deployment’s function see the registry and no dossier', () => {
    const table = (roles.get('install') ?? []).filter(({ Action }) => list(Action).includes('dynamodb:PutItem'));
    expect(table).toHaveLength(1);
    expect(table[0]?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['REG', 'REG#*', 'I#*'] },
    });
    expect(
      actionsIn('install').filter((action) => action.startsWith('kms:') && !/Describe|ReEncrypt/.test(action)),
    ).toEqual(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']);
  });

  it('lets machines call the three stage functions, and pass no role but theirs', () => {
    const [stages] = (roles.get('machine') ?? []).filter(({ Action }) =>
      list(Action).includes('lambda:InvokeFunction'),
    );
    const named = JSON.stringify(stages?.Resource);
    expect(list(stages?.Resource)).toHaveLength(3);
    for (const name of ['waiting-stage', 'acting-stage', 'park'])
      expect(named).toContain(`function:onetrack-production-${name}"`);
    const passing = [...roles].filter(([name]) => actionsIn(name).includes('iam:PassRole'));
    expect(passing.map(([name]) => name).toSorted()).toEqual(['api', 'console', 'install']);
  });

  it('lets nobody delete a version of a document or end its lock, and mark one as deleted only who carries out disposals', () => {
    const deleting = (bucket: string) =>
      [...roles].flatMap(([name, statements]) =>
        JSON.stringify(statements.filter(({ Action }) => list(Action).includes('s3:DeleteObject'))).includes(bucket)
          ? [name]
          : [],
      );
    expect(deleting('BucketsTransfers')).toEqual(['sweep']);
    expect(deleting('BucketsDocuments').toSorted()).toEqual(['relay', 'sweep']);
    for (const name of roles.keys())
      expect(
        actionsIn(name).filter((action) => /^s3:(DeleteObjectVersion|Bypass|PutObjectRetention)/.test(action)),
      ).toEqual([]);
  });
});
