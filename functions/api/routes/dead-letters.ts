import * as z from 'zod';
import { DeadLetterQuery, RedeliverRequest } from '../../../schemas/api.ts';
import { DeadLetter, SetAside, SetAsideRequest } from '../../../schemas/dead-letters.ts';
import { deadLetterOf, redeliver, setAside } from '../../relay/dead-letters.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const DeadLetterList = z.strictObject({ items: z.array(DeadLetter), next: z.string().optional() });
const SetAsideList = z.strictObject({ items: z.array(SetAside), next: z.string().optional() });
const SetAsideCount = z.strictObject({
  setAside: z.int().describe('Set aside; what was no dead letter is not counted'),
});
const Redelivered = z.strictObject({ redelivered: z.int().describe('Taken up again') });

/** What could not be delivered in about three days of attempts, was refused for good, or cannot be done at all. */
export function deadLetterRoutes({ platform }: Surface): Route[] {
  return [
    route({
      method: 'get',
      path: '/dead-letters',
      id: 'listDeadLetters',
      summary:
        'What was given up: mail, webhooks, void numbers of which their keepers have not heard, papers that nobody waits for',
      who: ['admin'],
      query: DeadLetterQuery,
      answers: { 200: { description: 'One page, in order of id', schema: DeadLetterList } },
      async handle({ query: { limit, after } }) {
        const { items, next } = await platform.store.outboxDead({ limit, ...(after !== undefined && { after }) });
        return json(200, { items: items.map(deadLetterOf), ...(next !== undefined && { next }) });
      },
    }),
    route({
      method: 'post',
      path: '/dead-letters/redeliver',
      id: 'redeliverDeadLetters',
      summary: 'Take up again these dead letters, or all of a kind',
      who: ['admin'],
      body: RedeliverRequest,
      answers: { 200: { description: 'How many; what was no dead letter is not counted', schema: Redelivered } },
      async handle({ body: { ids, kind } }) {
        const wanted = ids && new Set(ids);
        const redelivered = await redeliver(
          platform,
          (row) => (wanted?.has(row.id) ?? true) && (kind === undefined || row.kind === kind),
        );
        return json(200, { redelivered });
      },
    }),
    route({
      method: 'post',
      path: '/dead-letters/set-aside',
      id: 'setDeadLettersAside',
      summary: 'Try these dead letters never again; who says so and why is kept, and cannot be undone',
      who: ['admin'],
      body: SetAsideRequest,
      answers: { 200: { description: 'How many', schema: SetAsideCount } },
      async handle({ identity, body: { ids, reason } }) {
        const at = new Date(platform.clock.now()).toISOString();
        const said = { by: identity.subject, at, reason: reason.normalize('NFC') };
        return json(200, { setAside: await setAside(platform, ids, said) });
      },
    }),
    route({
      method: 'get',
      path: '/dead-letters/set-aside',
      id: 'listSetAside',
      summary: 'Dead letters that were set aside: what, by whom, when and why',
      who: ['admin'],
      query: DeadLetterQuery,
      answers: { 200: { description: 'One page, in order of id', schema: SetAsideList } },
      async handle({ query: { limit, after } }) {
        const { items, next } = await platform.registry.list('setAside', {
          limit,
          ...(after !== undefined && { after }),
        });
        return json(200, { items: items.map(({ record }) => record), ...(next !== undefined && { next }) });
      },
    }),
  ];
}
