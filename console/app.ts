import { Hono, type Context } from 'hono';
import { compress } from 'hono/compress';
import { routePath } from 'hono/route';
import { loggedPath } from '../functions/api/explain-error.ts';
import { type Audience, declare, type Page } from './pages.ts';
import { documentAnswer, param, sentOf } from './request.ts';
import { applicantPages } from './applicant/pages.ts';
import { UPLOAD_SCRIPT } from './applicant/upload-script.ts';
import { officialPages, stalledPages } from './official/pages.ts';
import { ownAddress } from './own-address.ts';
import { finishLogin, beginLogin, chooseOffice, officesPage, logOut } from './log-in.ts';
import { keepCookie } from './cookies.ts';
import { isLanguage } from './languages/languages.ts';
import { notFoundPage, plainPage } from './refused.ts';
import { filesAtOnce, formKind, isTooMuch, requestLimit } from './request-limits.ts';
import { sendsFiles } from './html/layout.ts';
import { isOwnForm } from './session.ts';
import { adminPages } from './admin/pages.ts';
import { isAtDocuments, originOfShown, shownAnswer, shownStep } from './shown.ts';
import { tellSize } from './tell.ts';
import { AT, type ConsoleParts, type Visit, visitOf, type Who } from './visit.ts';

/** Whom each audience lets in, of those who are logged in. */
const LET_IN: Record<Exclude<Audience, 'anyone'>, readonly Who['kind'][]> = {
  'logged-in': ['applicant', 'official', 'admin', 'nobody'],
  applicant: ['applicant'],
  official: ['official'],
  admin: ['admin'],
  staff: ['official', 'admin'],
};

/** Nothing runs, frames a page or learns its address; nothing is loaded from elsewhere but pictures from where files lie, and into a frame what is shown of documents. */
function policyOf(parts: ConsoleParts): string {
  const { filesOrigin } = parts;
  const pictures = ["'self'", ...(filesOrigin === undefined ? [] : [filesOrigin])].join(' ');
  const origin = originOfShown(parts);
  const frames = origin === undefined ? '' : `; frame-src 'self' ${origin}`;
  return `default-src 'none'; style-src 'self'; img-src ${pictures}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'${frames}`;
}

/** Beside it, of a page whose form has files: its own script runs, and sends to where files go. */
function sendingPolicy({ filesOrigin }: ConsoleParts): string {
  return `; script-src 'self'; connect-src 'self'${filesOrigin === undefined ? '' : ` ${filesOrigin}`}`;
}

function headersOf(parts: ConsoleParts): Record<string, string> {
  const { publicUrl } = parts;
  return {
    'content-security-policy': policyOf(parts),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex',
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  };
}

/** Loaded at first need, as every page is. */
const catalogue = () => import('./applicant/catalogue.ts');
const tracking = () => import('./applicant/track.ts');

/** Every page of the console, and who may see it. */
export function pagesOf(): Page[] {
  const anyone = declare('anyone');
  const loggedIn = declare('logged-in');
  return [
    anyone.get('', (visit) => visit.c.redirect(`${AT}/${homeOf(visit)}`, 303)),
    anyone.get('/language/:language', setLanguage),
    anyone.get('/login', beginLogin),
    anyone.get('/login/done', finishLogin),
    loggedIn.post('/logout', logOut),
    loggedIn.get('/offices', officesPage),
    loggedIn.post('/offices', chooseOffice),
    anyone.get('/procedures', async (visit) => (await catalogue()).cataloguePage(visit)),
    anyone.get('/procedures/:id', async (visit) => (await catalogue()).procedurePage(visit, param(visit, 'id'))),
    anyone.get('/procedures/:id/versions/:version', async (visit) =>
      (await catalogue()).oldVersion(visit, param(visit, 'id')),
    ),
    anyone.get('/track', async (visit) => (await tracking()).trackPage(visit)),
    ...applicantPages(),
    ...officialPages(),
    ...stalledPages(),
    ...adminPages(),
    loggedIn.get('/dossiers/:id/documents/:doc/shown', shownStep),
    loggedIn.get('/dossiers/:id/documents/:doc', (visit) => {
      const [id, doc] = [param(visit, 'id'), param(visit, 'doc')].map(encodeURIComponent);
      const isPrint = visit.c.req.query('print') === 'true';
      return documentAnswer(visit, `/dossiers/${id}/documents/${doc}${isPrint ? '?print=true' : ''}`);
    }),
  ];
}

