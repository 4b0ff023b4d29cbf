import * as z from 'zod';
import { SlugPath } from '../../../schemas/api.ts';
import { Reorganisation, ReorganisationRecord } from '../../../schemas/reorganisation.ts';
import { countLeft } from '../../reorganisations/follow.ts';
import {
  cancelReorganisation,
  COUNT_CAP,
  impactOf,
  planReorganisation,
  refusePlan,
} from '../../reorganisations/plan.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { empty, json, route, type Route, type Surface } from '../surface.ts';

const PlanQuery = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false').describe('true: says what it would do, and plans nothing'),
});
const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  after: z.string().max(100).optional(),
});
const Impact = z.strictObject({
  dossiers: z.int().describe(`Open dossiers that would follow now, counted up to ${COUNT_CAP}`),
  ends: z.array(z.string()).describe('Units that end'),
  vacant: z
    .array(z.strictObject({ unit: z.string(), role: z.string() }))
    .describe('Offices whose work comes there, and that nobody would hold on that day'),
  systems: z.array(z.string()).describe('Agencies’ systems that speak for a unit that ends'),
  subscriptions: z.array(z.string()).describe('Subscriptions to a unit that ends'),
  instruments: z.array(z.string()).describe('Instruments that end with their unit'),
});
const Planned = z.strictObject({ reorganisation: ReorganisationRecord.optional(), impact: Impact });
const Standing = ReorganisationRecord.extend({
  left: z.int().describe(`Open dossiers that have still to follow, counted up to ${COUNT_CAP}`),
});
const List = z.strictObject({ items: z.array(ReorganisationRecord), next: z.string().optional() });

/** Units that merge, split, are renamed or abolished, or hand on procedures. */
export function reorganisationRoutes(surface: Surface): Route[] {
  return [plan(surface), list(surface), read(surface), cancel(surface)];
}

function plan({ platform, catalogue }: Surface): Route {
  return route({
    method: 'post',
    path: '/reorganisations',
    id: 'planReorganisation',
    summary: 'Plan a reorganisation, or plan it anew before its instant; what it does is said first',
    who: ['admin'],
    query: PlanQuery,
    body: Reorganisation,
    answers: {
      200: { description: 'What it would do', schema: Planned },
      201: { description: 'Planned, and what it will do', schema: Planned },
    },
    async handle({ body, query }) {
      if (query.dryRun === 'true') {
        const refused = await refusePlan(platform, catalogue, body);
        if (refused) answerRefusal(refused.refusal);
        return json(200, { impact: await impactOf(platform, catalogue, body) });
      }
      const planned = await planReorganisation(platform, catalogue, body);
      if (!planned.ok) answerRefusal(planned.refusal);
      return json(201, { reorganisation: planned.record, impact: await impactOf(platform, catalogue, body) });
    },
  });
}

function list({ platform }: Surface): Route {
  return route({
    method: 'get',
    path: '/reorganisations',
    id: 'listReorganisations',
    summary: 'Every reorganisation, planned or in force, in order of id',
    who: ['admin'],
    query: ListQuery,
    answers: { 200: { description: 'One page', schema: List } },
    async handle({ query: { limit, after } }) {
      const page = await platform.registry.list('reorganisation', { limit, ...(after !== undefined && { after }) });
      return json(200, {
        items: page.items.map(({ record }) => record),
        ...(page.next !== undefined && { next: page.next }),
      });
    },
  });
}

function read(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'get',
    path: '/reorganisations/{id}',
    id: 'readReorganisation',
    summary: 'One reorganisation: how many dossiers have followed, how many are left',
    who: ['admin'],
    params: SlugPath,
    answers: { 200: { description: 'It', schema: Standing } },
    async handle({ params }) {
      const record = await find(surface, params.id);
      return json(200, { ...record, left: await countLeft(platform, record, COUNT_CAP) });
    },
  });
}

function cancel(surface: Surface): Route {
  return route({
    method: 'delete',
    path: '/reorganisations/{id}',
    id: 'cancelReorganisation',
    summary: 'Take a reorganisation back, before its instant',
    who: ['admin'],
    params: SlugPath,
    answers: { 204: { description: 'Taken back' } },
    async handle({ params }) {
      const refused = await cancelReorganisation(surface.platform, await find(surface, params.id));
      if (refused) answerRefusal(refused.refusal);
      return empty(204);
    },
  });
}

async function find({ platform }: Surface, id: string): Promise<ReorganisationRecord> {
  const known = await platform.registry.get('reorganisation', id);
  if (!known) throw new RequestRefused('not-found', `expected a reorganisation, got ${id}`);
  return known.record;
}
