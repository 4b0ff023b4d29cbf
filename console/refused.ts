import type { Problem } from '../schemas/api.ts';
import { codeOf } from './ask-api.ts';
import { type Content, html, when } from './html/markup.ts';
import { page, type PageParts } from './html/layout.ts';
import { AT, type Visit } from './visit.ts';

const STATUSES = [400, 401, 403, 404, 409, 410, 413, 422, 500, 503] as const;

function statusOf(status: number): NonNullable<PageParts['status']> {
  return STATUSES.find((known) => known === status) ?? 500;
}

/** What the API refused, in words: what it means for the person, and what he can do. */
export function refusedPage(visit: Visit, problem: Problem, { back }: { back?: string } = {}): Promise<Response> {
  const { t } = visit;
  return page(visit, {
    title: t.refused.heading,
    status: statusOf(problem.status),
    ...(back !== undefined && { back }),
    body: html`<h1 class="govuk-heading-l">${t.refused.heading}</h1>
      <p class="govuk-body">${refusalText(visit, problem)}</p>
      ${when(problem.status !== 404, () => html`<p class="govuk-body">${t.refused.nothing}</p>`)}
      ${groundsOf(visit, problem)}
      <p class="govuk-body"><a class="govuk-link" href="${AT}">${t.continue}</a></p>`,
  });
}

export function refusalText({ t }: Pick<Visit, 't'>, problem: Problem): string {
  return t.refused[codeOf(problem)] ?? t.refused.other;
}

/** The law by which somebody may not act: what he can take to whoever can change it. */
export function groundsOf({ t }: Pick<Visit, 't'>, { grounds = [] }: Problem): Content {
  const laws = [...new Set(grounds.flatMap(({ legalBasis, instrument }) => [legalBasis, instrument]))].filter(
    (each) => each !== undefined,
  );
  return when(laws.length > 0, () => html`<p class="govuk-body">${t.decide.grounds}: ${laws.join('; ')}</p>`);
}

/** A page that says one thing. */
export function plainPage(
  visit: Visit,
  {
    title,
    text,
    status,
    link,
  }: { title: string; text: string; status: NonNullable<PageParts['status']>; link?: { href: string; text: string } },
): Promise<Response> {
  return page(visit, {
    title,
    status,
    body: html`<h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${text}</p>
      ${when(link, () => html`<p class="govuk-body"><a class="govuk-link" href="${link?.href}">${link?.text}</a></p>`)}`,
  });
}

export function notFoundPage(visit: Visit): Promise<Response> {
  return plainPage(visit, {
    title: visit.t.ofAddress,
    text: visit.t.refused['not-found'] ?? visit.t.refused.other,
    status: 404,
    link: { href: AT, text: visit.t.continue },
  });
}
