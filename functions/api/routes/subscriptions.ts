import * as z from 'zod';
import {
  AttemptQuery,
  NoBody,
  NoQuery,
  RotationRequest,
  SubscriptionPath,
  SubscriptionRequest,
} from '../../../schemas/api.ts';
import { Instant } from '../../../schemas/ids.ts';
import { Subscription } from '../../../schemas/organisation.ts';
import { listAll } from '../../organisation/list-all.ts';
import type { Catalogue } from '../../procedures/catalogue.ts';
import { redeliver as redeliverMeant } from '../../relay/dead-letters.ts';
import { handedOut, newSecret, rotated, schemeOf, shown } from '../../subscriptions/secrets.ts';
import type { Identity } from '../authentication.ts';
import { idFor } from '../idempotency.ts';
import { RequestRefused } from '../problem.ts';
import { empty, json, route, type Route, type Surface } from '../surface.ts';

const Shown = Subscription.omit({ secret: true, previous: true }).extend({
  publicKey: z.string().optional().describe('`whpk_`: verifies what is sent, where ed25519 signs'),
  previousUntil: Instant.optional().describe('Until then the secret before the last rotation signs as well'),
});
const Made = Shown.extend({
  secret: z.string().optional().describe('`whsec_`: verifies what is sent, where HMAC signs; shown this once'),
});
const SubscriptionList = z.strictObject({ items: z.array(Shown) });
const Redelivered = z.strictObject({ redelivered: z.int().describe('Deliveries taken up again') });
const Attempt = z.strictObject({
  message: z.string().describe('`webhook-id`, and `id` of the event'),
  at: Instant,
  attempt: z.int().positive().describe('1 for the first'),
  status: z.int().optional().describe('HTTP status of the answer'),
  failed: z.string().optional().describe('Why none came, or why nothing was sent'),
  took: z.int().describe('Milliseconds'),
});
const AttemptList = z.strictObject({ items: z.array(Attempt), next: z.string().optional() });

type Owner = Extract<Identity, { kind: 'official' | 'admin' | 'system' }>;

/** Whom to tell of which events. */
export function subscriptionRoutes(surface: Surface): Route[] {
  return [
    list(surface),
    subscribe(surface),
    unsubscribe(surface),
    rotate(surface),
    redeliver(surface),
    attempts(surface),
  ];
}

function list({ platform }: Surface): Route {
  return route({
    method: 'get',
    path: '/subscriptions',
    id: 'listSubscriptions',
    summary: 'The caller’s subscriptions; all of them to the administrator',
    who: ['official', 'admin', 'system'],
    scope: 'subscriptions.manage',
    query: NoQuery,
    answers: { 200: { description: 'Without their secrets', schema: SubscriptionList } },
    async handle({ identity }) {
      const known = await listAll(platform.registry, 'subscription');
      const now = platform.clock.now();
      const own = known.map(({ record }) => record).filter((record) => isOwner(identity, record));
      return json(200, { items: own.map((record) => shown(record, now)) });
    },
  });
}

function subscribe({ platform, catalogue }: Surface): Route {
  return route({
    method: 'post',
    path: '/subscriptions',
    id: 'subscribe',
    summary: 'Be told of events; the answer holds the key by which to verify them',
    who: ['official', 'admin', 'system'],
    scope: 'subscriptions.manage',
    body: SubscriptionRequest,
    answers: { 201: { description: 'Made', schema: Made } },
    async handle({ identity, body, key }) {
      const unreachable = await platform.outbound.refuses(body.url);
      if (unreachable !== undefined)
        throw new RequestRefused('invalid-request', unreachable, { errors: [{ at: '/url', expected: unreachable }] });
      const own = await unitsOf(catalogue, identity);
      const foreign = body.units.find((unit) => !own.includes(unit));
      if (foreign !== undefined)
        throw new RequestRefused(
          'wrong-unit',
          `the caller is told of ${own.join(', ')}, and asked for events of ${foreign}`,
        );
      const entitled = body.units.length > 0 ? body.units : own;
      const id = `s${idFor(platform, key)}`;
      const now = platform.clock.now();
      const known = await platform.registry.get('subscription', id);
      if (known) {
        const { url, types } = known.record;
        if (url !== body.url || types.join() !== body.types.join() || schemeOf(known.record) !== body.signature)
          throw new RequestRefused('idempotency-mismatch', 'expected the same body under the same Idempotency-Key');
        return json(201, handedOut(known.record, now));
      }
      const record: Subscription = {
        id,
        url: body.url,
        types: body.types,
        units: entitled,
        secret: newSecret(platform, body.signature, key),
        owner: identity.subject,
        ...groundOf(identity),
        created: new Date(now).toISOString(),
      };
      const put = await platform.registry.put('subscription', id, record, 0);
      if (put === 'conflict') throw new RequestRefused('conflict', 'the same subscription is being made; ask again');
      return json(201, handedOut(record, now));
    },
  });
}

