import * as z from 'zod';
import { asTyped } from '../../../domain/written-text.ts';
import { lackedOf } from '../../../schemas/typeface.ts';
import { LONGEST_WORDS } from '../../../schemas/longest-words.ts';
import { TaskPath } from '../../../schemas/api.ts';
import { OnBehalfOf } from '../../../schemas/actor.ts';
import { Instant } from '../../../schemas/ids.ts';
import { LinkPath, LinkQuery, LinkRequest } from '../../../schemas/links.ts';
import type { Refusal } from '../../../schemas/refusals.ts';
import { type Issued, issueLink } from '../../links/issue-link.ts';
import { groundsInWords } from '../../links/capacity.ts';
import {
  askedOf,
  decideByLink,
  openLink,
  type OpenLink,
  recordRefusedLink,
  type Shut,
  type ShutLink,
} from '../../links/open-link.ts';
import { consoleAddress } from '../../links/send-link.ts';
import { type AskedPage, askedPage, plainPage } from '../../links/page.ts';
import { type PageLanguage, type Word, WORDS } from '../../links/words.ts';
import { officialActor } from '../authentication.ts';
import { idFor } from '../idempotency.ts';
import { type Answered, answerRefusal, RequestRefused, statusOf } from '../problem.ts';
import { readBytes } from '../read-request.ts';
import { json, remember, route, type Route, type Surface } from '../surface.ts';

const Sent = z.strictObject({
  link: z.string().describe('Id of the link; its token is in the mail and nowhere else'),
  official: z.string().describe('To whom it goes'),
  until: Instant,
  onBehalfOf: OnBehalfOf.optional().describe('In whose stead he decides; absent: in an office that is his own'),
  insteadOf: z.string().optional().describe('Who was named, and is away: the official stands in for him'),
  leadsTo: z
    .enum(['decision', 'console'])
    .describe('`console`: a login, a signature or a form is wanted, so the mail asks him to log in and holds no link'),
});
/** Bytes of a filled-in page: two fields. */
const FORM_LIMIT = 40_000;
const CODE_OF_SHUT = {
  unknown: 'not-found',
  expired: 'link-expired',
  decided: 'task-closed',
  handedOn: 'link-expired',
  refused: 'not-entitled',
  console: 'assurance-too-low',
} as const satisfies Record<Shut, Answered['code']>;

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
      const { official, onBehalfOf } = body;
      const answerOf = ({ own: _, instrument: __, ...issued }: Issued) => ({ link, until, ...issued });
      const issued = await issueLink(platform, catalogue, {
        link,
        task: params.id,
        official,
        onBehalfOf,
        until,
        by,
        idempotency: (to) => remember(key, 202, () => answerOf(to)),
      });
      if (!issued.ok) return answerRefusal(issued.refusal);
      return json(202, answerOf(issued.issued));
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
      if (!opened.ok) return shutPage(surface, request, lang, opened);
      const asked = await askedOf(surface.platform, surface.catalogue, opened.link, lang);
      return pageOf(200, askedPage(lang, { ...asked, errors: [] }));
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
      if (!opened.ok) {
        const { kept, refusal } = opened;
        if (kept && refusal) await recordRefusedLink(platform, kept, refusal);
        return shutPage(surface, request, lang, opened);
      }
      const form = new URLSearchParams(Buffer.from(await readBytes(request, FORM_LIMIT)).toString('utf8'));
      const entered = {
        outcome: form.get('outcome') ?? '',
        comment: asTyped(form.get('comment') ?? '').replaceAll('\r\n', '\n'),
      };
      const error = faultOf(entered.comment);
      if (error) return askedAgain(surface, request, { link: opened.link, lang, entered, error });
      const decided = opened.link.task.outcomes.includes(entered.outcome)
        ? await decideByLink(platform, catalogue, opened.link, entered)
        : undefined;
      if (decided?.ok) return pageOf(200, plainPage(lang, { heading: 'doneHeading', text: WORDS[lang].doneText }));
      return refusedPage(surface, request, { link: opened.link, lang, entered, refusal: decided?.refusal });
    },
  });
}

