import * as z from 'zod';
import type { OutboxRow } from '../../../domain/ports/dossier-store.ts';
import { DeadLetterQuery, RedeliverRequest } from '../../../schemas/api.ts';
import { redeliver } from '../../relay/dead-letters.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const DeadLetter = z.strictObject({
  id: z.string(),
  kind: z.enum(['mail', 'link', 'webhook', 'publish', 'keeper']),
  dossier: z.string(),
  attempts: z.int().describe('Attempts made'),
  error: z.string().describe('Why the last one failed'),
  subscription: z.string().optional().describe('Of a webhook: whom it was for'),
  message: z.string().optional().describe('Of a mail: its notice in the dossier'),
});
const DeadLetterList = z.strictObject({ items: z.array(DeadLetter), next: z.string().optional() });
const Redelivered = z.strictObject({ redelivered: z.int().describe('Taken up again') });

/** What could not be delivered in about three days of attempts, or was refused for good. */
export function deadLetterRoutes({ platform }: Surface): Route[] {
  return [
    route({
      method: 'get',
      path: '/dead-letters',
      id: 'listDeadLetters',
      summary: 'What was given up: mail, webhooks, void numbers of which their keepers have not heard',
      who: ['admin'],
      query: DeadLetterQuery,
      answers: { 200: { description: 'One page, in order of id', schema: DeadLetterList } },
      async handle({ query: { limit, after } }) {
        const { items, next } = await platform.store.outboxDead({ limit, ...(after !== undefined && { after }) });
        return json(200, { items: items.map(shown), ...(next !== undefined && { next }) });
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
  ];
}

function shown({ id, kind, dossier, attempts, error = '', body }: OutboxRow): unknown {
  const { subscription, message } = body;
  return {
    id,
    kind,
    dossier,
    attempts,
    error,
    ...(typeof subscription === 'string' && { subscription }),
    ...(typeof message === 'string' && { message }),
  };
}
