import { App, Stack } from 'aws-cdk-lib';
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { production } from '../../../infra/config/production.ts';
import { ApiStack, servedRoutes } from '../../../infra/stacks/api-stack.ts';
import { openApiDocument } from '../../../functions/api/openapi.ts';

const app = new App();
const api = new CfnApi(new Stack(app, 'data'), 'Api', { name: 'api', protocolType: 'HTTP' });
const arn = 'arn:aws:lambda:ap-southeast-1:111122223333:function:onetrack-production-';
const functions = { api: `${arn}api`, console: `${arn}console` };
const template = Template.fromStack(new ApiStack(app, 'api', { config: production, api, functions }));

interface Route {
  RouteKey: string;
  AuthorizationType: string;
  Target: unknown;
  AuthorizerId?: unknown;
}
const routes = Object.values(
  template.findResources('AWS::ApiGatewayV2::Route') as Record<string, { Properties: Route }>,
).map(({ Properties }) => Properties);

describe('the HTTP API on AWS', () => {
  it('asks for an access token wherever the API itself does, and nowhere else', () => {
    const { paths } = openApiDocument() as { paths: Record<string, Record<string, { security?: unknown[] }>> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, { security }]) => [`${method.toUpperCase()} ${path}`, security ? 'JWT' : 'NONE'] as const,
      ),
    );
    const served = routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType] as const);
    const description = [
      ['GET /openapi.json', 'NONE'],
      ['GET /v1/openapi.json', 'NONE'],
    ] as const;
    const pages = [
      ['ANY /console', 'NONE'],
      ['ANY /console/{proxy+}', 'NONE'],
    ] as const;
    expect(served.toSorted()).toEqual([...described, ...description, ...pages].toSorted());
    expect(
      routes.every(
        ({ AuthorizationType, AuthorizerId }) => (AuthorizationType === 'JWT') === (AuthorizerId !== undefined),
      ),
    ).toBe(true);
  });

  it('serves without a token only what tells nothing personal or proves itself by signature', () => {
    const open = servedRoutes().filter(({ needsToken }) => !needsToken);
    expect(open.map(({ id }) => id).toSorted()).toEqual([
      'decideByLink',
      'decideByWebhook',
      'describeApi',
      'describeApiOfVersion',
      'downloadEvidence',
      'downloadFile',
      'fetchHeldPaper',
      'foreseeProcedure',
      'health',
      'listCalendars',
      'listProcedures',
      'payByWebhook',
      'putUpload',
      'putUploadPart',
      'readCalendar',
      'readCalendarAsICalendar',
      'readCalendarVersion',
      'readProcedure',
      'showLink',
      'trackDossier',
    ]);
  });

  it('believes the configured issuer for its audience', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: production.issuer.url, Audience: [production.issuer.audience] },
    });
  });

  it('takes so many requests a second and logs each without path or address', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: {
        ThrottlingRateLimit: production.throttle.rate,
        ThrottlingBurstLimit: production.throttle.burst,
      },
      AccessLogSettings: { Format: Match.not(Match.stringLikeRegexp('sourceIp|\\$context\\.path|userAgent')) },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: production.logDays });
  });

  it('lets this API alone call the functions', () => {
    for (const FunctionName of Object.values(functions))
      template.hasResourceProperties('AWS::Lambda::Permission', {
        FunctionName,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: Match.objectLike({ 'Fn::Join': Match.anyValue() }),
      });
    template.resourceCountIs('AWS::Lambda::Permission', 2);
  });

  it('leads to the pages whatever is below /console, and nothing else there', () => {
    const integrations = template.findResources('AWS::ApiGatewayV2::Integration', {
      Properties: { IntegrationUri: functions.console },
    });
    const [pages = ''] = Object.keys(integrations);
    const led = routes.filter(({ Target }) => JSON.stringify(Target).includes(`"${pages}"`));
    expect(led.map(({ RouteKey }) => RouteKey).toSorted()).toEqual(['ANY /console', 'ANY /console/{proxy+}']);
  });
});
