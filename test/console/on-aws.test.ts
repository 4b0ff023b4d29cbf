import { gunzipSync, gzipSync } from 'node:zlib';
import { answerEvent, type HttpEvent, type HttpResult, LARGEST_BODY } from '../../functions/api/http-event.ts';
import { ConsoleHouse, MAI, type Person, RECEPTION } from '../builders/console-house.ts';

const FILES = 'https://onetrack-dev-data-transfers.s3.ap-southeast-1.amazonaws.com';
let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open([], undefined, { maxRequestBytes: LARGEST_BODY, filesOrigin: FILES });
});
afterAll(() => house.close());

interface Asked {
  method?: string;
  query?: string;
  headers?: Record<string, string>;
  cookies?: string[];
  body?: Buffer;
}

/** As API Gateway hands a request to a function: names of headers in small letters, cookies beside them, what is no text in base64. */
function event(rawPath: string, { method = 'GET', query = '', headers, cookies, body }: Asked): HttpEvent {
  return {
    rawPath,
    rawQueryString: query,
    headers: { 'accept-language': 'en', ...headers },
    ...(cookies && { cookies }),
    ...(body && { body: body.toString('base64') }),
    isBase64Encoded: body !== undefined,
    requestContext: { domainName: 'abc.execute-api.ap-southeast-1.amazonaws.com', http: { method } },
  };
}

const ask = (path: string, asked: Asked = {}): Promise<HttpResult> => answerEvent(house.console, event(path, asked));
const cookiesOf = (person: Person): string[] => [house.session(person).cookie, '__Host-onetrack-language=en'];
const textOf = ({ body, isBase64Encoded, headers }: HttpResult): string => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** A form with files, as a browser sends it. */
async function multipart(fields: Record<string, string | File>): Promise<Pick<Asked, 'headers' | 'body'>> {
  const data = new FormData();
  for (const [name, value] of Object.entries({ csrf: house.session(MAI).csrf, unit: 'thu-lam', ...fields }))
    data.append(name, value);
  const request = new Request('https://onetrack.example/', { method: 'POST', body: data });
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  return { headers, body: Buffer.from(await request.arrayBuffer()) };
}

const ENTERED = {
  '/applicant/name': 'Trần Thị Mai',
  '/applicant/birthDate.day': '17',
  '/applicant/birthDate.month': '5',
  '/applicant/birthDate.year': '1994',
  '/applicant/address': 'Xã Thư Lâm, thành phố Hà Nội',
};
const pdf = (bytes: number): File =>
  new File([Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(bytes)])], 'portrait.pdf');

