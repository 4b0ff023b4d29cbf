import * as z from 'zod';
import { LinkPath, LinkQuery, LinkRequest, TaskPath } from '../../../schemas/api.ts';
import { Instant } from '../../../schemas/ids.ts';
import type { Winner } from '../../../schemas/refusals.ts';
import { issueLink } from '../../links/issue-link.ts';
import { askedOf, decideByLink, openLink, type OpenLink, type Shut } from '../../links/open-link.ts';
import { type AskedPage, askedPage, plainPage } from '../../links/page.ts';
import { type PageLanguage, WORDS } from '../../links/words.ts';
import { officialActor } from '../authentication.ts';
import { idFor } from '../idempotency.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { readBytes } from '../read-request.ts';
import { json, remember, route, type Route, type Surface } from '../surface.ts';

const Sent = z.strictObject({
  link: z.string().describe('Id of the link; its token is in the mail and nowhere else'),
  official: z.string(),
  until: Instant,
});
/** Bytes of a filled-in page: two fields. */
const FORM_LIMIT = 40_000;
const STATUS_OF_SHUT = { unknown: 404, expired: 410, decided: 409, refused: 403 } as const satisfies Record<
  Shut,
  number
>;
const CODE_OF_SHUT = {
  unknown: 'not-found',
  expired: 'link-expired',
  decided: 'task-closed',
  refused: 'not-entitled',
} as const satisfies Record<Shut, string>;

/** One-time links for officials without a system. */
export function linkRoutes(surface: Surface): Route[] {
  return [send(surface), show(surface), decideOnce(surface)];
}

function send({ platform, catalogue }: Surface): Route {
  return route({
    method: 'post',
    path: '/tasks/{id}/links',
    id: 'sendLink',
    summary: 'Mail an official without a system a link that decides this task once',
    who: ['official', 'admin'],
    params: TaskPath,
    body: LinkRequest,
    answers: { 202: { description: 'On its way', schema: Sent } },
    async handle({ identity, params, body, key }) {
      const link = idFor(platform, key);
      const by =
        identity.kind === 'official'
          ? officialActor(identity.official, identity.appointment, 'login')
          : { kind: 'platform' as const };
      const until = new Date(platform.clock.now() + body.hours * 3_600_000).toISOString();
      const { official } = body;
      const answer = { link, official, until };
      const idempotency = remember(key, 202, () => answer);
      const issued = await issueLink(platform, catalogue, { link, task: params.id, official, until, by, idempotency });
      if (!issued.ok) answerRefusal(issued.refusal);
      return json(202, answer);
    },
  });
}

function show(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/links/{token}',
    id: 'showLink',
    summary: 'A page that shows what is asked; looking at it decides nothing',
    who: 'signed-address',
    params: LinkPath,
    query: LinkQuery,
    answers: { 200: { description: 'The page, HTML' } },
    async handle({ params, query: { lang }, request }) {
      const opened = await openLink(surface.platform, surface.catalogue, params.token);
      if (!opened.ok) return shutPage(request, lang, opened);
      return pageOf(200, askedPage(lang, { ...(await askedOf(surface.catalogue, opened.link, lang)), errors: [] }));
    },
  });
}

function decideOnce(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'post',
    path: '/links/{token}',
    id: 'decideByLink',
    summary: 'Decide by the page: fields outcome and comment, as a form',
    who: 'signed-address',
    params: LinkPath,
    query: LinkQuery,
    bytes: ['application/x-www-form-urlencoded'],
    answers: { 200: { description: 'Recorded; a page, HTML' } },
    async handle({ params, query: { lang }, request }) {
      const opened = await openLink(platform, catalogue, params.token);
      if (!opened.ok) return shutPage(request, lang, opened);
      const form = new URLSearchParams(Buffer.from(await readBytes(request, FORM_LIMIT)).toString('utf8'));
      const entered = { outcome: form.get('outcome') ?? '', comment: (form.get('comment') ?? '').slice(0, 4000) };
      const decided = opened.link.task.outcomes.includes(entered.outcome)
        ? await decideByLink(platform, catalogue, opened.link, entered)
        : undefined;
      if (decided?.ok) return pageOf(200, plainPage(lang, 'doneHeading', WORDS[lang].doneText));
      return refusedPage(surface, request, { link: opened.link, lang, entered, refusal: decided?.refusal });
    },
  });
}

interface Refusal {
  link: OpenLink;
  lang: PageLanguage;
  entered: { outcome: string; comment: string };
  /** Absent: no outcome was chosen. */
  refusal: { code: string; detail: string; decided?: Winner } | undefined;
}

async function refusedPage(
  { catalogue }: Surface,
  request: Request,
  { link, lang, entered, refusal }: Refusal,
): Promise<Response> {
  const code = refusal?.code ?? 'outcome-not-offered';
  if (code === 'task-closed') return shutPage(request, lang, { shut: 'decided', decided: refusal?.decided });
  const error = { 'outcome-not-offered': CHOOSE, 'reason-missing': SAY_WHY }[code];
  if (!error) return shutPage(request, lang, { shut: 'refused', detail: refusal?.detail });
  if (!wantsPage(request)) throw new RequestRefused('invalid-request', WORDS.en[error.word]);
  const asked = await askedOf(catalogue, link, lang);
  return pageOf(422, askedPage(lang, { ...asked, entered, errors: [error] }));
}

const CHOOSE: AskedPage['errors'][number] = { field: 'outcome', word: 'choose' };
const SAY_WHY: AskedPage['errors'][number] = { field: 'comment', word: 'reason' };

/** To a browser a page, to everything else problem details: of a task that is decided with what stands. */
function shutPage(
  request: Request,
  lang: PageLanguage,
  { shut, detail, decided }: { shut: Shut; detail?: string | undefined; decided?: Winner | undefined },
): Response | Promise<Response> {
  if (!wantsPage(request)) throw new RequestRefused(CODE_OF_SHUT[shut], WORDS.en[shut], decided && { decided });
  const text = detail === undefined ? WORDS[lang][shut] : `${WORDS[lang][shut]}: ${detail}`;
  return pageOf(STATUS_OF_SHUT[shut], plainPage(lang, 'closedHeading', text));
}

function wantsPage(request: Request): boolean {
  return /\btext\/html\b/.test(request.headers.get('accept') ?? '');
}

/** Nothing on a page runs, frames it, is loaded by it or learns its address. */
async function pageOf(status: number, page: ReturnType<typeof askedPage>): Promise<Response> {
  return new Response((await page).toString(), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    },
  });
}
