import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { html } from 'hono/html';
import * as z from 'zod';
import type { LocalIssuer } from '../../adapters/local/issuer.ts';
import type { Catalogue } from '../../functions/procedures/catalogue.ts';

/** RFC 6749, 4.1.2: a code is good once, and not for long. */
const CODE_MS = 60_000;

export interface LoginClient {
  id: string;
  secret: string;
  redirectUri: string;
}

export interface LoginServiceOptions {
  issuer: LocalIssuer;
  client: LoginClient;
  catalogue: Catalogue;
  clock: { now(): number };
  /** Path of the stylesheet that its page shares. */
  stylesheet: string;
}

interface Granted {
  subject: string;
  nonce: string;
  challenge: string;
  until: number;
}

/** Who applies in the samples. */
const SAMPLE_APPLICANTS = [
  { subject: 'mai', name: 'Trần Thị Mai', personalId: '001195003366' },
  { subject: 'duc', name: 'Nguyễn Văn Đức', personalId: '001188001199' },
  // Of whom the population register knows nothing.
  { subject: 'ngoc', name: 'Lê Minh Ngọc', personalId: '001199009900' },
];

const Asked = z.object({
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: z.string(),
  state: z.string().max(500),
  nonce: z.string().max(500),
  code_challenge: z.string().max(200),
  code_challenge_method: z.literal('S256'),
});
type Asked = z.infer<typeof Asked>;

/**
 * The sample login: whoever opens its page picks who he is, and nothing is asked. So it is there only where it is asked for (`serve --sample-login`), and answers
 * only by the address under which the issuer is published, to what names no proxy. A proxy that hides itself it cannot tell from this machine's browser.
 */
export function loginService(options: LoginServiceOptions): Hono {
  const { issuer, client, clock, catalogue } = options;
  const app = new Hono();
  const codes = new Map<string, Granted>();
  const { host } = new URL(issuer.issuer);
  const guard: MiddlewareHandler = async (c, next) => {
    const isOwn =
      new URL(c.req.url).host === host &&
      !c.req.raw.headers.has('x-forwarded-for') &&
      !c.req.raw.headers.has('forwarded');
    if (!isOwn) return c.text('The sample login serves the browser of this machine alone.', 403);
    await next();
    c.res.headers.set(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    c.res.headers.set('cache-control', 'no-store');
    c.res.headers.set('referrer-policy', 'no-referrer');
    return undefined;
  };
  app.use('/authorize', guard);
  app.use('/token', guard);
  app.get('/authorize', (c) => {
    const asked = askedOf(client, c.req.query());
    return asked
      ? pickPage(c, options, asked)
      : c.text('Expected an authorization request of the console (code with PKCE).', 400);
  });
  app.post('/authorize', async (c) => {
    const sent = await c.req.parseBody();
    const asked = askedOf(client, c.req.query());
    const subject = typeof sent['subject'] === 'string' ? sent['subject'].trim().slice(0, 100) : '';
    if (!asked) return c.text('Expected an authorization request of the console (code with PKCE).', 400);
    const back = new URL(client.redirectUri);
    back.searchParams.set('state', asked.state);
    back.searchParams.set('iss', issuer.issuer);
    if (subject === '') back.searchParams.set('error', 'access_denied');
    else {
      const code = randomBytes(32).toString('base64url');
      for (const [known, { until }] of codes) if (until < clock.now()) codes.delete(known);
      codes.set(code, { subject, nonce: asked.nonce, challenge: asked.code_challenge, until: clock.now() + CODE_MS });
      back.searchParams.set('code', code);
    }
    return c.redirect(back.href, 303);
  });
  app.post('/token', async (c) => {
    const sent = await c.req.parseBody();
    const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name] : '');
    const granted = codes.get(text('code'));
    codes.delete(text('code'));
    const challenge = createHash('sha256').update(text('code_verifier')).digest('base64url');
    const holds =
      granted !== undefined &&
      clock.now() < granted.until &&
      challenge === granted.challenge &&
      sent['redirect_uri'] === client.redirectUri;
    if (!isClient(c, client)) return c.json({ error: 'invalid_client' }, 401);
    if (!holds || sent['grant_type'] !== 'authorization_code') return c.json({ error: 'invalid_grant' }, 400);
    const { subject, nonce } = granted;
    const personalId = SAMPLE_APPLICANTS.find((each) => each.subject === subject)?.personalId;
    const token = await issuer.issueIdToken({
      subject,
      ...(personalId !== undefined && { personalId }),
      client: client.id,
      nonce,
      // The administrator's power comes from the issuer's claims alone; this issuer believes the registry.
      ...((await isAdministrator(catalogue, subject)) && { role: 'admin' }),
    });
    return c.json({
      id_token: token,
      token_type: 'Bearer',
      access_token: randomBytes(16).toString('base64url'),
      expires_in: 60,
    });
  });
  return app;
}

