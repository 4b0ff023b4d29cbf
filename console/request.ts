import { asTyped } from '../domain/written-text.ts';
import { plainPage, refusedPage } from './refused.ts';
import { formKind } from './request-limits.ts';
import type { Visit } from './visit.ts';
import type { Problem } from '../schemas/api.ts';

/** What a form sent: a field that came several times is a list. Read once for each request. Nothing, where it is no form or broke off: so it is not of this login either. */
export async function sentOf({ c }: Visit): Promise<Readonly<Record<string, unknown>>> {
  const isForm = formKind(c.req.header('content-type')) !== undefined;
  const sent = isForm ? await c.req.parseBody({ all: true }).catch(() => ({})) : {};
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, typed(value)]));
}

/** The API refuses what turns a text or was never written; whoever pasted it along does not see it. */
function typed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(typed);
  return typeof value === 'string' ? asTyped(value) : value;
}

/** A part of the address. */
export function param({ c }: Visit, name: string): string {
  return c.req.param(name) ?? '';
}

/** Leads to where the API says that the file lies, for some minutes. */
export async function documentAnswer(visit: Visit, path: string): Promise<Response> {
  const answer = await visit.api.raw(path);
  const location = answer.headers.get('location');
  if (answer.status === 303 && location !== null) return visit.c.redirect(location, 303);
  const { t } = visit;
  if (answer.status === 202)
    return plainPage(visit, {
      title: t.refused.heading,
      text: t.refused['result-not-ready'] ?? t.refused.other,
      status: 409,
    });
  return refusedPage(visit, (await answer.json()) as Problem);
}
