import type { Context } from 'hono';
import { sniffMediaType } from '../functions/uploads/sniff-media-type.ts';
import { askApi } from './ask-api.ts';
import { details } from './html/components.ts';
import { type Content, html, when } from './html/markup.ts';
import { documentAnswer, param } from './request.ts';
import { AT, type ConsoleParts, type Visit } from './visit.ts';

/** So long the address of a document that is shown may be used, in milliseconds: a browser follows it at once. */
const SHOWN_MS = 60_000;

/** What the other origin is told to show. */
interface Shown {
  /** The address that the API handed out. */
  location: string;
  until: number;
}

/** Another origin than the pages', where nobody is logged in: of documents alone, or where all files lie. Absent: PDFs are only downloaded. */
export function originOfShown({
  documentOrigin,
  filesOrigin,
}: Pick<ConsoleParts, 'documentOrigin' | 'filesOrigin'>): string | undefined {
  return documentOrigin ?? filesOrigin;
}

/** Beside the link to a PDF: a frame in the page, filled when it is asked for. Nothing where documents have no other origin. */
export function frameFor(
  { t, parts }: Pick<Visit, 't' | 'parts'>,
  file: { at: string; sha256: string; name: string },
): Content {
  const { at, sha256, name } = file;
  const frame = `shown-${sha256.slice(0, 16)}`;
  return when(originOfShown(parts), () =>
    details(
      t.shown.here(name),
      html`<p class="govuk-body">
          <a class="govuk-link" href="${at}/shown" target="${frame}">${t.shown.load(name)}</a>
        </p>
        <iframe class="ot-shown" name="${frame}" title="${name}" referrerpolicy="no-referrer"></iframe>`,
    ),
  );
}

/** Leads the frame to the document at its own origin. That it was read is kept as of a download. */
export async function shownStep(visit: Visit): Promise<Response> {
  const { parts, now } = visit;
  const [id, doc] = [param(visit, 'id'), param(visit, 'doc')].map(encodeURIComponent);
  const file = `/dossiers/${id}/documents/${doc}`;
  // Where files lie the address itself leads to another origin.
  if (parts.documentOrigin === undefined && parts.filesOrigin !== undefined)
    return documentAnswer(visit, `${file}?inPlace=true`);
  const answer = await documentAnswer(visit, file);
  const location = answer.headers.get('location');
  if (answer.status !== 303 || location === null || parts.documentOrigin === undefined) return answer;
  const sealed = parts.sealer.seal('shown', { location, until: now + SHOWN_MS } satisfies Shown);
  return visit.c.redirect(`${parts.documentOrigin}${AT}/shown/${sealed}/document.pdf`, 303);
}

/** Whether a request came to the origin of documents, where there is nothing else. */
export function isAtDocuments(c: Context, { documentOrigin }: Pick<ConsoleParts, 'documentOrigin'>): boolean {
  return documentOrigin !== undefined && new URL(c.req.url).host === new URL(documentOrigin).host;
}

/** What is answered there: a PDF that the console has just let somebody read, framed by the console alone. Nobody is logged in there; whoever asks for a page is led to where it is. */
export async function shownAnswer(c: Context, parts: ConsoleParts): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const [, sealed] = /^\/console\/shown\/([\w-]+)\/document\.pdf$/.exec(pathname) ?? [];
  if (sealed === undefined) return c.redirect(`${parts.publicUrl}${pathname}${search}`, 303);
  const shown = parts.sealer.open('shown', sealed) as Shown | undefined;
  const isGood = c.req.method === 'GET' && shown !== undefined && parts.clock.now() < shown.until;
  const bytes = isGood
    ? await askApi(parts.api, parts.publicUrl, { visit: c.req.raw }).fetch(shown.location)
    : undefined;
  // Whatever it is called: what a browser would draw as a page is not shown.
  const isShown = bytes !== undefined && sniffMediaType(bytes) === 'application/pdf';
  return new Response(isShown ? new Uint8Array(bytes) : null, {
    status: isShown ? 200 : 404,
    headers: {
      ...(isShown && { 'content-type': 'application/pdf', 'content-disposition': 'inline' }),
      'content-security-policy': `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${new URL(parts.publicUrl).origin}`,
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    },
  });
}
