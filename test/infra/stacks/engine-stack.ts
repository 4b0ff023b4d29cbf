import { Match } from 'aws-cdk-lib/assertions';
import { production } from '../../../infra/config/production.ts';
import { test as onEmulator } from '../../../infra/config/test.ts';
import { Everywhere, readEverywhere } from '../../../schemas/environment.ts';
import { FUNCTIONS, type FunctionName, variablesOf } from '../../../schemas/function-parts.ts';
import { type Synthesized, synthesize } from '../../builders/synthesized.ts';

let stacks: Synthesized;
let emulator: Synthesized;
beforeAll(() => {
  stacks = synthesize(production);
  emulator = synthesize(onEmulator());
});
afterAll(() => {
  stacks.close();
  emulator.close();
});
const engine = () => stacks.templateOf('engine');

interface Lambda {
  FunctionName: string;
  Environment: { Variables: Record<string, unknown> };
  VpcConfig?: unknown;
}
function functionsOf(template: ReturnType<typeof engine>): Lambda[] {
  const found = template.findResources('AWS::Lambda::Function') as Record<string, { Properties: Lambda }>;
  return Object.values(found).map(({ Properties }) => Properties);
}
const nameOf = ({ FunctionName: name }: Lambda): FunctionName => name.replace(/^onetrack-[a-z]+-/, '') as FunctionName;

describe('functions on AWS', () => {
  it('run on Node 24 for arm64 from an ES module, in no network of their own', () => {
    const all = functionsOf(engine());
    expect(all.map(nameOf).toSorted()).toEqual(Object.keys(FUNCTIONS).toSorted());
    engine().allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      VpcConfig: Match.absent(),
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it('are told what their parts need, what everybody is told, and nothing else', () => {
    const common = Object.keys(Everywhere.shape).filter((name) => !name.startsWith('ONETRACK_TEST_'));
    for (const each of functionsOf(engine()))
      expect([nameOf(each), Object.keys(each.Environment.Variables).toSorted()]).toEqual([
        nameOf(each),
        [...new Set([...common, ...variablesOf(nameOf(each))])].toSorted(),
      ]);
  });

  it('have no clock but the time, unless an emulator stands in for AWS', () => {
    const text = JSON.stringify(engine().toJSON());
    expect(text).not.toContain('ONETRACK_TEST_');
    for (const { Environment } of functionsOf(emulator.templateOf('engine'))) {
      const variables = { ...Environment.Variables, ONETRACK_PUBLIC_URL: 'http://127.0.0.1:4566' };
      expect(readEverywhere(variables as Record<string, string>).ONETRACK_TEST_CLOCK).toBe('settable');
    }
  });

  it('lead the console to its client, and to a secret only where the client has one', () => {
    const told = (template: ReturnType<typeof engine>): unknown => {
      const found = functionsOf(template).find((each) => nameOf(each) === 'console');
      return JSON.parse(String(found?.Environment.Variables['ONETRACK_LOGIN']));
    };
    expect(told(engine())).toEqual({
      client: { id: 'onetrack-console', secret: '/onetrack/production/login-secret' },
      signingPage: 'https://signer.onetrack.example/authorize',
    });
    const nobody = synthesize({ ...production, console: {} });
    expect(told(nobody.templateOf('engine'))).toEqual({});
    expect(JSON.stringify(nobody.templateOf('engine').findResources('AWS::IAM::Role'))).not.toContain('login-secret');
    nobody.close();
  });

  it('write logs that are kept as long as configured', () => {
    const groups = Object.values(engine().findResources('AWS::Logs::LogGroup')) as {
      Properties: { LogGroupName: string; RetentionInDays: number };
    }[];
    expect(groups.map(({ Properties }) => Properties.LogGroupName).toSorted()).toEqual(
      [
        ...Object.keys(FUNCTIONS).map((name) => `/aws/lambda/onetrack-production-${name}`),
        '/aws/vendedlogs/states/onetrack-production',
      ].toSorted(),
    );
    expect(new Set(groups.map(({ Properties }) => Properties.RetentionInDays))).toEqual(new Set([production.logDays]));
  });
});

describe('what rings for whom', () => {
  it('is the table’s stream for the relay, with new outbox rows alone', () => {
    engine().hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FilterCriteria: {
        Filters: [
          {
            Pattern:
              '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"pk":{"S":[{"prefix":"O#"}]},"kind":{"S":[{"anything-but":["anchor"]}]}}}}',
          },
        ],
      },
      MaximumRetryAttempts: 3,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  it('is each minute for the sweep', () => {
    engine().hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
  });

  it('is each day for its look at all certificates, tried thrice before a person looks', () => {
    engine().hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 day)',
      Targets: [
        Match.objectLike({
          Input: '{"every":"day"}',
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: Match.anyValue(),
        }),
      ],
    });
  });

  it('is an execution that ended otherwise than well for the watch, five times before a person looks', () => {
    engine().hasResourceProperties('AWS::Events::Rule', {
      Name: 'onetrack-production-watch',
      EventPattern: Match.objectLike({ source: ['aws.states'] }),
    });
    engine().hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'onetrack-production-watch',
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
  });

  it('is another release for the function that publishes', () => {
    engine().hasResourceProperties('Custom::OnetrackRelease', { release: Match.stringLikeRegexp('^[0-9a-f]{64}$') });
  });

  it('is no machine in any stack: they are made by who publishes, and outlive every stack', () => {
    for (const part of ['data', 'engine', 'api', 'observability'] as const)
      expect(stacks.templateOf(part).findResources('AWS::StepFunctions::StateMachine')).toEqual({});
  });
});
