import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { production } from '../../../infra/config/production.ts';
import { REASONS, ReasonedChecks } from '../../../infra/nag.ts';
import { type Synthesized, synthesize } from '../../builders/synthesized.ts';

describe('the rules of AWS for solutions', () => {
  let stacks: Synthesized;
  beforeEach(() => {
    stacks = synthesize(production);
  });
  afterEach(() => stacks.close());

  it('find what has no reason: a queue without TLS, planted', () => {
    new Queue(new Stack(stacks.app, 'planted'), 'Open');
    const { success, violations } = new ReasonedChecks(stacks.app).validateScope(stacks.app);
    expect(success).toBe(false);
    expect(violations.map(({ ruleName }) => ruleName).toSorted()).toEqual(['AwsSolutions-SQS3', 'AwsSolutions-SQS4']);
  });

  it('find nothing else, and need every reason that is given', () => {
    stacks.app.synth();
    const checks = new ReasonedChecks(stacks.app);
    expect(checks.validateScope(stacks.app)).toMatchObject({ success: true, violations: [] });
    expect(REASONS.filter((reason) => !checks.used.has(reason))).toEqual([]);
  });
});