/** The pages for people. Each request becomes requests to the API as the person who is logged in: the console decides nothing. */
export function createConsole(parts: ConsoleParts): Hono {
  const app = new Hono();
  const headers = headersOf(parts);
  for (const path of [AT, `${AT}/*`])
    app.use(path, async (c: Context, next) => (isAtDocuments(c, parts) ? shownAnswer(c, parts) : next()));
  app.use(`${AT}/*`, compress());
  app.use(`${AT}/*`, async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    if (sendsFiles(c)) c.res.headers.set('content-security-policy', policyOf(parts) + sendingPolicy(parts));
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  app.get(`${AT}/assets/${parts.style.name}`, () => {
    return new Response(parts.style.text, {
      headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable' },
    });
  });
  app.get(`${AT}/assets/${UPLOAD_SCRIPT.name}`, () => {
    return new Response(UPLOAD_SCRIPT.text, {
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
      },
    });
  });
  for (const { method, path, who, files = false, handle } of pagesOf())
    app.on(method, `${AT}${path}`, async (c: Context) => {
      const visit = await visitOf(c, parts);
      return (await keptOut(visit, { who, files })) ?? handle(visit);
    });
  app.all(`${AT}/*`, async (c) => notFoundPage(await visitOf(c, parts)));
  app.onError(async (error, c) => {
    const visit = await visitOf(c, parts);
    parts.log({
      level: 'error',
      code: 'console-failed',
      error: error.name,
      path: loggedPath(c.req.path, routePath(c)),
    });
    const { t } = visit;
    return plainPage(visit, {
      title: t.refused.heading,
      text: t.refused['internal-error'] ?? t.refused.other,
      status: 500,
    });
  });
  return app;
}

/** The answer to who may not come here; a form must be sent by a page of this very login. */
async function keptOut(
  visit: Visit,
  { who: audience, files }: Required<Pick<Page, 'who' | 'files'>>,
): Promise<Response | undefined> {
  const { c, t, who, session } = visit;
  const isPost = c.req.method === 'POST';
  if (audience === 'anyone') return undefined;
  if (!session) {
    if (!isPost) return c.redirect(`${AT}/login?to=${encodeURIComponent(pathOf(c))}`, 303);
    return plainPage(visit, {
      title: t.login.ended,
      text: t.login.endedText,
      status: 401,
      link: { href: `${AT}/login?to=${encodeURIComponent(backTo(c))}`, text: t.login.again },
    });
  }
  if (isPost) {
    const tooMuch = await sizeRefused(visit, files);
    if (tooMuch) return plainPage(visit, tooMuch);
    const sent = await sentOf(visit);
    if (!isOwnForm(session, sent['csrf']))
      return plainPage(visit, { title: t.login.forged, text: t.login.forgedText, status: 403 });
  }
  if (LET_IN[audience].includes(who.kind)) return undefined;
  if (who.kind === 'nobody' && !isPost) return c.redirect(`${AT}/offices`, 303);
  return plainPage(visit, {
    title: t.refused.heading,
    text: t.login.only[audience === 'logged-in' ? 'staff' : audience],
    status: 403,
    link: { href: `${AT}/offices`, text: t.login.changeOffice },
  });
}

/** The answer to a form that is more than is held in memory, judged before it is read, or that has too many fields, judged before it is taken apart. */
async function sizeRefused(
  { c, t, parts }: Visit,
  files: boolean,
): Promise<{ title: string; text: string; status: 413 } | undefined> {
  const kind = formKind(c.req.header('content-type'));
  // Only of several parts can a form have files.
  const hasFiles = files && kind?.mayHaveFiles === true;
  const refused = (text: string | undefined) =>
    ({ title: t.refused.heading, text: text ?? t.refused.other, status: 413 }) as const;
  if (Number(c.req.header('content-length') ?? Infinity) > requestLimit(parts, hasFiles))
    return refused(hasFiles ? t.apply.tooMuch(tellSize(t, filesAtOnce(parts))) : t.refused['too-large']);
  if (!kind) return undefined;
  // Whoever breaks off has sent no form: what reads it next says so.
  const form = await c.req.arrayBuffer().catch(() => undefined);
  return form && isTooMuch(form, kind) ? refused(t.refused['too-large']) : undefined;
}

/** Where somebody begins. */
function homeOf({ who }: Visit): string {
  return who.kind === 'official' ? 'tasks' : who.kind === 'admin' ? 'definitions' : 'procedures';
}

/** An application or an answer goes on from its draft; after every other form the beginning. */
function backTo(c: Context): string {
  const { pathname } = new URL(c.req.url);
  const own = pathname.replace(/\/answer$/, '');
  return /^\/console\/(apply\/[^/]+|mine\/[^/]+(\/supplement|\/asked\/[^/]+)?)$/.test(own) ? own : AT;
}

function pathOf(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return `${pathname}${search}`;
}

function setLanguage({ c, parts }: Visit): Response {
  const language = c.req.param('language');
  if (isLanguage(language)) keepCookie(c, parts, 'language', language);
  return c.redirect(ownAddress(c.req.query('to')), 303);
}
