import { html } from 'hono/html';
import type { CapacityShown } from './capacity.ts';
import { LONGEST_WORDS } from '../../schemas/longest-words.ts';
import { outcomeWord, type PageLanguage, type Word, WORDS } from './words.ts';

type Markup = ReturnType<typeof html>;

/** What is asked. No word of it is about the applicant: a mail may lie open. */
export interface AskedPage {
  procedure: string;
  code: string;
  stage: string;
  /** Who decides, and in whose stead. */
  capacity: CapacityShown;
  due: string | null;
  until: string;
  outcomes: readonly string[];
  /** What was entered before, where something was wrong with it. */
  entered?: { outcome: string; comment: string } | undefined;
  errors: readonly { field: 'outcome' | 'comment'; word: Word }[];
}

/** A page without script, for whoever follows the link: it shows what is asked, and decides nothing by itself. */
export function askedPage(language: PageLanguage, page: AskedPage): Markup {
  const word = WORDS[language];
  const facts: [string, string][] = [
    [word.procedure, page.procedure],
    [word.dossier, page.code],
    [word.stage, page.stage],
    [word.by, page.capacity.by],
    ...(page.capacity.insteadOf === undefined
      ? []
      : ([[word.insteadOf, page.capacity.insteadOf]] as [string, string][])),
    ...(page.capacity.byInstrument ?? []).map((each): [string, string] => [word.byInstrument, each]),
    ...(page.due === null ? [] : ([[word.due, page.due]] as [string, string][])),
    [word.until, page.until],
  ];
  const wrong = (field: string): boolean => page.errors.some((error) => error.field === field);
  const title = page.errors.length > 0 ? `${word.problem}: ${word.heading}` : word.heading;
  return frame(
    language,
    title,
    html`${page.errors.length > 0 ? summary(language, page.errors) : ''}
      <h1>${word.heading}</h1>
      <p>${word.asked}</p>
      <dl>
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
      <form method="post" action="?lang=${language}" accept-charset="utf-8">
        <fieldset id="outcome" tabindex="-1" ${wrong('outcome') ? html`aria-describedby="outcome-error"` : ''}>
          <legend>${word.outcome}</legend>
          ${errorOf(language, page, 'outcome')}
          ${page.outcomes.map((outcome) => choice(language, outcome, page.entered?.outcome === outcome))}
        </fieldset>
        <p>
          <label for="comment">${word.comment}</label><br />
          <span id="comment-hint">${word.hint}</span><br />
          ${errorOf(language, page, 'comment')}
          <textarea
            id="comment"
            name="comment"
            rows="5"
            cols="60"
            maxlength="${LONGEST_WORDS}"
            aria-describedby="comment-hint${wrong('comment') ? ' comment-error' : ''}"
            ${wrong('comment') ? html`aria-invalid="true"` : ''}
          >
${page.entered?.comment ?? ''}</textarea>
        </p>
        <p>${word.once}</p>
        <p><button type="submit">${word.submit}</button></p>
      </form>`,
  );
}

/** A page that says how it stands, with nothing to decide on it. */
export function plainPage(language: PageLanguage, { heading, text, reasons = [], link }: PlainPage): Markup {
  const word = WORDS[language];
  return frame(
    language,
    word[heading],
    html`<h1>${word[heading]}</h1>
      <p>${text}</p>
      ${
        reasons.length === 0
          ? ''
          : html`<ul>
                ${reasons.map((reason) => html`<li>${reason}</li>`)}
              </ul>
              <p>${word.askAgain}</p>`
      }
      ${link === undefined ? '' : html`<p><a href="${link.href}">${word[link.word]}</a></p>`}`,
  );
}

/** What such a page says, why, and where it leads. */
export interface PlainPage {
  heading: Word;
  text: string;
  reasons?: readonly string[];
  link?: { href: string; word: Word } | undefined;
}

function choice(language: PageLanguage, outcome: string, chosen: boolean): Markup {
  return html`<p>
    <input type="radio" name="outcome" id="outcome-${outcome}" value="${outcome}" ${chosen ? html`checked` : ''} />
    <label for="outcome-${outcome}">${outcomeWord(outcome, language)}</label>
  </p>`;
}

/** Errors at the head of the page, each a link to its field. */
function summary(language: PageLanguage, errors: AskedPage['errors']): Markup {
  const word = WORDS[language];
  return html`<div role="alert" aria-labelledby="problem">
    <h2 id="problem">${word.problem}</h2>
    <ul>
      ${errors.map((error) => html`<li><a href="#${error.field}">${word[error.word]}</a></li>`)}
    </ul>
  </div>`;
}

function errorOf(language: PageLanguage, { errors }: AskedPage, field: 'outcome' | 'comment'): Markup | '' {
  const error = errors.find((each) => each.field === field);
  return error ? html`<p id="${field}-error"><strong>${WORDS[language][error.word]}</strong></p>` : '';
}

function frame(language: PageLanguage, title: string, body: Markup): Markup {
  const other = language === 'vi' ? 'en' : 'vi';
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
      </head>
      <body>
        <nav><a href="?lang=${other}" lang="${other}" hreflang="${other}">${WORDS[language].other}</a></nav>
        <main>${body}</main>
      </body>
    </html>`;
}
