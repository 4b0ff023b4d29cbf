import * as z from 'zod';
import { Instant } from '../../../schemas/ids.ts';
import {
  allCertificates,
  CERTIFICATE_STATES,
  CERTIFIED,
  daysUntil,
  NEAR_DAYS,
} from '../../organisation/certificate-ends.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const DAY_MS = 86_400_000;

const Certificate = z.strictObject({
  of: z.enum(CERTIFIED).describe('`connector`: by which we are let in; `connector-ca`: who may vouch for that system'),
  id: z.string().describe('Of the connector, the unit, the official; of the record key its thumbprint'),
  until: Instant.nullable().describe('Its end, or that of an authority which came with it; null: it cannot be read'),
  days: z.int().nullable().describe('Whole days until then; below zero: it is over'),
  state: z.enum(CERTIFICATE_STATES).describe('`near`: within 30 days; `close`: within 7'),
});

/** Certificates that come to their end. */
export function certificateRoutes({ platform, catalogue }: Surface): Route[] {
  return [
    route({
      method: 'get',
      path: '/certificates',
      id: 'listCertificates',
      summary: 'Certificates that are over or end soon: of connectors, seals, the record key, officials',
      who: ['admin'],
      query: z.strictObject({
        within: z.coerce.number().int().min(1).max(10_000).default(NEAR_DAYS).describe('Days from now'),
      }),
      answers: {
        200: { description: 'The first to end first', schema: z.strictObject({ items: z.array(Certificate) }) },
      },
      async handle({ query: { within } }) {
        const now = platform.clock.now();
        const all = await allCertificates(platform, catalogue);
        const items = all
          .filter(({ until }) => until === null || until < now + within * DAY_MS)
          .map(({ until, ...each }) => ({
            ...each,
            until: until === null ? null : new Date(until).toISOString(),
            days: until === null ? null : daysUntil(until, now),
          }));
        return json(200, { items });
      },
    }),
  ];
}
