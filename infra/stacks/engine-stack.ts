import { createHash } from 'node:crypto';
import { CustomResource, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as CallFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { FUNCTIONS, type FunctionName } from '../../schemas/function-parts.ts';
import { ENDED_BY_PLATFORM } from '../../schemas/error-names.ts';
import { PARTITIONS } from '../../schemas/table.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { MachineRole } from '../constructs/machine-role.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import { queueOf } from '../constructs/queue.ts';
import { environmentOf } from '../function-environment.ts';
import { allow, functionArn, type Granted } from '../grants.ts';
import { namesOf } from '../names.ts';
import { releaseText } from '../release.ts';
import type { DataStack } from './data-stack.ts';

/** Attempts of Lambda at a batch of the stream before it is told to the queue; its rows wait for the sweep anyway. */
const STREAM_ATTEMPTS = 3;
/** A function is done with a message after six of its longest runs at the latest (AWS's advice for queues that call functions). */
const WATCH_VISIBLE = Duration.seconds(6 * 60);

interface EngineProps extends StackProps {
  config: EnvironmentConfig;
  data: DataStack;
  /** Folder of each function's code. */
  codeOf: (name: FunctionName) => string;
}

interface Queues {
  relayFailed: Queue;
  sweepFailed: Queue;
  watch: Queue;
}

/**
 * What works: the functions, as whom machines run, and what rings for whom. Can be thrown away and deployed anew: executions find the functions by name.
 * Machines are not here: they are created by the one routine that publishes, and outlive every stack.
 */
export class EngineStack extends Stack {
  constructor(scope: Construct, id: string, { config, data, codeOf, ...props }: EngineProps) {
    super(scope, id, props);
    const machines = new MachineRole(this, 'Machines', config);
    const granted: Granted = { config, data, machineRoleArn: machines.roleArn, machineLogsArn: machines.logsArn };
    const queues = queuesOf(this, config.name);
    const more = furtherGrants(granted, queues);
    const functions = Object.fromEntries(
      (Object.keys(FUNCTIONS) as FunctionName[]).map((name) => [
        name,
        new PlatformFunction(this, name, {
          name,
          code: codeOf(name),
          granted,
          environment: environmentOf(name, granted, data.publicUrl),
          more: more[name] ?? [],
        }),
      ]),
    ) as Record<FunctionName, PlatformFunction>;
    ringRelay(this, granted, functions.relay, queues);
    callSweep(this, functions.sweep, queues);
    watchExecutions(this, config, functions.watch, queues);
    install(this, config, functions);
  }
}

function queuesOf(scope: Construct, environment: string): Queues {
  const watchFailed = queueOf(scope, environment, { name: 'watch-failed' });
  return {
    relayFailed: queueOf(scope, environment, { name: 'relay-failed' }),
    sweepFailed: queueOf(scope, environment, { name: 'sweep-failed' }),
    watch: queueOf(scope, environment, {
      name: 'watch',
      visibleAfter: WATCH_VISIBLE,
      deadLetterQueue: { queue: watchFailed, maxReceiveCount: 5 },
    }),
  };
}

/** What calls a function reads in the function's name. */
function furtherGrants({ data }: Granted, queues: Queues): Partial<Record<FunctionName, PolicyStatement[]>> {
  return {
    relay: [
      allow(
        ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        [data.table.tableStreamArn],
      ),
      allow(['dynamodb:ListStreams'], ['*']),
      allow(['sqs:SendMessage'], [queues.relayFailed.queueArn]),
    ],
    watch: [allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queues.watch.queueArn])],
  };
}

/** The table's stream is the bell: of all that is written it rings for new outbox rows, but not for heads, which wait for the sweep. */
function ringRelay(scope: Construct, { config, data }: Granted, relay: PlatformFunction, queues: Queues): void {
  const row = { pk: { S: [{ prefix: PARTITIONS.outbox }] }, kind: { S: [{ 'anything-but': ['anchor'] }] } };
  const pattern = { eventName: ['INSERT'], dynamodb: { NewImage: row } };
  const bell = new CfnEventSourceMapping(scope, 'Bell', {
    functionName: functionArn(config, 'relay'),
    eventSourceArn: data.table.tableStreamArn,
    startingPosition: 'TRIM_HORIZON',
    batchSize: 100,
    // Rows of one group keep their order by the table, not by the shard.
    parallelizationFactor: 4,
    bisectBatchOnFunctionError: true,
    maximumRetryAttempts: STREAM_ATTEMPTS,
    filterCriteria: { filters: [{ pattern: JSON.stringify(pattern) }] },
    destinationConfig: { onFailure: { destination: queues.relayFailed.queueArn } },
  });
  bell.node.addDependency(relay);
}

/** Each minute for what falls due, each day for the certificates of all. */
function callSweep(scope: Construct, sweep: PlatformFunction, queues: Queues): void {
  new Rule(scope, 'EveryMinute', {
    description: 'Calls the sweep',
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [
      new CallFunction(sweep.function, {
        deadLetterQueue: queues.sweepFailed,
        // The next minute's call does what this one would have done.
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    ],
  });
  new Rule(scope, 'EveryDay', {
    description: 'Has all certificates looked at',
    schedule: Schedule.rate(Duration.days(1)),
    targets: [
      new CallFunction(sweep.function, {
        event: RuleTargetInput.fromObject({ every: 'day' }),
        deadLetterQueue: queues.sweepFailed,
        retryAttempts: 2,
        maxEventAge: Duration.hours(1),
      }),
    ],
  });
}

/** Executions that ended otherwise than by succeeding, unless the platform itself stopped them. */
function watchExecutions(scope: Construct, config: EnvironmentConfig, watch: PlatformFunction, queues: Queues): void {
  const rule = new Rule(scope, 'EndedExecutions', {
    ruleName: namesOf(config.name).queue('watch'),
    description: 'Executions that ended before their dossier did',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        $or: [
          { status: ['FAILED', 'TIMED_OUT'] },
          { status: ['ABORTED'], error: [{ 'anything-but': Object.values(ENDED_BY_PLATFORM) }] },
          { status: ['ABORTED'], error: [{ exists: false }] },
        ],
      },
    },
  });
  const message = RuleTargetInput.fromObject({
    name: EventField.fromPath('$.detail.name'),
    status: EventField.fromPath('$.detail.status'),
  });
  rule.addTarget(new SqsQueue(queues.watch, { message }));
  const mapping = new CfnEventSourceMapping(scope, 'WatchQueue', {
    functionName: functionArn(config, 'watch'),
    eventSourceArn: queues.watch.queueArn,
    batchSize: 10,
  });
  mapping.node.addDependency(watch);
}

/** Publishes the procedures of this release by the same use case as the administrator's API, each time the release is another, or the table: one that was restored may know an earlier one. */
function install(scope: Construct, config: EnvironmentConfig, functions: Record<FunctionName, PlatformFunction>): void {
  const { restored } = config;
  const release = createHash('sha256').update(releaseText(config.release)).digest('hex');
  const installed = new CustomResource(scope, 'Release', {
    serviceToken: functions.install.function.functionArn,
    resourceType: 'Custom::OnetrackRelease',
    properties: { release, ...(restored !== undefined && { restored }) },
  });
  for (const each of Object.values(functions)) installed.node.addDependency(each);
}
