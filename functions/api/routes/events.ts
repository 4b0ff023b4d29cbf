import * as z from 'zod';
import { FeedQuery } from '../../../schemas/api.ts';
import { unitsTold } from '../../subscriptions/units-told.ts';
import { cloudEvent } from '../../subscriptions/cloud-event.ts';
import type { Identity } from '../authentication.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const Feed = z.strictObject({
  items: z.array(z.record(z.string(), z.unknown())).describe('CloudEvents 1.0, the same ids as by webhook'),
  cursor: z.string().describe('Ask again after it; also when there was nothing'),
});
/** Pages of the whole feed that one request looks through for what the caller may read. */
const MAX_PAGES = 20;

/** Units of whose dossiers the caller is told; undefined: all. */
function unitsOf(identity: Extract<Identity, { kind: 'official' | 'admin' | 'system' }>): string[] | undefined {
  if (identity.kind === 'admin') return undefined;
  return identity.kind === 'official' ? [identity.appointment.unit] : identity.system.units;
}

/** All events that the caller is entitled to, in the order of commit: to reconcile after an outage. */
export function eventRoutes({ platform }: Surface): Route[] {
  return [
    route({
      method: 'get',
      path: '/events',
      id: 'readFeed',
      summary: 'All events of the caller’s units in order of commit, after a cursor',
      who: ['official', 'admin', 'system'],
      scope: 'events.read',
      query: FeedQuery,
      answers: { 200: { description: 'The next events, perhaps none', schema: Feed } },
      async handle({ identity, query }) {
        const units = unitsOf(identity);
        const items: unknown[] = [];
        let cursor = query.after;
        for (let page = 0; page < MAX_PAGES && items.length < query.limit; page += 1) {
          const wanted = query.limit - items.length;
          const read = await platform.store.feed(cursor, wanted);
          cursor = read.cursor;
          for (const item of read.events)
            if (!units || unitsTold(item).some((unit) => unit !== null && units.includes(unit)))
              items.push(cloudEvent(platform, item.event));
          if (read.events.length < wanted) break;
        }
        return json(200, { items, cursor });
      },
    }),
  ];
}