/** Units of which the caller may be told: for the administrator every unit there is now. */
async function unitsOf(catalogue: Catalogue, identity: Owner): Promise<string[]> {
  if (identity.kind === 'official') return [identity.appointment.unit];
  return identity.kind === 'system' ? identity.system.units : (await catalogue.units()).map(({ id }) => id);
}

/** By what the caller is entitled: the subscription ends with it. */
function groundOf(identity: Owner): Pick<Subscription, 'by'> {
  if (identity.kind === 'admin') return {};
  if (identity.kind === 'system') return { by: { system: identity.system.id } };
  const { official, appointment } = identity;
  return { by: { official: official.id, unit: appointment.unit, role: appointment.role } };
}

function unsubscribe(surface: Surface): Route {
  return route({
    method: 'delete',
    path: '/subscriptions/{id}',
    id: 'unsubscribe',
    summary: 'Be told no more',
    who: ['official', 'admin', 'system'],
    scope: 'subscriptions.manage',
    params: SubscriptionPath,
    answers: { 204: { description: 'Gone' } },
    async handle({ identity, params }) {
      await ownSubscription(surface, identity, params.id);
      await surface.platform.registry.remove('subscription', params.id);
      return empty(204);
    },
  });
}

function rotate(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'post',
    path: '/subscriptions/{id}/rotate',
    id: 'rotateSecret',
    summary: 'A new secret; the present one signs beside it for a while, so that no message is refused',
    who: ['official', 'admin', 'system'],
    scope: 'subscriptions.manage',
    params: SubscriptionPath,
    body: RotationRequest,
    answers: { 200: { description: 'With the new key', schema: Made } },
    async handle({ identity, params, body, key }) {
      const { record, revision } = await ownSubscription(surface, identity, params.id);
      const now = platform.clock.now();
      const secret = newSecret(platform, schemeOf(record), key);
      if (secret === record.secret) return json(200, handedOut(record, now));
      const next = rotated(record, secret, { now, hours: body.overlapHours });
      if (!next)
        throw new RequestRefused(
          'conflict',
          `two secrets are valid until ${record.previous?.until ?? ''}; with overlapHours 0 both end at once`,
        );
      const put = await platform.registry.put('subscription', params.id, next, revision);
      if (put === 'conflict') throw new RequestRefused('conflict', 'the subscription was changed meanwhile; ask again');
      return json(200, handedOut(next, now));
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
    who: ['official', 'admin', 'system'],
    scope: 'subscriptions.manage',
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

function attempts(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/subscriptions/{id}/attempts',
    id: 'listAttempts',
    summary: 'What was sent when, and what came back; kept for 14 days',
    who: ['official', 'admin', 'system'],
    scope: 'subscriptions.manage',
    params: SubscriptionPath,
    query: AttemptQuery,
    answers: { 200: { description: 'One page, newest first', schema: AttemptList } },
    async handle({ identity, params, query: { limit, after } }) {
      await ownSubscription(surface, identity, params.id);
      const page = { limit, ...(after !== undefined && { after }) };
      const { items, next } = await surface.platform.deliveries.list(params.id, page);
      return json(200, {
        items: items.map(({ subscription: _, at, ...attempt }) => ({ ...attempt, at: new Date(at).toISOString() })),
        ...(next !== undefined && { next }),
      });
    },
  });
}

async function ownSubscription({ platform }: Surface, identity: Owner, id: string) {
  const known = await platform.registry.get('subscription', id);
  if (!known || !isOwner(identity, known.record))
    throw new RequestRefused('not-found', 'expected a subscription of the caller');
  return known;
}

function isOwner(identity: Owner, { owner, by }: Subscription): boolean {
  if (identity.kind === 'admin') return true;
  const ofSystem = by !== undefined && 'system' in by;
  return owner === identity.subject && ofSystem === (identity.kind === 'system');
}
