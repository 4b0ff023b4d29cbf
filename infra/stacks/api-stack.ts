import { Aws, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  CfnApiMapping,
  CfnAuthorizer,
  CfnDomainName,
  CfnIntegration,
  CfnRoute,
  CfnStage,
  type CfnApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { namesOf } from '../names.ts';
import { type ApiRoute, openApiRoutes } from '../openapi-routes.ts';

/** Longest that an HTTP API waits for a function, in milliseconds (quota). */
const TIMEOUT_MS = 30_000;

/** One line a request: no address and no path, which may name a person or a dossier; the request's id leads to the function's log. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  functionError: '$context.integrationErrorMessage',
  tokenError: '$context.authorizer.error',
};

/** All pages, whatever the method: the console itself knows its pages, and says in words that there is none. */
export const CONSOLE_ROUTES = { consoleHome: '/console', consolePages: '/console/{proxy+}' } as const;

interface ApiProps extends StackProps {
  config: EnvironmentConfig;
  /** Its address is in the stack of what lasts; everything behind it is here. */
  api: CfnApi;
  /** ARNs of the functions that answer, without a version. */
  functions: { api: string; console: string };
}

/** What stands between the world and the functions that answer it: routes, tokens, throttling, access log. Can be thrown away and deployed anew. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { config, api, functions, ...props }: ApiProps) {
    super(scope, id, props);
    const apiId = api.ref;
    const target = answeredBy(this, { id: 'Function', apiId, functionArn: functions.api });
    const authorizer = new CfnAuthorizer(this, 'Tokens', {
      apiId,
      name: 'access-tokens',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: config.issuer.url, audience: [config.issuer.audience] },
    });
    for (const { method, path, id: name, needsToken } of servedRoutes())
      new CfnRoute(this, name, {
        apiId,
        routeKey: `${method.toUpperCase()} ${path}`,
        target,
        ...(needsToken ? { authorizationType: 'JWT', authorizerId: authorizer.ref } : { authorizationType: 'NONE' }),
      });
    const pages = answeredBy(this, { id: 'Console', apiId, functionArn: functions.console });
    for (const [name, path] of Object.entries(CONSOLE_ROUTES))
      new CfnRoute(this, name, { apiId, routeKey: `ANY ${path}`, target: pages, authorizationType: 'NONE' });
    publish(this, { config, apiId });
  }
}

/** An integration with a function that this API alone may call so. Answers what routes name it by. */
function answeredBy(
  stack: Stack,
  { id, apiId, functionArn }: { id: 'Function' | 'Console'; apiId: string; functionArn: string },
): string {
  const { ref } = new CfnIntegration(stack, id, {
    apiId,
    integrationType: 'AWS_PROXY',
    integrationUri: functionArn,
    payloadFormatVersion: '2.0',
    timeoutInMillis: TIMEOUT_MS,
  });
  new CfnPermission(stack, `${id === 'Function' ? '' : id}Invoke`, {
    action: 'lambda:InvokeFunction',
    functionName: functionArn,
    principal: 'apigateway.amazonaws.com',
    sourceArn: `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${apiId}/*`,
  });
  return `integrations/${ref}`;
}

/** What the API describes, and the description itself. */
export function servedRoutes(): ApiRoute[] {
  const description = (path: string, id: string): ApiRoute => ({ method: 'get', path, id, needsToken: false });
  return [
    ...openApiRoutes(),
    description('/openapi.json', 'describeApi'),
    description('/v1/openapi.json', 'describeApiOfVersion'),
  ];
}

/** The stage that is served, with its limits and its log, and the address that applicants know. */
function publish(stack: Stack, { config, apiId }: { config: EnvironmentConfig; apiId: string }): void {
  const { prefix } = namesOf(config.name);
  const log = new CfnLogGroup(stack, 'AccessLog', {
    logGroupName: `/aws/apigateway/${prefix}`,
    retentionInDays: config.logDays,
  });
  log.applyRemovalPolicy(config.protected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  const stage = new CfnStage(stack, 'Stage', {
    apiId,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: { destinationArn: log.attrArn, format: JSON.stringify(ACCESS_LOG) },
    defaultRouteSettings: {
      throttlingRateLimit: config.throttle.rate,
      throttlingBurstLimit: config.throttle.burst,
      detailedMetricsEnabled: true,
    },
  });
  if (config.kind !== 'aws' || !config.domain) return;
  const { name, certificateArn } = config.domain;
  const domain = new CfnDomainName(stack, 'Domain', {
    domainName: name,
    domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
  });
  new CfnApiMapping(stack, 'Mapping', { apiId, stage: stage.ref, domainName: domain.ref });
}
