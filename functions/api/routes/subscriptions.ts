import * as z from 'zod';
import { NoBody, NoQuery, SubscriptionPath, SubscriptionRequest } from '../../../schemas/api.ts';
import { Subscription } from '../../../schemas/organisation.ts';
import { listAll } from '../../procedures/catalogue.ts';
import { redeliver as redeliverMeant } from '../../relay/dead-letters.ts';
import type { Identity } from '../authentication.ts';
import { idFor } from '../idempotency.ts';
import { RequestRefused } from '../problem.ts';
import { empty, json, route, type Route, type Surface } from '../surface.ts';

const Shown = Subscription.omit({ secret: true });
const SubscriptionList = z.strictObject({ items: z.array(Shown) });
const Redelivered = z.strictObject({ redelivered: z.int().describe('Deliveries taken up again') });

type Owner = Extract<Identity, { kind: 'official' | 'admin' }>;

/** Whom to tell of which events. */
export function subscriptionRoutes(surface: Surface): Route[] {
  return [list(surface), subscribe(surface), unsubscribe(surface), redeliver(surface)];
}

function list({ platform }: Surface): Route {
  return route({
    method: 'get',
    path: '/subscriptions',
    id: 'listSubscriptions',
    summary: 'The caller’s subscriptions; all of them to the administrator',
    who: ['official', 'admin'],
    query: NoQuery,
    answers: { 200: { description: 'Without their secrets', schema: SubscriptionList } },
    async handle({ identity }) {
      const known = await listAll(platform.registry, 'subscription');
      const items = known
        .map(({ record }) => record)
        .filter((record) => isOwner(identity, record))
        .map(({ secret: _, ...shown }) => shown);
      return json(200, { items });
    },
  });
}

function subscribe({ platform, catalogue }: Surface): Route {
  return route({
    method: 'post',
    path: '/subscriptions',
    id: 'subscribe',
    summary: 'Be told of events; the answer holds the secret that signs them',
    who: ['official', 'admin'],
    body: SubscriptionRequest,
    answers: { 201: { description: 'Made', schema: Subscription } },
    async handle({ identity, body, key }) {
      const units = identity.kind === 'official' ? [identity.appointment.unit] : body.units;
      const foreign = body.units.find((unit) => !units.includes(unit));
      if (foreign !== undefined)
        throw new RequestRefused('wrong-unit', `official of ${units.join(', ')} asked for events of ${foreign}`);
      // Empty means all that the owner is entitled to: for the administrator every unit there is now.
      const entitled = units.length > 0 ? units : (await catalogue.units()).map(({ id }) => id);
      const id = `s${idFor(platform, key)}`;
      const known = await platform.registry.get('subscription', id);
      if (known) {
        if (known.record.url !== body.url || known.record.types.join() !== body.types.join())
          throw new RequestRefused('idempotency-mismatch', 'expected the same body under the same Idempotency-Key');
        return json(201, known.record);
      }
      const record: Subscription = {
        id,
        url: body.url,
        types: body.types,
        units: entitled,
        secret: `whsec_${Buffer.from(platform.ids.random(32)).toString('base64')}`,
        owner: identity.subject,
        created: new Date(platform.clock.now()).toISOString(),
      };
      const put = await platform.registry.put('subscription', id, record, 0);
      if (put === 'conflict') throw new RequestRefused('conflict', 'the same subscription is being made; ask again');
      return json(201, record);
    },
  });
}

function unsubscribe(surface: Surface): Route {
  return route({
    method: 'delete',
    path: '/subscriptions/{id}',
    id: 'unsubscribe',
    summary: 'Be told no more',
    who: ['official', 'admin'],
    params: SubscriptionPath,
    answers: { 204: { description: 'Gone' } },
    async handle({ identity, params }) {
      await ownSubscription(surface, identity, params.id);
      await surface.platform.registry.remove('subscription', params.id);
      return empty(204);
    },
  });
}

function redeliver(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'post',
    path: '/subscriptions/{id}/redeliver',
    id: 'redeliver',
    summary: 'Take up again the deliveries that were given up',
    who: ['official', 'admin'],
    params: SubscriptionPath,
    body: NoBody,
    answers: { 200: { description: 'How many', schema: Redelivered } },
    async handle({ identity, params }) {
      await ownSubscription(surface, identity, params.id);
      const prefix = `subscriptions:${params.id}:`;
      const redelivered = await redeliverMeant(platform, ({ group }) => group.startsWith(prefix));
      return json(200, { redelivered });
    },
  });
}

async function ownSubscription({ platform }: Surface, identity: Owner, id: string): Promise<void> {
  const known = await platform.registry.get('subscription', id);
  if (!known || !isOwner(identity, known.record))
    throw new RequestRefused('not-found', 'expected a subscription of the caller');
}

function isOwner(identity: Owner, { owner }: Subscription): boolean {
  return identity.kind === 'admin' || owner === identity.subject;
}
