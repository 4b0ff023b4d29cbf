import { LANGUAGES } from '../languages/languages.ts';
import { formToken } from '../session.ts';
import type { Texts } from '../languages/vi.ts';
import { AT, type Visit, type Who } from '../visit.ts';
import { errorSummary, type Fault } from './components.ts';
import { type Content, html, type Markup, when } from './markup.ts';

export interface PageParts {
  title: string;
  body: Content;
  status?: 200 | 201 | 400 | 401 | 403 | 404 | 409 | 410 | 413 | 422 | 429 | 500 | 503;
  /** What was wrong with what was entered: at the head of the page, and in its title. */
  faults?: readonly Fault[];
  back?: string;
  /** The item of the menu that leads here. */
  at?: string;
  /** The script of a page whose form has files. */
  script?: Content;
}

/** A whole page, answered. */
export async function page(
  visit: Visit,
  { title, body, status = 200, faults = [], back, at, script }: PageParts,
): Promise<Response> {
  const { t, language, parts } = visit;
  const document = html`<!doctype html>
    <html lang="${language}" class="govuk-template">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${faults.length > 0 ? `${t.error}: ` : ''}${title} – ${t.product}</title>
        <link rel="stylesheet" href="${AT}/assets/${parts.style.name}" />
        ${script}
      </head>
      <body class="govuk-template__body">
        <a href="#main" class="govuk-skip-link">${t.skip}</a>
        ${header(visit)} ${menu(visit, at)}
        <div class="govuk-width-container">
          ${when(back, () => html`<nav aria-label="${t.back}"><a href="${back}" class="govuk-back-link">${t.back}</a></nav>`)}
          <main class="govuk-main-wrapper" id="main" tabindex="-1">${errorSummary(t, faults)} ${body}</main>
        </div>
      </body>
    </html>`;
  if (script) visit.c.set(SENDS_FILES, true);
  return visit.c.html(await document, status);
}

const SENDS_FILES = 'sends-files';

/** Whether the answer is a page that sends files by its script. */
export function sendsFiles(c: { get: (name: string) => unknown }): boolean {
  return c.get(SENDS_FILES) === true;
}

function header(visit: Visit): Markup {
  const { t, who } = visit;
  return html`<header class="ot-header">
    <div class="govuk-width-container ot-header__row govuk-body govuk-!-margin-bottom-0 govuk-!-padding-0">
      <a class="ot-header__name" href="${AT}">${t.product}</a>
      <div class="ot-header__end">
        ${languages(visit)}
        ${who.kind === 'anyone' ? html`<a href="${AT}/login?to=${encodeURIComponent(afterLogin(visit))}">${t.logIn}</a>` : loggedIn(visit)}
      </div>
    </div>
  </header>`;
}

/** Where a login leads: back here, but from where everybody begins to where the person does. */
function afterLogin(visit: Visit): string {
  const here = hereOf(visit);
  return here === `${AT}/procedures` ? AT : here;
}

/** The page again in another language; after something was sent, the beginning. */
function languages(visit: Visit): Content {
  return Object.entries(LANGUAGES)
    .filter(([code]) => code !== visit.language)
    .map(
      ([code, other]) =>
        html`<a lang="${code}" hreflang="${code}" href="${AT}/language/${code}?to=${encodeURIComponent(hereOf(visit))}"
          >${other.name}</a
        >`,
    );
}

function loggedIn(visit: Visit): Markup {
  const { t, who } = visit;
  const name =
    who.kind === 'official'
      ? `${who.official.name}, ${who.unitName}`
      : who.kind === 'nobody'
        ? ''
        : (visit.session?.subject ?? '');
  return html`<a href="${AT}/offices">${name || t.login.changeOffice}</a>
    <form method="post" action="${AT}/logout">${csrfField(visit)}<button type="submit">${t.logOut}</button></form>`;
}

const FOR_ALL = ['procedures', 'track'] as const;
const MENU = {
  anyone: FOR_ALL,
  nobody: FOR_ALL,
  applicant: ['procedures', 'mine', 'track'],
  official: ['tasks', 'work', 'find', 'procedures'],
  admin: ['definitions', 'stalled', 'subscriptions', 'connectors', 'certificates', 'procedures'],
} as const satisfies Record<Who['kind'], readonly (keyof Texts['nav'])[]>;

function menu(visit: Visit, at: string | undefined): Markup {
  const { t, who } = visit;
  const items = MENU[who.kind].map((path) => [path, t.nav[path]] as const);
  return html`<nav class="ot-nav govuk-body govuk-!-margin-bottom-0" aria-label="${t.menu}">
    <div class="govuk-width-container">
      <ul>
        ${items.map(
          ([path, name]) =>
            html`<li>
              <a
                class="govuk-link govuk-link--no-visited-state"
                href="${AT}/${path}"
                ${path === at ? html`aria-current="page"` : ''}
                >${name}</a
              >
            </li>`,
        )}
      </ul>
    </div>
  </nav>`;
}

/** Proves that a form comes from a page of this login. */
export function csrfField({ session }: Pick<Visit, 'session'>): Content {
  return session && html`<input type="hidden" name="csrf" value="${formToken(session)}" />`;
}

/** The address of this page as it can be asked for again. */
export function hereOf({ c }: Pick<Visit, 'c'>): string {
  if (c.req.method !== 'GET') return AT;
  const { pathname, search } = new URL(c.req.url);
  return `${pathname}${search}`;
}
