import { answerEvent, type HttpEvent } from '../../../functions/api/http-event.ts';

function event({ method = 'GET', ...more }: Partial<HttpEvent> & { method?: string }): HttpEvent {
  return {
    rawPath: '/v1/health',
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: { domainName: 'api.example', http: { method } },
    ...more,
  };
}

/** Serves one event by a function; answers what it was asked and what came of it. */
async function served(more: Parameters<typeof event>[0], response = new Response(null, { status: 204 })) {
  const asked: Request[] = [];
  const fetch = (request: Request): Response => {
    asked.push(request);
    return response;
  };
  return { result: await answerEvent({ fetch }, event(more)), request: asked[0] };
}

describe('an event of an HTTP API', () => {
  it('becomes the request that it was: path and query as written, headers, body', async () => {
    const { request } = await served({
      method: 'POST',
      rawPath: '/v1/tracking/A%2FB',
      rawQueryString: 'a=1&a=2&name=Ng%E1%BB%8Dc',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: Buffer.from('{"name":"Ngọc"}').toString('base64'),
      isBase64Encoded: true,
    });
    expect(request?.url).toBe('https://api.example/v1/tracking/A%2FB?a=1&a=2&name=Ng%E1%BB%8Dc');
    expect(request?.headers.get('idempotency-key')).toBe('k');
    expect(await request?.json()).toEqual({ name: 'Ngọc' });
  });

  it('may be a GET with a body, which is left out', async () => {
    const { request, result } = await served({ body: 'x' });
    expect([request?.method, await request?.text(), result.statusCode]).toEqual(['GET', '', 204]);
  });

  it('is answered in text where it is text, problem details too', async () => {
    const headers = { 'content-type': 'application/problem+json', location: '/v1/x' };
    const { result } = await served({}, new Response('{"detail":"Ngọc"}', { status: 422, headers }));
    expect(result).toEqual({ statusCode: 422, headers, body: '{"detail":"Ngọc"}', isBase64Encoded: false });
  });

  it('is answered in base64 where it is bytes', async () => {
    const bytes = Buffer.from([0, 255, 128]);
    const { result } = await served({}, new Response(bytes, { headers: { 'content-type': 'application/zip' } }));
    expect([result.isBase64Encoded, Buffer.from(result.body, 'base64')]).toEqual([true, bytes]);
  });
});
