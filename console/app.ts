import { Hono, type Context } from 'hono';
import { compress } from 'hono/compress';
import { routePath } from 'hono/route';
import { loggedPath } from '../functions/api/explain-error.ts';
import { documentAnswer, param, sentOf } from './request.ts';
import { applyPage, applyStep } from './applicant/apply.ts';
import { removalPage, removalStep } from './applicant/begun-pages.ts';
import { cataloguePage, oldVersion, procedurePage } from './applicant/catalogue.ts';
import { answerStep, minePage, ownDossierPage, rateStep, receivedPage } from './applicant/mine.ts';
import { askedPage, askedStep } from './applicant/asked.ts';
import { begunAnswerPage } from './applicant/over.ts';
import { papersPage, reusesPage } from './applicant/papers.ts';
import { supplementPage, supplementStep } from './applicant/supplement.ts';
import { announceStep } from './applicant/announce.ts';
import { UPLOAD_SCRIPT } from './applicant/upload-script.ts';
import { trackPage } from './applicant/track.ts';
import { allUsesPage, usesPage } from './applicant/uses.ts';
import { withdrawalPage, withdrawalStep } from './applicant/withdraw.ts';
import { ownAddress } from './own-address.ts';
import { finishLogin, beginLogin, chooseOffice, officesPage, logOut } from './log-in.ts';
import { keepCookie } from './cookies.ts';
import { isLanguage } from './languages/languages.ts';
import { inboxPage } from './official/inbox.ts';
import { decisionStep, signedStep } from './official/decide.ts';
import { intakePage, intakeSigned, intakeStep } from './official/intake.ts';
import { bookPage, compareStep } from './official/book.ts';
import { cashPage, cashStep } from './official/cash.ts';
import { changesPage } from './official/changes.ts';
import { findPage } from './official/find.ts';
import { handOverPage, handOverStep } from './official/hand-over.ts';
import { custodyPage, paperDebtPage, paperDossiersPage } from './official/paper-debt.ts';
import { takingStep } from './official/taking.ts';
import { officialDossierPage, openTask, type OfficialWho, taskPage } from './official/task.ts';
import { workPage } from './official/work.ts';
import { notFoundPage, plainPage, refusedPage } from './refused.ts';
import { filesAtOnce, requestLimit } from './request-limits.ts';
import { sendsFiles } from './html/layout.ts';
import { isOwnForm } from './session.ts';
import { adminPages } from './admin/pages.ts';
import { restartPage, restartStep, resumeStep, stalledDossierPage, stalledPage } from './stalled.ts';
import { isAtDocuments, shownAnswer, shownStep } from './shown.ts';
import { tellSize } from './tell.ts';
import { AT, type ConsoleParts, type Visit, visitOf, type Who } from './visit.ts';

export type Handle = (visit: Visit) => Promise<Response> | Response;

/** Who may see a page. `anyone`: it tells nothing personal; `staff`: officials, and the administrator. */
export type Audience = 'anyone' | 'logged-in' | 'applicant' | 'official' | 'admin' | 'staff';

/** Whom each audience lets in, of those who are logged in. */
const LET_IN: Record<Exclude<Audience, 'anyone'>, readonly Who['kind'][]> = {
  'logged-in': ['applicant', 'official', 'admin', 'nobody'],
  applicant: ['applicant'],
  official: ['official'],
  admin: ['admin'],
  staff: ['official', 'admin'],
};

export interface Page {
  method: 'GET' | 'POST';
  path: string;
  who: Audience;
  handle: Handle;
  /** Whether its form has files. */
  files?: boolean;
}

