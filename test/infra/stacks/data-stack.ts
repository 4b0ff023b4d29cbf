import { Match } from 'aws-cdk-lib/assertions';
import { tableDefinition } from '../../../adapters/aws/dynamodb/table.ts';
import { dev } from '../../../infra/config/dev.ts';
import { production } from '../../../infra/config/production.ts';
import { type Synthesized, synthesize } from '../../builders/synthesized.ts';

let stacks: Synthesized;
let open: Synthesized;
beforeAll(() => {
  stacks = synthesize(production);
  open = synthesize(dev);
});
afterAll(() => {
  stacks.close();
  open.close();
});
const data = () => stacks.templateOf('data');

interface Resource {
  Type: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Properties?: Record<string, unknown>;
}
const resources = (template: ReturnType<typeof data>): Resource[] =>
  Object.values((template.toJSON() as { Resources: Record<string, Resource> }).Resources);

const LASTING = new Set([
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::KMS::Key',
  'AWS::Backup::BackupVault',
  'AWS::ApiGatewayV2::Api',
  'AWS::SES::EmailIdentity',
]);

describe('what lasts', () => {
  it('outlives its stack in production, whatever kind it is', () => {
    const lost = resources(data()).filter(
      ({ Type, DeletionPolicy, UpdateReplacePolicy }) =>
        LASTING.has(Type) && (DeletionPolicy !== 'Retain' || UpdateReplacePolicy !== 'Retain'),
    );
    expect(lost).toEqual([]);
    expect(stacks.app.node.findChild('onetrack-production-data')).toMatchObject({ terminationProtection: true });
    expect(open.app.node.findChild('onetrack-dev-data')).toMatchObject({ terminationProtection: false });
  });

  it('is the table that the store expects: the same keys, the same indexes', () => {
    const { AttributeDefinitions = [], KeySchema, GlobalSecondaryIndexes, BillingMode } = tableDefinition('x');
    data().hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema,
      GlobalSecondaryIndexes,
      BillingMode,
      AttributeDefinitions: Match.arrayWith(AttributeDefinitions),
    });
  });

  it('is a table that can be brought back, and cannot be deleted by mistake', () => {
    data().hasResourceProperties('AWS::DynamoDB::Table', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      DeletionProtectionEnabled: true,
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    });
    data().hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: { BackupPlanRule: [Match.objectLike({ Lifecycle: { DeleteAfterDays: production.backupDays } })] },
    });
    data().resourceCountIs('AWS::Backup::BackupSelection', 1);
  });

  it('is uploads that a browser may put from the pages alone', () => {
    const cors = (template: ReturnType<typeof data>) =>
      Object.values(template.findResources('AWS::S3::Bucket')).flatMap(
        ({ Properties }: { Properties?: { CorsConfiguration?: unknown } }) => Properties?.CorsConfiguration ?? [],
      );
    const put = { AllowedMethods: ['PUT'], AllowedHeaders: ['content-type', 'x-amz-checksum-sha256'], MaxAge: 3600 };
    expect(cors(data())).toEqual([{ CorsRules: [{ ...put, AllowedOrigins: ['https://api.onetrack.example'] }] }]);
    expect(cors(open.templateOf('data'))).toEqual([
      { CorsRules: [{ ...put, AllowedOrigins: [{ 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }] }] },
    ]);
  });

  it('is documents that nobody can delete before their time', () => {
    data().hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockConfiguration: {
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: production.documents.days } },
      },
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 35 }, ExpiredObjectDeleteMarker: true }),
        ],
      },
    });
  });

  it('is transfers that are gone within a day of S3’s next look', () => {
    data().hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({
            ExpirationInDays: 1,
            Status: 'Enabled',
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          }),
        ],
      },
      ObjectLockEnabled: Match.absent(),
      CorsConfiguration: {
        CorsRules: [
          {
            AllowedOrigins: ['https://api.onetrack.example'],
            AllowedMethods: ['PUT'],
            AllowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
            MaxAge: 3600,
          },
        ],
      },
    });
  });

  it('is buckets that are encrypted, not public, and answer by TLS alone', () => {
    const buckets = resources(data()).filter(({ Type }) => Type === 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(3);
    for (const { Properties } of buckets)
      expect(Properties).toMatchObject({
        BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    const policies = resources(data()).filter(({ Type }) => Type === 'AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(3);
    for (const policy of policies) expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
  });

  it('is keys of the right kind: those that can turn do', () => {
    const keys = resources(data())
      .filter(({ Type }) => Type === 'AWS::KMS::Key')
      .map(({ Properties = {} }) => [Properties['KeySpec'] ?? 'SYMMETRIC', Properties['EnableKeyRotation'] ?? false]);
    expect(keys.toSorted()).toEqual([
      ['ECC_NIST_P256', false],
      ['ECC_NIST_P256', false],
      ['HMAC_256', false],
      ['SYMMETRIC', true],
      ['SYMMETRIC', true],
    ]);
    for (const alias of ['storage', 'master', 'record', 'index', 'seal-thu-lam'])
      data().hasResourceProperties('AWS::KMS::Alias', { AliasName: `alias/onetrack-production-${alias}` });
  });
});

describe('a table that was restored', () => {
  const table = 'arn:aws:dynamodb:ap-southeast-1:111122223333:table/onetrack-restored';
  const stream = `${table}/stream/2026-11-29T03:00:00.000`;
  let restored: Synthesized;
  beforeAll(() => {
    restored = synthesize({ ...dev, restored: stream });
  });
  afterAll(() => restored.close());

  it('is written to, rung by, watched and copied; the stack’s own stays beside it as it was', () => {
    const own = (stack: Synthesized) => stack.templateOf('data').findResources('AWS::DynamoDB::Table');
    expect(own(restored)).toEqual(own(open));
    const engine = restored.templateOf('engine');
    for (const { Properties } of resources(engine).filter(({ Type }) => Type === 'AWS::Lambda::Function')) {
      const { Variables } = Properties?.['Environment'] as { Variables: Record<string, unknown> };
      expect([undefined, 'onetrack-restored']).toContainEqual(Variables['ONETRACK_TABLE']);
    }
    engine.hasResourceProperties('AWS::Lambda::EventSourceMapping', { EventSourceArn: stream });
    engine.hasResourceProperties('Custom::OnetrackRelease', { restored: stream });
    const policies = JSON.stringify(engine.findResources('AWS::IAM::Role'));
    expect(policies).toContain(`"${table}"`);
    expect(policies).toContain(`"${table}/index/index1"`);
    expect(policies).toContain(`"${stream}"`);
    expect(JSON.stringify(restored.templateOf('observability').toJSON())).toContain('"onetrack-restored"');
    restored.templateOf('data').hasResourceProperties('AWS::Backup::BackupSelection', {
      BackupSelection: Match.objectLike({ Resources: [table] }),
    });
  });

  it('leaves nothing that hangs on the stack’s own table: its stack can be deployed after the others', () => {
    for (const part of ['engine', 'observability'] as const)
      expect(JSON.stringify(restored.templateOf(part).toJSON())).not.toMatch(/ImportValue":"[^"]*Dossiers/);
    expect(JSON.stringify(open.templateOf('engine').toJSON())).toMatch(/ImportValue":"[^"]*Dossiers/);
  });
});
