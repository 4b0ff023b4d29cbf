import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { allow, functionArn } from '../grants.ts';
import { namesOf } from '../names.ts';

/** Step Functions asks for these on all log groups (its documentation, "Logging using CloudWatch Logs"): vended logs have no narrower resource. */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:CreateLogStream',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutLogEvents',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/** As whom every machine runs: it may call the three stage functions and write errors to one log, nothing else. Machines outlive deployments, so role and log keep their names. */
export class MachineRole extends Construct {
  readonly roleArn: string;
  /** With the ending by which Step Functions wants it. */
  readonly logsArn: string;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    const { prefix } = namesOf(config.name);
    const log = new CfnLogGroup(this, 'Log', {
      // The name by which Step Functions needs no policy of the log's own for each machine.
      logGroupName: `/aws/vendedlogs/states/${prefix}`,
      retentionInDays: config.logDays,
    });
    log.applyRemovalPolicy(config.protected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    const stages = (['waiting-stage', 'acting-stage', 'park'] as const).map((name) => functionArn(config, name));
    const role = new Role(this, 'Role', {
      roleName: `${prefix}-machine`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        stages: new PolicyDocument({
          statements: [allow(['lambda:InvokeFunction'], stages), allow(LOG_DELIVERY, ['*'])],
        }),
      },
    });
    if (config.protected) role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.roleArn = role.roleArn;
    this.logsArn = log.attrArn;
  }
}
