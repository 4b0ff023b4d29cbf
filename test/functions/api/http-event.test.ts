import { gunzipSync, gzipSync } from 'node:zlib';
import { senderOf } from '../../../functions/api/sender.ts';
import { answerEvent, type HttpEvent, LARGEST_BODY } from '../../../functions/api/http-event.ts';

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

  it('is from where the gateway saw it come, whatever its headers say', async () => {
    const { request } = await served({
      headers: { 'x-forwarded-for': '198.51.100.1' },
      requestContext: { domainName: 'api.example', http: { method: 'GET', sourceIp: '203.0.113.7' } },
    });
    expect(request && senderOf(request)).toBe('203.0.113.7');
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

  it('brings cookies beside the headers, and takes them so', async () => {
    const headers = new Headers({ 'content-type': 'text/html' });
    for (const each of ['a=1; Path=/; Secure', 'b=2; Expires=Wed, 25 Nov 2026 00:00:00 GMT'])
      headers.append('set-cookie', each);
    const { request, result } = await served({ cookies: ['a=1', 'b=2'] }, new Response('', { headers }));
    expect(request?.headers.get('cookie')).toBe('a=1; b=2');
    expect(result.cookies).toEqual(['a=1; Path=/; Secure', 'b=2; Expires=Wed, 25 Nov 2026 00:00:00 GMT']);
    expect(result.headers).toEqual({ 'content-type': 'text/html' });
  });

  it('says how long its body is, as it arrived', async () => {
    const body = Buffer.from('Ngọc').toString('base64');
    const { request } = await served({ method: 'POST', headers: {}, body, isBase64Encoded: true });
    expect(request?.headers.get('content-length')).toBe('6');
  });

  it('is answered in base64 where text is compressed', async () => {
    const headers = { 'content-type': 'text/html', 'content-encoding': 'gzip' };
    const { result } = await served({}, new Response(gzipSync('Ngọc'), { headers }));
    expect([result.isBase64Encoded, gunzipSync(Buffer.from(result.body, 'base64')).toString()]).toEqual([true, 'Ngọc']);
  });

  it('may be as large as Lambda takes with what stands around it', () => {
    const body = Buffer.alloc(LARGEST_BODY).toString('base64');
    const whole = JSON.stringify({
      ...event({ method: 'POST', body, isBase64Encoded: true }),
      more: 'x'.repeat(30_000),
    });
    expect(Buffer.byteLength(whole)).toBeLessThan(6_291_456);
  });
});
