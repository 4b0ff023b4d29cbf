import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { MiddlewareObj } from '@middy/core';

let middleware: MiddlewareObj | undefined;

/** Segment of the handler, cold start, errors; never the answer, which may hold personal data. */
export function tracer(): MiddlewareObj {
  return (middleware ??= captureLambdaHandler(new Tracer({ serviceName: 'onetrack', captureHTTPsRequests: true }), {
    captureResponse: false,
  }) as MiddlewareObj);
}