function askedOf(client: LoginClient, query: Record<string, string>): Asked | undefined {
  const asked = Asked.safeParse(query);
  return asked.success && asked.data.client_id === client.id && asked.data.redirect_uri === client.redirectUri
    ? asked.data
    : undefined;
}

function isClient(c: Context, { id, secret }: LoginClient): boolean {
  const expected = createHash('sha256')
    .update(`Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`)
    .digest();
  const given = createHash('sha256')
    .update(c.req.header('authorization') ?? '')
    .digest();
  return timingSafeEqual(expected, given);
}

interface Person {
  subject: string;
  name: string;
  as: string;
}

async function officialsOf(catalogue: Catalogue): Promise<{ unit: string; people: Person[] }[]> {
  const units = await catalogue.units();
  const groups = await Promise.all(
    units.map(async ({ id, name }) => {
      const officials = await catalogue.directory.officialsOf(id);
      const people = officials.map((official) => ({
        subject: official.subject,
        name: official.name,
        as: official.appointments
          .filter(({ unit }) => unit === id)
          .map(({ title }) => title)
          .join(', '),
      }));
      return { unit: name, people };
    }),
  );
  return groups.filter(({ people }) => people.length > 0);
}

async function isAdministrator({ directory }: Catalogue, subject: string): Promise<boolean> {
  const official = await directory.bySubject(subject);
  return official?.appointments.some(({ role }) => role === 'admin') ?? false;
}

async function pickPage(c: Context, { catalogue, stylesheet }: LoginServiceOptions, asked: Asked): Promise<Response> {
  const groups = [
    { unit: 'Người nộp hồ sơ / Applicants', people: SAMPLE_APPLICANTS.map((person) => ({ ...person, as: '' })) },
    ...(await officialsOf(catalogue)),
  ];
  const action = `/authorize?${new URLSearchParams({ ...asked }).toString()}`;
  const page = html`<!doctype html>
    <html lang="vi" class="govuk-template">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Đăng nhập thử / Sample login</title>
        <link rel="stylesheet" href="${stylesheet}" />
      </head>
      <body class="govuk-template__body">
        <div class="govuk-width-container">
          <main class="govuk-main-wrapper">
            <h1 class="govuk-heading-l">Đăng nhập thử / Sample login</h1>
            <p class="govuk-body">
              Chỉ để thử trên máy này: ai mở trang này cũng có thể là bất kỳ ai.
              <span lang="en">For trying things out on this machine: whoever opens this page can be anybody.</span>
            </p>
            ${groups.map(
              ({ unit, people }) =>
                html`<h2 class="govuk-heading-m">${unit}</h2>
                  <ul class="govuk-list">
                    ${people.map(
                      ({ subject, name, as }) =>
                        html`<li>
                          <form method="post" action="${action}">
                            <button
                              type="submit"
                              class="govuk-button govuk-button--secondary govuk-!-margin-bottom-1"
                              name="subject"
                              value="${subject}"
                            >
                              ${name}${as === '' ? '' : ` – ${as}`}
                            </button>
                          </form>
                        </li>`,
                    )}
                  </ul>`,
            )}
          </main>
        </div>
      </body>
    </html>`;
  return c.html(await page);
}
