import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { MiddlewareObj } from '@middy/core';

let middleware: MiddlewareObj | undefined;

/**
 * Segment of the handler, cold start, calls by host, errors by name. Never the answer, the path of a call or the message of an error: each may hold
 * personal data, or a subscriber's secret.
 */
export function tracer(): MiddlewareObj {
  return (middleware ??= openTracer());
}

function openTracer(): MiddlewareObj {
  const tracer = new Tracer({ serviceName: 'onetrack', captureHTTPsRequests: true });
  const traced = captureLambdaHandler(tracer, { captureResponse: false }) as MiddlewareObj;
  let isReticent = false;
  return {
    ...traced,
    before(request) {
      traced.before?.(request);
      const segment = tracer.getSegment();
      if (isReticent || !segment) return;
      // The handler's own is the first, a subsegment as all others are.
      makeReticent(Object.getPrototypeOf(segment) as Traced);
      isReticent = true;
    },
  };
}

/** What all subsegments have in common, also those that the SDK makes of calls. */
interface Traced {
  http?: { request?: { url?: string } };
  addError: (this: Traced, error: unknown, remote?: boolean) => void;
  toJSON: (this: Traced) => object;
}

function makeReticent(all: Traced): void {
  const { addError, toJSON } = all;
  all.addError = function (error, remote) {
    // Its stack begins with its message, on as many lines as that has.
    addError.call(this, { name: error instanceof Error ? error.name : 'Error', message: '' }, remote);
  };
  all.toJSON = function () {
    const url = this.http?.request?.url;
    const told = toJSON.call(this);
    if (url === undefined) return told;
    return { ...told, http: { ...this.http, request: { ...this.http?.request, url: originOf(url) } } };
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'unknown';
}