interface Refused {
  link: OpenLink;
  lang: PageLanguage;
  entered: { outcome: string; comment: string };
  /** Absent: no outcome was chosen. */
  refusal: Refusal | undefined;
}

async function refusedPage(
  surface: Surface,
  request: Request,
  { link, lang, entered, refusal }: Refused,
): Promise<Response> {
  const code = refusal?.code ?? 'outcome-not-offered';
  const { kept } = link;
  if (code === 'task-closed') return shutPage(surface, request, lang, { shut: 'decided', refusal, kept });
  if (code === 'link-expired') {
    const shut = surface.platform.clock.now() >= kept.until ? 'expired' : 'handedOn';
    return shutPage(surface, request, lang, { shut });
  }
  const error = { 'outcome-not-offered': CHOOSE, 'reason-missing': SAY_WHY }[code as string];
  if (!error) return shutPage(surface, request, lang, { shut: 'refused', refusal, kept });
  return askedAgain(surface, request, { link, lang, entered, error });
}

/** The page with what was entered, and what is wrong with it. */
async function askedAgain(
  surface: Surface,
  request: Request,
  { link, lang, entered, error }: Omit<Refused, 'refusal'> & { error: PageError },
): Promise<Response> {
  if (!wantsPage(request)) throw new RequestRefused('invalid-request', WORDS.en[error.word]);
  const asked = await askedOf(surface.platform, surface.catalogue, link, lang);
  return pageOf(422, askedPage(lang, { ...asked, entered, errors: [error] }));
}

type PageError = AskedPage['errors'][number];
const TOO_LONG: PageError = { field: 'comment', word: 'tooLong' };
const CHOOSE: PageError = { field: 'outcome', word: 'choose' };
const SAY_WHY: PageError = { field: 'comment', word: 'reason' };
const UNPRINTABLE: PageError = { field: 'comment', word: 'unprintable' };

/** What is wrong with a reason, whatever is decided. */
function faultOf(comment: string): PageError | undefined {
  if (comment.length > LONGEST_WORDS) return TOO_LONG;
  return lackedOf(comment) === undefined ? undefined : UNPRINTABLE;
}

/** To a browser a page, to everything else problem details: of a task that is decided with what stands, of a refusal with its grounds. */
function shutPage(
  { platform }: Surface,
  request: Request,
  lang: PageLanguage,
  shut: ShutLink,
): Response | Promise<Response> {
  const code = shut.shut === 'refused' && shut.refusal ? shut.refusal.code : CODE_OF_SHUT[shut.shut];
  if (!wantsPage(request)) return answerShut(code, shut);
  if (shut.shut === 'console' && shut.kept) {
    const link = { href: consoleAddress(platform, shut.kept.task), word: 'openConsole' as const };
    return pageOf(403, plainPage(lang, { heading: 'consoleHeading', text: WORDS[lang].console, link }));
  }
  return pageOf(statusOf(code), plainPage(lang, { heading: 'closedHeading', ...toldOf(shut, lang) }));
}

function answerShut(code: Answered['code'], { shut, refusal }: ShutLink): never {
  if (shut === 'refused' && refusal) return answerRefusal(refusal);
  const { decided } = refusal ?? {};
  throw new RequestRefused(code, WORDS.en[shut], decided && { decided });
}

/** Why it leads nowhere, in words; where no rule can be named, as the API says it. */
function toldOf({ shut, refusal }: ShutLink, lang: PageLanguage): { text: string; reasons: string[] } {
  const word = wordOf(shut, refusal);
  const text = WORDS[lang][word];
  const reasons = shut === 'refused' ? groundsInWords(refusal ?? {}, lang) : [];
  const { claimedBy, detail } = refusal ?? {};
  if (claimedBy !== undefined) return { text: `${text} (${claimedBy}).`, reasons };
  return word === 'refused' && reasons.length === 0 ? { text: `${text}: ${detail}`, reasons } : { text, reasons };
}

/** What is said of it first. */
function wordOf(shut: Shut, refusal: Refusal | undefined): Word {
  if (shut !== 'refused') return shut;
  if (refusal?.code === 'claimed-by-another') return 'taken';
  return refusal?.code === 'wrong-status' ? 'standsStill' : 'refused';
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