/** Nothing runs, frames a page or learns its address; nothing is loaded from elsewhere but pictures from where files lie. */
function policyOf({ filesOrigin, documentOrigin }: ConsoleParts): string {
  const pictures = ["'self'", ...(filesOrigin === undefined ? [] : [filesOrigin])].join(' ');
  const frames = documentOrigin === undefined ? '' : `; frame-src 'self' ${documentOrigin}`;
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

/** Every page of the console, and who may see it. */
export function pagesOf(): Page[] {
  const page = (method: Page['method'], who: Audience, path: string, handle: Handle): Page => ({
    method,
    path,
    who,
    handle,
  });
  const official =
    (handle: (visit: Visit, who: OfficialWho) => Promise<Response>): Handle =>
    (visit) =>
      visit.who.kind === 'official' ? handle(visit, visit.who) : notFoundPage(visit);
  return [
    page('GET', 'anyone', '', (visit) => visit.c.redirect(`${AT}/${homeOf(visit)}`, 303)),
    page('GET', 'anyone', '/language/:language', setLanguage),
    page('GET', 'anyone', '/login', beginLogin),
    page('GET', 'anyone', '/login/done', finishLogin),
    page('POST', 'logged-in', '/logout', logOut),
    page('GET', 'logged-in', '/offices', officesPage),
    page('POST', 'logged-in', '/offices', chooseOffice),
    page('GET', 'official', '/tasks', official(inboxPage)),
    page('GET', 'official', '/find', official(findPage)),
    page(
      'GET',
      'official',
      '/tasks/:task',
      official(async (visit, who) => {
        const opened = await openTask(visit, who, param(visit, 'task'));
        return opened.ok ? taskPage(visit, opened.open) : refusedPage(visit, opened.problem, { back: `${AT}/tasks` });
      }),
    ),
    page(
      'GET',
      'official',
      '/tasks/:task/signed',
      official((visit, who) => signedStep(visit, who, param(visit, 'task'))),
    ),
    ...(['claim', 'release'] as const).map((verb) =>
      page('POST', 'official', `/tasks/:task/${verb}`, async (visit) =>
        takingStep(visit, param(visit, 'task'), verb, await sentOf(visit)),
      ),
    ),
    page(
      'GET',
      'official',
      '/tasks/:task/hand-over',
      official((visit, who) => handOverPage(visit, who, param(visit, 'task'))),
    ),
    page(
      'POST',
      'official',
      '/tasks/:task/hand-over',
      official(async (visit, who) => handOverStep(visit, who, param(visit, 'task'), await sentOf(visit))),
    ),
    page(
      'POST',
      'official',
      '/tasks/:task/decision',
      official(async (visit, who) => decisionStep(visit, who, param(visit, 'task'), await sentOf(visit))),
    ),
    page(
      'GET',
      'official',
      '/tasks/:task/intake',
      official((visit, who) => intakePage(visit, who, param(visit, 'task'))),
    ),
    page(
      'GET',
      'official',
      '/tasks/:task/intake/signed',
      official((visit, who) => intakeSigned(visit, who, param(visit, 'task'))),
    ),
    page(
      'POST',
      'official',
      '/tasks/:task/intake',
      official(async (visit, who) => intakeStep(visit, who, param(visit, 'task'), await sentOf(visit))),
    ),
    page('GET', 'official', '/work', official(workPage)),
    page('GET', 'official', '/money', official(bookPage)),
    {
      ...page(
        'POST',
        'official',
        '/money',
        official(async (visit, who) => compareStep(visit, who, await sentOf(visit))),
      ),
      files: true,
    },
    page('GET', 'official', '/paper-debt', official(paperDebtPage)),
    page('GET', 'official', '/paper-debt/dossiers', official(paperDossiersPage)),
    page('GET', 'official', '/paper-debt/custody', official(custodyPage)),
    page('GET', 'staff', '/stalled', stalledPage),
    page('GET', 'staff', '/stalled/:id', (visit) => stalledDossierPage(visit, param(visit, 'id'))),
    page('POST', 'staff', '/stalled/:id/resume', async (visit) =>
      resumeStep(visit, param(visit, 'id'), await sentOf(visit)),
    ),
    ...adminPages(page),
    page('GET', 'admin', '/restart', restartPage),
    page('POST', 'admin', '/restart', async (visit) => restartStep(visit, await sentOf(visit))),
    page('GET', 'anyone', '/procedures', cataloguePage),
    page('GET', 'anyone', '/procedures/:id', (visit) => procedurePage(visit, param(visit, 'id'))),
    page('GET', 'anyone', '/procedures/:id/versions/:version', (visit) => oldVersion(visit, param(visit, 'id'))),
    page('GET', 'anyone', '/track', trackPage),
    page('GET', 'applicant', '/apply/:procedure', (visit) => applyPage(visit, param(visit, 'procedure'))),
    {
      ...page('POST', 'applicant', '/apply/:procedure', async (visit) =>
        applyStep(visit, param(visit, 'procedure'), await sentOf(visit)),
      ),
      files: true,
    },
    page('POST', 'applicant', '/uploads', async (visit) => announceStep(visit, await sentOf(visit))),
    page('GET', 'applicant', '/drafts/:id', (visit) => begunAnswerPage(visit, param(visit, 'id'))),
    page('GET', 'applicant', '/drafts/:id/removal', (visit) => removalPage(visit, param(visit, 'id'))),
    page('POST', 'applicant', '/drafts/:id/removal', (visit) => removalStep(visit, param(visit, 'id'))),
    page('GET', 'applicant', '/mine', minePage),
    page('GET', 'applicant', '/mine/:id', (visit) => ownDossierPage(visit, param(visit, 'id'))),
    page('GET', 'applicant', '/mine/:id/received', (visit) => receivedPage(visit, param(visit, 'id'))),
    page('POST', 'applicant', '/mine/:id/answer', async (visit) =>
      answerStep(visit, param(visit, 'id'), await sentOf(visit)),
    ),
    page('POST', 'applicant', '/mine/:id/rating', async (visit) =>
      rateStep(visit, param(visit, 'id'), await sentOf(visit)),
    ),
    page('GET', 'applicant', '/mine/:id/supplement', (visit) => supplementPage(visit, param(visit, 'id'))),
    {
      ...page('POST', 'applicant', '/mine/:id/supplement', async (visit) =>
        supplementStep(visit, param(visit, 'id'), await sentOf(visit)),
      ),
      files: true,
    },
    page('GET', 'applicant', '/mine/:id/asked/:task', (visit) =>
      askedPage(visit, param(visit, 'id'), param(visit, 'task')),
    ),
    {
      ...page('POST', 'applicant', '/mine/:id/asked/:task', async (visit) =>
        askedStep(visit, param(visit, 'id'), param(visit, 'task'), await sentOf(visit)),
      ),
      files: true,
    },
    page('GET', 'applicant', '/mine/:id/uses', (visit) => usesPage(visit, param(visit, 'id'))),
    page('GET', 'applicant', '/uses', allUsesPage),
    page('GET', 'applicant', '/papers', papersPage),
    page('GET', 'applicant', '/papers/:id', (visit) => reusesPage(visit, param(visit, 'id'))),
    page('GET', 'applicant', '/mine/:id/withdrawal', (visit) => withdrawalPage(visit, param(visit, 'id'))),
    page('POST', 'applicant', '/mine/:id/withdrawal', async (visit) =>
      withdrawalStep(visit, param(visit, 'id'), await sentOf(visit)),
    ),
    page('GET', 'applicant', '/mine/:id/result', (visit) =>
      documentAnswer(visit, `/dossiers/${encodeURIComponent(param(visit, 'id'))}/result`),
    ),
    page('GET', 'applicant', '/mine/:id/evidence', (visit) =>
      documentAnswer(visit, `/dossiers/${encodeURIComponent(param(visit, 'id'))}/evidence`),
    ),
    page('GET', 'official', '/dossiers/:id', (visit) => officialDossierPage(visit, param(visit, 'id'))),
    page('GET', 'official', '/dossiers/:id/changes', (visit) => changesPage(visit, param(visit, 'id'))),
    page('GET', 'official', '/dossiers/:id/cash', (visit) => cashPage(visit, param(visit, 'id'))),
    page('POST', 'official', '/dossiers/:id/cash', async (visit) =>
      cashStep(visit, param(visit, 'id'), await sentOf(visit)),
    ),
    page('GET', 'logged-in', '/dossiers/:id/documents/:doc/shown', shownStep),
    page('GET', 'logged-in', '/dossiers/:id/documents/:doc', (visit) =>
      documentAnswer(
        visit,
        `/dossiers/${encodeURIComponent(param(visit, 'id'))}/documents/${encodeURIComponent(param(visit, 'doc'))}`,
      ),
    ),
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
    const tooMuch = sizeRefused(visit, files);
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

/** The answer to a form that is more than is held in memory: judged before it is read. */
function sizeRefused({ c, t, parts }: Visit, files: boolean): { title: string; text: string; status: 413 } | undefined {
  if (Number(c.req.header('content-length') ?? Infinity) <= requestLimit(parts, files)) return undefined;
  const text = files ? t.apply.tooMuch(tellSize(t, filesAtOnce(parts))) : (t.refused['too-large'] ?? t.refused.other);
  return { title: t.refused.heading, text, status: 413 };
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