describe('the console behind an HTTP API', () => {
  it('compresses its pages itself, for who can read it', async () => {
    const packed = await ask('/console/procedures', { headers: { 'accept-encoding': 'gzip, deflate, br' } });
    expect([packed.headers['content-encoding'], packed.isBase64Encoded]).toEqual(['gzip', true]);
    const plain = await ask('/console/procedures');
    expect([plain.headers['content-encoding'], plain.isBase64Encoded]).toEqual([undefined, false]);
    expect(textOf(packed)).toBe(plain.body);
    const weight = Buffer.from(packed.body, 'base64').length + gzipSync(house.style.text).length;
    expect(weight).toBeLessThan(60_000);
  });

  it('sends its styles for good, under a name that changes with them', async () => {
    const at = `/console/assets/${house.style.name}`;
    const { statusCode, headers } = await ask(at, { headers: { 'accept-encoding': 'gzip' } });
    expect([statusCode, headers['content-encoding'], headers['cache-control']]).toEqual([
      200,
      'gzip',
      'public, max-age=31536000, immutable',
    ]);
    expect((await ask('/console/assets/other.css')).statusCode).toBe(404);
  });

  it('answers HEAD as GET, without a page', async () => {
    const { statusCode, body } = await ask('/console/procedures', { method: 'HEAD' });
    expect({ statusCode, body }).toEqual({ statusCode: 200, body: '' });
    expect((await ask('/console/procedures', { method: 'DELETE' })).statusCode).toBe(404);
  });

  it('leads to its public address alone, whatever host a request names', async () => {
    const asked: string[] = [];
    house.login = {
      begin: async (redirectUri) => {
        asked.push(redirectUri);
        return { url: 'https://issuer.example/authorize', kept: { state: '', nonce: '', verifier: '', redirectUri } };
      },
      finish: async (returned) => {
        asked.push(returned);
        return { ok: true, subject: 'mai' };
      },
    };
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    const begun = await ask('/console/login', { headers, query: 'to=/console/mine' });
    const [login = ''] = begun.cookies ?? [];
    const cookies = [login.split(';')[0] ?? ''];
    const done = await ask('/console/login/done', { headers, query: 'code=c&state=s', cookies });
    expect(asked).toEqual([
      'https://onetrack.example/console/login/done',
      'https://onetrack.example/console/login/done?code=c&state=s',
    ]);
    expect([begun.headers['location'], done.headers['location']]).toEqual([
      'https://issuer.example/authorize',
      '/console/mine',
    ]);
    const page = await ask('/console/procedures/library-card', { headers });
    expect(JSON.stringify([begun, done, page])).not.toContain('evil.example');
  });

  it('keeps a login in cookies of this host alone, each of its own', async () => {
    const { cookies = [], headers } = await ask('/console/login');
    expect(headers).not.toHaveProperty('set-cookie');
    expect(cookies).toEqual([
      expect.stringMatching(/^__Host-onetrack-login=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    const mine = await ask('/console/mine', { cookies: cookiesOf(MAI) });
    expect([mine.statusCode, textOf(mine).includes('mai')]).toEqual([200, true]);
    const asNobody = await ask('/console/mine');
    expect([asNobody.statusCode, asNobody.headers['location']]).toEqual([303, '/console/login?to=%2Fconsole%2Fmine']);
  });

  it('takes a form with files, byte by byte', async () => {
    const form = await multipart({ ...ENTERED, page: '3', step: 'next', 'file:portrait': pdf(200_000) });
    const next = await ask('/console/apply/library-card', { method: 'POST', cookies: cookiesOf(MAI), ...form });
    expect([next.statusCode, /name="uploaded"\s+value="portrait u[a-z0-9]+ portrait.pdf"/.test(textOf(next))]).toEqual([
      200,
      true,
    ]);
  });

  it('says beforehand how much may come at once, and in words where it is more', async () => {
    const cookies = cookiesOf(MAI);
    const before = await multipart({ ...ENTERED, page: '2', step: 'next' });
    const documents = await ask('/console/apply/library-card', { method: 'POST', cookies, ...before });
    expect(textOf(documents)).toContain('on this page together may have at most 4.4 MB');
    expect(textOf(documents)).toContain('up to 4.4 MB');
    // By itself a file is not bound by it: so the script of the page says.
    expect(textOf(documents)).toMatch(/data-max="5000000"\s+data-hint="[^"]+ up to 5 MB\./);
    expect(documents.headers['content-security-policy']).toMatch(
      `form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self' ${FILES}; script-src 'self'; connect-src 'self' ${FILES}`,
    );
    const form = await multipart({ ...ENTERED, page: '3', step: 'next', 'file:portrait': pdf(LARGEST_BODY) });
    const answer = await ask('/console/apply/library-card', { method: 'POST', cookies, ...form });
    expect([answer.statusCode, textOf(answer).includes('together may have at most 4.4 MB')]).toEqual([413, true]);
    const large = await multipart({ ...ENTERED, page: '3', step: 'next', 'file:portrait': pdf(4_450_000) });
    const fault = await ask('/console/apply/library-card', { method: 'POST', cookies, ...large });
    expect([fault.statusCode, textOf(fault).includes('a file may have at most 4.4 MB')]).toEqual([422, true]);
  });

  it('lets pictures and framed documents come from where files lie, and nothing else', async () => {
    const { headers } = await ask('/console/procedures');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'self'; img-src 'self' ${FILES}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self' ${FILES}`,
    );
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('shows a PDF in a frame from where files lie, led to by the API, without another origin of documents', async () => {
    const id = await house.api.submitted(await house.api.applicant('mai'));
    const task = await ask(`/console/tasks/${id}.receive.1`, { cookies: cookiesOf(RECEPTION) });
    expect(textOf(task)).toMatch(/<iframe class="ot-shown" name="shown-[0-9a-f]{16}"/);
    const [, at = ''] = /href="(\/console\/dossiers\/[^"]*\/shown)"/.exec(textOf(task)) ?? [];
    const shown = await ask(at, { cookies: cookiesOf(RECEPTION) });
    expect([shown.statusCode, shown.headers['location']]).toEqual([303, expect.stringContaining(`/files/${id}/`)]);
    const stranger = { subject: 'dong-anh-reception', office: { unit: 'dong-anh', role: 'reception' } };
    expect((await ask(at, { cookies: cookiesOf(stranger) })).statusCode).toBe(403);
  });

  it('logs of a page that fails neither what was asked nor by whom', async () => {
    house.login = {
      begin: () => Promise.reject(new Error('Trần Thị Mai')),
      finish: () => Promise.reject(new Error('Trần Thị Mai')),
    };
    house.logged.length = 0;
    const failed = await ask('/console/login', { query: 'to=/console/mine?name=Mai', cookies: cookiesOf(MAI) });
    expect(failed.statusCode).toBe(500);
    expect(house.logged).toEqual([{ level: 'error', code: 'console-failed', error: 'Error', path: '/console/login' }]);
  });
});
