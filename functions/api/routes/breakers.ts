import * as z from 'zod';
import { Outage } from '../../../schemas/events/numbers.ts';
import { Instant, Slug } from '../../../schemas/ids.ts';
import { listAll } from '../../organisation/list-all.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const ConnectorBreaker = z.strictObject({
  url: z.string().describe('One breaker for each address'),
  connectors: z
    .array(Slug)
    .describe('That are reached there; none: a system of the configuration, or one no longer described'),
  state: z
    .enum(['closed', 'open', 'trying'])
    .describe('`open`: nothing is sent; `trying`: the pause is over, one more failure opens it again'),
  since: Instant.describe('Since when it stands so; at the earliest since this process began'),
  until: Instant.nullable().describe('When it is tried again, where it is open'),
  failures: z.int().min(0).describe('In a row'),
  lastFailure: z.strictObject({ at: Instant, why: Outage, detail: z.string() }).nullable(),
  lastAnswer: Instant.nullable(),
});
const ConnectorBreakers = z.strictObject({
  since: Instant.describe('Since when the process that answers remembers'),
  items: z.array(ConnectorBreaker),
});

/** Where circuit breakers stand: memory of a process, so told with since when that process remembers. */
export function breakerRoutes({ platform }: Surface): Route[] {
  const told = (at: number): string => new Date(at).toISOString();
  return [
    route({
      method: 'get',
      path: '/breakers',
      id: 'listBreakers',
      summary:
        'Where the circuit breakers of connectors stand, as the process that answers has met them: on one machine there is no other; on AWS each instance of each function has its own',
      who: ['admin'],
      answers: { 200: { description: 'Of each address that this process has sent to', schema: ConnectorBreakers } },
      async handle() {
        const { since, addresses } = platform.connectors.breakers();
        const known = (await listAll(platform.registry, 'connector')).map(({ record }) => record);
        const reachedAt = (url: string): string[] =>
          known
            .filter(({ endpoint, numbering }) => endpoint.url === url || numbering?.void?.url === url)
            .map(({ id }) => id);
        return json(200, {
          since: told(since),
          items: addresses.map(({ url, lastFailure, lastAnswer, until, ...each }) => ({
            url,
            connectors: reachedAt(url),
            ...each,
            since: told(each.since),
            until: until === null ? null : told(until),
            lastFailure: lastFailure && { ...lastFailure, at: told(lastFailure.at) },
            lastAnswer: lastAnswer === null ? null : told(lastAnswer),
          })),
        });
      },
    }),
  ];
}
