import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { alarmsOf } from '../../../infra/alarms.ts';
import { production } from '../../../infra/config/production.ts';
import { namesOf, QUEUES } from '../../../infra/names.ts';
import { anchorOf, ObservabilityStack } from '../../../infra/stacks/observability-stack.ts';
import { METRICS } from '../../../schemas/metrics.ts';

const names = namesOf(production.name);
const watched = { apiId: 'api1', tableName: 'dossiers' };
const specs = alarmsOf({ ...watched, names });
const runbook = readFileSync(new URL('../../../docs/runbook-aws.md', import.meta.url), 'utf8');
const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
const template = Template.fromStack(
  new ObservabilityStack(new App(), 'observability', { config: production, watched }),
);

interface Alarm {
  AlarmName: string;
  AlarmDescription: string;
  AlarmActions: unknown[];
  TreatMissingData: string;
}
const alarms = Object.values(
  template.findResources('AWS::CloudWatch::Alarm') as Record<string, { Properties: Alarm }>,
).map(({ Properties }) => Properties);

describe('alarms', () => {
  it.each(specs.map(({ title }) => title))('"%s" has a section in the runbook and leads to it', (title) => {
    expect(headings).toContain(title);
    const alarm = alarms.find(({ AlarmName }) => AlarmName === `${names.prefix}: ${title}`);
    expect(alarm?.AlarmDescription).toBe(`What to do: ${production.runbook}#${anchorOf(title)}`);
  });

  it('leave no section of the runbook without an alarm, but for what people call about', () => {
    const called = ['The console', 'Restoring the table'];
    expect(headings.toSorted()).toEqual([...specs.map(({ title }) => title), ...called].toSorted());
  });

  it('watch every metric of the platform and every queue', () => {
    const text = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'));
    for (const { name } of Object.values(METRICS)) expect(text).toContain(`"MetricName":"${name}"`);
    for (const queue of QUEUES) expect(text).toContain(`"Value":"${names.queue(queue)}"`);
  });

  it('ring when the sweep says nothing, and for no other silence', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map(({ AlarmName }) => AlarmName)).toEqual([`${names.prefix}: Sweep age`]);
  });

  it('ring for certificates from the one look of a day to the next', () => {
    for (const title of ['Certificates near their end', 'Certificates at their end'])
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `${names.prefix}: ${title}`,
        Period: 3600,
        EvaluationPeriods: 25,
        DatapointsToAlarm: 1,
        Statistic: 'Maximum',
      });
  });

  it('tell somebody: each through the one topic, which only CloudWatch may write to and only by TLS', () => {
    expect(alarms.every(({ AlarmActions }) => AlarmActions.length === 1)).toBe(true);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: production.alarms.emails[0],
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('stand on one dashboard, each with the line at which it rings', () => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const text = JSON.stringify(dashboard);
    for (const { title } of specs) expect(text).toContain(title);
    expect(text.split('rings').length - 1).toBe(specs.length);
  });
});
