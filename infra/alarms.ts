import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FUNCTIONS, type FunctionName } from '../schemas/function-parts.ts';
import { METRICS, METRICS_NAMESPACE, METRICS_SERVICE } from '../schemas/metrics.ts';
import { type Names, type QueueName, QUEUES } from './names.ts';

/** What an alarm looks at. Names alone: the stack of alarms stands on no other stack. */
export interface Watched {
  names: Names;
  /** Id of the HTTP API. */
  apiId: string;
  tableName: string;
}

export interface AlarmSpec {
  /** Part of the alarm's name, and the title of its section in docs/runbook-aws.md. */
  title: string;
  metric: IMetric;
  /** Reached or passed, it rings. */
  threshold: number;
  /** Minutes in a row; `daily`: once within a day, for what is looked at once a day. */
  minutes: number | 'daily';
  /** What it means that nothing is measured: a sweep that does not run measures nothing, a queue without traffic neither. */
  silence: 'breaching' | 'notBreaching';
}

const MINUTE = Duration.minutes(1);
/** Asynchronous errors are tried again; a synchronous one was somebody's request. Either way a person wants to know, not at the first one. */
const ERRORS = 5;
/** Queues that a function empties may hold something for a moment. */
const EMPTIED: ReadonlySet<QueueName> = new Set(['watch']);

/** Everything that rings, each with its section in the runbook. */
export function alarmsOf(watched: Watched): AlarmSpec[] {
  return [
    ...platformAlarms(),
    ...apiAlarms(watched),
    ...functionAlarms(watched),
    ...queueAlarms(watched),
    ...serviceAlarms(watched),
  ];
}

function platformAlarms(): AlarmSpec[] {
  return [
    {
      title: 'Stalled dossiers',
      metric: own('stalledDossiers', 'Maximum'),
      threshold: 1,
      minutes: 15,
      silence: 'notBreaching',
    },
    { title: 'Dead letters', metric: own('deadLetters', 'Maximum'), threshold: 1, minutes: 5, silence: 'notBreaching' },
    { title: 'Outbox age', metric: own('outboxAge', 'Maximum'), threshold: 600, minutes: 5, silence: 'notBreaching' },
    { title: 'Timer age', metric: own('timerAge', 'Maximum'), threshold: 600, minutes: 5, silence: 'notBreaching' },
    // A sweep that does not run at all says nothing.
    { title: 'Sweep age', metric: own('sweepAge', 'Maximum'), threshold: 300, minutes: 5, silence: 'breaching' },
    {
      title: 'Certificates near their end',
      metric: own('certificatesNear', 'Maximum').with({ period: Duration.hours(1) }),
      threshold: 1,
      minutes: 'daily',
      silence: 'notBreaching',
    },
    {
      title: 'Certificates at their end',
      metric: own('certificatesClose', 'Maximum').with({ period: Duration.hours(1) }),
      threshold: 1,
      minutes: 'daily',
      silence: 'notBreaching',
    },
    { title: 'Stuck work', metric: own('stuckWork', 'Sum'), threshold: 1, minutes: 15, silence: 'notBreaching' },
  ];
}

function apiAlarms({ apiId }: Watched): AlarmSpec[] {
  const of = (metricName: string, statistic: string): Metric =>
    new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId: apiId }, statistic, period: MINUTE });
  const share = new MathExpression({
    expression: 'IF(requests > 0, 100 * errors / requests, 0)',
    usingMetrics: { errors: of('5xx', 'Sum'), requests: of('Count', 'Sum') },
    label: 'answers that were errors of ours, in percent',
    period: MINUTE,
  });
  return [
    { title: 'API errors', metric: share, threshold: 1, minutes: 5, silence: 'notBreaching' },
    { title: 'API latency', metric: of('Latency', 'p99'), threshold: 5_000, minutes: 10, silence: 'notBreaching' },
  ];
}

function functionAlarms({ names }: Watched): AlarmSpec[] {
  const all = (Object.keys(FUNCTIONS) as FunctionName[]).filter((name) => name !== 'install');
  const sum = (metricName: string): MathExpression => {
    const metrics = all.map((name, i) => {
      const dimensionsMap = { FunctionName: names.function(name) };
      return [
        `m${String(i)}`,
        new Metric({ namespace: 'AWS/Lambda', metricName, dimensionsMap, statistic: 'Sum', period: MINUTE }),
      ] as const;
    });
    const expression = metrics.map(([id]) => `FILL(${id}, 0)`).join(' + ');
    return new MathExpression({
      expression,
      usingMetrics: Object.fromEntries(metrics),
      label: metricName,
      period: MINUTE,
    });
  };
  return [
    { title: 'Function errors', metric: sum('Errors'), threshold: ERRORS, minutes: 5, silence: 'notBreaching' },
    { title: 'Function throttles', metric: sum('Throttles'), threshold: 1, minutes: 5, silence: 'notBreaching' },
    { title: 'Stream behind', metric: streamAge(names), threshold: 300_000, minutes: 5, silence: 'notBreaching' },
  ];
}

/** Milliseconds between a commit and its rows' coming to the relay. */
function streamAge(names: Names): Metric {
  const dimensionsMap = { FunctionName: names.function('relay') };
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'IteratorAge',
    dimensionsMap,
    statistic: 'Maximum',
    period: MINUTE,
  });
}

function queueAlarms({ names }: Watched): AlarmSpec[] {
  return QUEUES.map((queue) => {
    const age = EMPTIED.has(queue);
    const metric = new Metric({
      namespace: 'AWS/SQS',
      metricName: age ? 'ApproximateAgeOfOldestMessage' : 'ApproximateNumberOfMessagesVisible',
      dimensionsMap: { QueueName: names.queue(queue) },
      statistic: 'Maximum',
      period: MINUTE,
    });
    return { title: `Queue ${queue}`, metric, threshold: age ? 900 : 1, minutes: 5, silence: 'notBreaching' };
  });
}

function serviceAlarms({ names, tableName }: Watched): AlarmSpec[] {
  // Step Functions measures each machine by itself, and machines come and go: what the rule of the watch matched is counted instead.
  const ended = new Metric({
    namespace: 'AWS/Events',
    metricName: 'MatchedEvents',
    dimensionsMap: { RuleName: names.queue('watch') },
    statistic: 'Sum',
    period: MINUTE,
  });
  const throttled = (metricName: string): Metric =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: tableName },
      statistic: 'Sum',
      period: MINUTE,
    });
  const refused = new MathExpression({
    expression: 'FILL(reads, 0) + FILL(writes, 0)',
    usingMetrics: { reads: throttled('ReadThrottleEvents'), writes: throttled('WriteThrottleEvents') },
    label: 'requests that the table refused to take',
    period: MINUTE,
  });
  return [
    { title: 'Failed executions', metric: ended, threshold: 1, minutes: 1, silence: 'notBreaching' },
    { title: 'Table throttled', metric: refused, threshold: 10, minutes: 5, silence: 'notBreaching' },
  ];
}

/** A metric of the platform's own, as its functions write it. */
export function own(name: keyof typeof METRICS, statistic: string): Metric {
  const dimensionsMap = { service: METRICS_SERVICE };
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: METRICS[name].name,
    dimensionsMap,
    statistic,
    period: MINUTE,
  });
}
