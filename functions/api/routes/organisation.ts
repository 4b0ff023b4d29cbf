import * as z from 'zod';
import type { RecordOf } from '../../../domain/ports/registry.ts';
import { SlugPath } from '../../../schemas/api.ts';
import { Slug } from '../../../schemas/ids.ts';
import { AgencySystem, Instrument, Official, Unit } from '../../../schemas/organisation.ts';
import type { Refused } from '../../../schemas/refusals.ts';
import { refuseInstrumentNow } from '../../organisation/register-instrument.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  after: Slug.optional().describe('Id of the last one of the page before'),
});
type Kind = 'unit' | 'official' | 'instrument' | 'system';

/** Units, officials, instruments and systems, kept by the administrator. */
export function organisationRoutes(surface: Surface): Route[] {
  return [
    ...recordRoutes(surface, { kind: 'unit', path: '/units', schema: Unit, show: (unit) => unit }),
    ...recordRoutes(surface, { kind: 'official', path: '/officials', schema: Official, show: (official) => official }),
    ...recordRoutes(surface, {
      kind: 'instrument',
      path: '/instruments',
      schema: Instrument,
      show: (instrument) => instrument,
      refuse: (instrument) => refuseInstrumentNow(surface, instrument),
    }),
    ...recordRoutes(surface, {
      kind: 'system',
      path: '/systems',
      schema: AgencySystem,
      show: ({ secrets: _, ...shown }) => shown,
    }),
  ];
}

interface Records<K extends Kind> {
  kind: K;
  path: string;
  schema: z.ZodType<RecordOf[K]>;
  /** What of it is shown: secrets never. */
  show: (record: RecordOf[K]) => unknown;
  /** Whether it cannot be kept, as the organisation is now. */
  refuse?: (record: RecordOf[K]) => Promise<Refused | undefined>;
}

function recordRoutes<K extends Kind>(surface: Surface, { kind, path, schema, show, refuse }: Records<K>): Route[] {
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return [
    route({
      method: 'get',
      path,
      id: `list${name}s`,
      summary: `Every ${kind}, in order of id`,
      who: ['admin'],
      query: ListQuery,
      answers: { 200: { description: 'One page' } },
      async handle({ query: { limit, after } }) {
        const page = await surface.platform.registry.list(kind, { limit, ...(after !== undefined && { after }) });
        return json(200, {
          items: page.items.map(({ record }) => show(record)),
          ...(page.next && { next: page.next }),
        });
      },
    }),
    route({
      method: 'get',
      path: `${path}/{id}`,
      id: `read${name}`,
      summary: `One ${kind}`,
      who: ['admin'],
      params: SlugPath,
      answers: { 200: { description: 'It' } },
      async handle({ params }) {
        const known = await surface.platform.registry.get(kind, params.id);
        if (!known) throw new RequestRefused('not-found', `expected a ${kind} that exists, got ${params.id}`);
        return json(200, show(known.record));
      },
    }),
    route({
      method: 'put',
      path: `${path}/{id}`,
      id: `put${name}`,
      summary: `Write one ${kind}`,
      who: ['admin'],
      params: SlugPath,
      body: schema,
      answers: { 200: { description: 'Written' } },
      async handle({ params, body }) {
        if (body.id !== params.id)
          throw new RequestRefused('invalid-request', `expected id ${params.id}, got ${body.id}`);
        const refused = await refuse?.(body);
        if (refused) answerRefusal(refused.refusal);
        const known = await surface.platform.registry.get(kind, params.id);
        const put = await surface.platform.registry.put(kind, params.id, body, known?.revision ?? 0);
        if (put === 'conflict') throw new RequestRefused('conflict', `${kind} ${params.id} was changed meanwhile`);
        return json(200, show(body));
      },
    }),
  ];
}
