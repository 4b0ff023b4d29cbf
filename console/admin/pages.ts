import { declare, type Page } from '../pages.ts';
import { param, sentOf } from '../request.ts';
import type { Visit } from '../visit.ts';

/** Loaded at first need: administrators are few. */
const definitions = () => import('./definitions.ts');
const changes = () => import('./changes.ts');
const publication = () => import('./publication.ts');
const handIn = () => import('./hand-in.ts');
const subscriptions = () => import('./subscriptions.ts');
const subscribe = () => import('./subscribe.ts');
const aside = () => import('./set-aside.ts');
const connectors = () => import('./connectors.ts');
const certificates = () => import('./certificates.ts');

/** What the administrator sees and does: procedures and their versions, who is told of events, what could not be delivered, which connections stand, which certificates end. */
export function adminPages(): Page[] {
  const { get, post, postFiles } = declare('admin');
  const version = '/definitions/:id/:version';
  const named = (visit: Visit): [string, string] => [param(visit, 'id'), param(visit, 'version')];
  const step = (what: 'publish' | 'retire'): Page =>
    post(`${version}/${what}`, async (visit) => {
      const [id, of] = named(visit);
      return (await publication()).versionStep(visit, { id, version: of, what }, await sentOf(visit));
    });
  return [
    get('/definitions', async (visit) => (await definitions()).definitionsPage(visit)),
    get('/definitions/:id', async (visit) => (await definitions()).definitionPage(visit, param(visit, 'id'))),
    get(version, async (visit) => (await definitions()).versionPage(visit, ...named(visit))),
    get(`${version}/changes`, async (visit) => (await changes()).changesPage(visit, ...named(visit))),
    get(`${version}/publish`, async (visit) => (await publication()).publishPage(visit, ...named(visit))),
    step('publish'),
    get(`${version}/retire`, async (visit) => (await publication()).retirePage(visit, ...named(visit))),
    step('retire'),
    get('/hand-in', async (visit) => (await handIn()).handInPage(visit)),
    postFiles('/hand-in', async (visit) => (await handIn()).handInStep(visit, await sentOf(visit))),
    get('/subscriptions', async (visit) => (await subscriptions()).subscriptionsPage(visit)),
    get('/subscriptions/new', async (visit) => (await subscribe()).newSubscriptionPage(visit)),
    post('/subscriptions', async (visit) => (await subscribe()).subscribeStep(visit, await sentOf(visit))),
    get('/subscriptions/:id/end', async (visit) => (await subscribe()).endPage(visit, param(visit, 'id'))),
    post('/subscriptions/:id/end', async (visit) => (await subscribe()).endStep(visit, param(visit, 'id'))),
    get('/subscriptions/:id', async (visit) => (await subscriptions()).subscriptionPage(visit, param(visit, 'id'))),
    post('/subscriptions/:id/redeliver', async (visit) =>
      (await subscriptions()).redeliverStep(visit, param(visit, 'id')),
    ),
    get('/connectors', async (visit) => (await connectors()).connectorsPage(visit)),
    get('/certificates', async (visit) => (await certificates()).certificatesPage(visit)),
    get('/dead-letters', async (visit) => (await subscriptions()).deadLettersPage(visit)),
    post('/dead-letters/redeliver', async (visit) =>
      (await subscriptions()).redeliverLettersStep(visit, await sentOf(visit)),
    ),
    get('/dead-letters/set-aside', async (visit) => (await aside()).setAsidePage(visit)),
    get('/dead-letters/:id/set-aside', async (visit) => (await aside()).settingAsidePage(visit, param(visit, 'id'))),
    post('/dead-letters/:id/set-aside', async (visit) =>
      (await aside()).setAsideStep(visit, param(visit, 'id'), await sentOf(visit)),
    ),
  ];
}
