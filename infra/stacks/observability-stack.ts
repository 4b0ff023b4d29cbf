import { Stack, type StackProps } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  Metric,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { alarmsOf, type AlarmSpec, type Watched } from '../alarms.ts';
import { leaves } from '../config/emulator.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { namesOf } from '../names.ts';

const SILENCE = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const satisfies Record<AlarmSpec['silence'], TreatMissingData>;

/** Periods of an hour: one more than a day has, since the next look may come a little later. */
const DAILY = { evaluationPeriods: 25, datapointsToAlarm: 1 } as const;

interface ObservabilityProps extends StackProps {
  config: EnvironmentConfig;
  watched: Omit<Watched, 'names'>;
}

/** What tells people: alarms by mail, one dashboard. Can be thrown away and deployed anew. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { config, watched, ...props }: ObservabilityProps) {
    super(scope, id, props);
    const names = namesOf(config.name);
    const topic = alarmTopic(this, names.prefix);
    for (const email of config.alarms.emails) topic.addSubscription(new EmailSubscription(email));
    const specs = alarmsOf({ ...watched, names });
    const told = leaves(config, 'metric-math') ? specs.filter(({ metric }) => metric instanceof Metric) : specs;
    for (const spec of told)
      alarm(this, spec, { prefix: names.prefix, runbook: config.runbook }).addAlarmAction(new SnsAction(topic));
    dashboard(this, names.prefix, specs);
  }
}

function alarmTopic(scope: Construct, prefix: string): Topic {
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
  // A key of its own: the one that AWS manages for SNS does not let CloudWatch publish.
  const masterKey = new Key(scope, 'AlarmsKey', { description: `${prefix}: alarms`, enableKeyRotation: true });
  masterKey.grantEncryptDecrypt(cloudWatch);
  const topic = new Topic(scope, 'Alarms', { topicName: `${prefix}-alarms`, masterKey });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  topic.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  );
  return topic;
}

/** Section of the runbook for an alarm: its title as a heading, as Markdown makes anchors of headings. */
export function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}

function alarm(scope: Construct, spec: AlarmSpec, { prefix, runbook }: { prefix: string; runbook: string }): Alarm {
  return new Alarm(scope, spec.title, {
    alarmName: `${prefix}: ${spec.title}`,
    alarmDescription: `What to do: ${runbook}#${anchorOf(spec.title)}`,
    metric: spec.metric,
    threshold: spec.threshold,
    ...(spec.minutes === 'daily' ? DAILY : { evaluationPeriods: spec.minutes, datapointsToAlarm: spec.minutes }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: SILENCE[spec.silence],
  });
}

/** One graph for each alarm, with the line at which it rings. */
function dashboard(scope: Construct, prefix: string, specs: readonly AlarmSpec[]): void {
  const graphs = specs.map(
    ({ title, metric, threshold }) =>
      new GraphWidget({
        title,
        left: [metric],
        leftAnnotations: [{ value: threshold, label: 'rings' }],
        width: 8,
        height: 5,
      }),
  );
  const rows = Array.from({ length: Math.ceil(graphs.length / 3) }, (_, row) => graphs.slice(row * 3, row * 3 + 3));
  new Dashboard(scope, 'Dashboard', {
    dashboardName: prefix,
    widgets: [
      [
        new TextWidget({
          markdown: `# ${prefix}\nEach graph has an alarm, each alarm a section in the runbook.`,
          width: 24,
          height: 2,
        }),
      ],
      ...rows,
    ],
  });
}
