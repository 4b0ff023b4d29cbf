import { refusedPage } from './refused.ts';
import type { Visit } from './visit.ts';
import type { Problem } from '../schemas/api.ts';

/** What a form sent: a field that came several times is a list. Read once for each request. */
export async function sentOf({ c }: Visit): Promise<Readonly<Record<string, unknown>>> {
  return c.req.parseBody({ all: true });
}

/** Leads to where the API says that the file lies, for some minutes. */
export async function documentAnswer(visit: Visit, path: string): Promise<Response> {
  const answer = await visit.api.raw(path);
  const location = answer.headers.get('location');
  if (answer.status === 303 && location !== null) return visit.c.redirect(location, 303);
  return refusedPage(visit, (await answer.json()) as Problem);
}
