import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  RuntimeFamily,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FUNCTIONS, type FunctionName } from '../../schemas/function-parts.ts';
import { FUNCTION_SIZES } from '../../schemas/function-sizes.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { allow, GRANTS, type Granted } from '../grants.ts';
import { namesOf } from '../names.ts';

const NODE_24 = new Runtime('nodejs24.x', RuntimeFamily.NODEJS);

interface FunctionProps {
  name: FunctionName;
  /** Folder that `bundle` has made. */
  code: string;
  granted: Granted;
  environment: Readonly<Record<string, string>>;
  /** What it needs besides its parts: to be called by a queue or a stream. */
  more?: readonly PolicyStatement[];
}

/** One function of the platform: its code, a role with the grants of its parts and nothing else, its log. Named, and called without a version. */
export class PlatformFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, { name, code, granted, environment, more = [] }: FunctionProps) {
    super(scope, id);
    const { config } = granted;
    const functionName = namesOf(config.name).function(name);
    const log = logOf(this, functionName, config);
    this.role = new Role(this, 'Role', {
      roleName: functionName,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        parts: new PolicyDocument({
          statements: [
            allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [log.attrArn]),
            allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']),
            ...FUNCTIONS[name].flatMap((part) => GRANTS[part](granted)),
            ...more,
          ],
        }),
      },
    });
    const { memory, seconds } = FUNCTION_SIZES[name];
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: NODE_24,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(code),
      // Whatever is connected to it adds nothing: all that it may do stands in one place.
      role: this.role.withoutPolicyUpdates(),
      memorySize: memory,
      timeout: Duration.seconds(seconds),
      environment,
      logGroup: LogGroup.fromLogGroupName(this, 'Log', log.logGroupName ?? ''),
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.ACTIVE,
    });
    this.function.node.addDependency(log);
  }
}

function logOf(scope: Construct, functionName: string, config: EnvironmentConfig): CfnLogGroup {
  const log = new CfnLogGroup(scope, 'LogGroup', {
    logGroupName: `/aws/lambda/${functionName}`,
    retentionInDays: config.logDays,
  });
  log.applyRemovalPolicy(config.protected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  return log;
}
