import { setSender } from './sender.ts';

/** What is read of an event of an HTTP API (API Gateway, payload format 2.0). */
export interface HttpEvent {
  rawPath: string;
  rawQueryString: string;
  headers: Readonly<Record<string, string | undefined>>;
  /** Cookies stand here and not among the headers. */
  cookies?: readonly string[];
  body?: string;
  isBase64Encoded: boolean;
  /** `sourceIp`: of the connection, as the gateway saw it; no header that the client wrote. */
  requestContext: { domainName: string; http: { method: string; sourceIp?: string } };
}

export interface HttpResult {
  statusCode: number;
  headers: Record<string, string>;
  /** Each becomes a `Set-Cookie` of its own. */
  cookies?: string[];
  body: string;
  isBase64Encoded: boolean;
}

/**
 * Largest body that surely reaches a function, in bytes: an event has at most 6 MB (Lambda quota, 6,291,456), in which a body that is no text is a third
 * longer, beside headers of 10 kB. A larger one is refused by API Gateway or Lambda, before anything of ours sees it.
 */
export const LARGEST_BODY = 4_600_000;

/** What serves requests: the app, wherever it runs. */
export interface Fetches {
  fetch(request: Request): Response | Promise<Response>;
}

/** Serves an event by the same app that serves sockets elsewhere. */
export async function answerEvent(app: Fetches, event: HttpEvent): Promise<HttpResult> {
  const request = requestOf(event);
  setSender(request, event.requestContext.http.sourceIp);
  return resultOf(await app.fetch(request));
}

function requestOf(event: HttpEvent): Request {
  const { method } = event.requestContext.http;
  const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) if (value !== undefined) headers.set(name, value);
  if (event.cookies && event.cookies.length > 0) headers.set('cookie', event.cookies.join('; '));
  const body =
    event.body === undefined ? undefined : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  // What arrived is known here, however it was sent.
  if (body !== undefined) headers.set('content-length', String(body.length));
  return new Request(`https://${event.requestContext.domainName}${event.rawPath}${query}`, {
    method,
    headers,
    ...(body !== undefined && method !== 'GET' && method !== 'HEAD' && { body }),
  });
}

async function resultOf(response: Response): Promise<HttpResult> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const { headers } = response;
  const isText =
    !headers.has('content-encoding') &&
    /^(text\/|application\/(problem\+)?json)/.test(headers.get('content-type') ?? 'text/');
  const cookies = headers.getSetCookie();
  return {
    statusCode: response.status,
    headers: Object.fromEntries([...headers].filter(([name]) => name !== 'set-cookie')),
    ...(cookies.length > 0 && { cookies }),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}
