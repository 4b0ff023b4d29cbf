import { param, sentOf } from '../request.ts';
import type { Visit } from '../visit.ts';
import {
  changesPage,
  definitionPage,
  definitionsPage,
  publishPage,
  retirePage,
  versionPage,
  versionStep,
} from './definitions.ts';
import {
  deadLettersPage,
  redeliverLettersStep,
  redeliverStep,
  subscriptionPage,
  subscriptionsPage,
} from './subscriptions.ts';

type Handle = (visit: Visit) => Promise<Response> | Response;
type Declare<P> = (method: 'GET' | 'POST', who: 'admin', path: string, handle: Handle) => P;

/** What the administrator sees and does: procedures and their versions, who is told of events, what could not be delivered. */
export function adminPages<P>(page: Declare<P>): P[] {
  const get = (path: string, handle: Handle): P => page('GET', 'admin', path, handle);
  const post = (path: string, handle: Handle): P => page('POST', 'admin', path, handle);
  const version = '/definitions/:id/:version';
  const named = (visit: Visit): [string, string] => [param(visit, 'id'), param(visit, 'version')];
  const step = (what: 'publish' | 'retire'): P =>
    post(`${version}/${what}`, async (visit) => {
      const [id, of] = named(visit);
      return versionStep(visit, { id, version: of, what }, await sentOf(visit));
    });
  return [
    get('/definitions', definitionsPage),
    get('/definitions/:id', (visit) => definitionPage(visit, param(visit, 'id'))),
    get(version, (visit) => versionPage(visit, ...named(visit))),
    get(`${version}/changes`, (visit) => changesPage(visit, ...named(visit))),
    get(`${version}/publish`, (visit) => publishPage(visit, ...named(visit))),
    step('publish'),
    get(`${version}/retire`, (visit) => retirePage(visit, ...named(visit))),
    step('retire'),
    get('/subscriptions', subscriptionsPage),
    get('/subscriptions/:id', (visit) => subscriptionPage(visit, param(visit, 'id'))),
    post('/subscriptions/:id/redeliver', (visit) => redeliverStep(visit, param(visit, 'id'))),
    get('/dead-letters', deadLettersPage),
    post('/dead-letters/redeliver', async (visit) => redeliverLettersStep(visit, await sentOf(visit))),
  ];
}
