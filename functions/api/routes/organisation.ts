import * as z from 'zod';
import type { RecordOf } from '../../../domain/ports/registry.ts';
import { ImportAnswer, SlugPath } from '../../../schemas/api.ts';
import { Connector } from '../../../schemas/connector.ts';
import { Slug } from '../../../schemas/ids.ts';
import { AgencySystem, Instrument, Official, Unit } from '../../../schemas/organisation.ts';
import type { Refusal } from '../../../schemas/refusals.ts';
import type { Problem } from '../../../workflows/compiler/problem.ts';
import { importRecords } from '../../organisation/import-records.ts';
import { type JudgedKind, type RecordFault, refuseRecords } from '../../organisation/refuse-records.ts';
import { placeInText } from '../place-in-text.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { mediaTypeOf, readBytes } from '../read-request.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  after: Slug.optional().describe('Id of the last one of the page before'),
});
/** Of an import: some eight thousand rows of CSV. */
const MAX_BYTES = 1_000_000;
const MAX_ERRORS = 100;
type Kind = 'unit' | 'official' | 'instrument' | 'system' | 'connector';

/** Units, officials, instruments, systems and connectors, kept by the administrator. */
export function organisationRoutes(surface: Surface): Route[] {
  return [
    ...judgedRoutes(surface, { kind: 'unit', path: '/units', schema: Unit }),
    ...judgedRoutes(surface, { kind: 'official', path: '/officials', schema: Official }),
    ...judgedRoutes(surface, { kind: 'instrument', path: '/instruments', schema: Instrument }),
    ...recordRoutes(surface, {
      kind: 'system',
      path: '/systems',
      schema: AgencySystem,
      show: ({ secrets: _, ...shown }) => shown,
    }),
    ...recordRoutes(surface, {
      kind: 'connector',
      path: '/connectors',
      schema: Connector,
      show: withoutSecret,
      refuse: async ({ endpoint }) => {
        const { refuseCertificates } = await import('../../organisation/refuse-certificates.ts');
        const fault = refuseCertificates(endpoint, surface.platform.clock.now());
        return fault && refusalOf({ index: 0, ...fault }, `/endpoint/${fault.at.join('/')}`);
      },
    }),
  ];
}

/** Who may ask is shown, with what is not. */
function withoutSecret({ endpoint: { credentials, client, ...endpoint }, ...connector }: Connector): unknown {
  const { clientSecret: _, ...shown } = credentials ?? {};
  return {
    ...connector,
    endpoint: {
      ...endpoint,
      ...(credentials && { credentials: shown }),
      ...(client && { client: { certificate: client.certificate } }),
    },
  };
}

interface Records<K extends Kind> {
  kind: K;
  path: string;
  schema: z.ZodType<RecordOf[K]>;
  /** What of it is shown: secrets never. */
  show: (record: RecordOf[K]) => unknown;
  /** Whether it cannot be kept, as the organisation is now. */
  refuse?: (record: RecordOf[K]) => Promise<Refusal | undefined>;
}

/** Of a kind that is judged by the organisation around it, and handed in by the many too. */
function judgedRoutes<K extends JudgedKind>(
  surface: Surface,
  { kind, path, schema }: { kind: K; path: string; schema: z.ZodType<RecordOf[K]> },
): Route[] {
  const refuse = async (record: RecordOf[K]): Promise<Refusal | undefined> => {
    const [fault] = await refuseRecords(surface, kind, [record]);
    return fault && refusalOf(fault, `/${fault.at.map(String).join('/')}`);
  };
  return [
    ...recordRoutes(surface, { kind, path, schema, show: (record) => record, refuse }),
    bulk(surface, kind, path),
  ];
}

/** A fault as a refusal; `at` says where in the request. */
function refusalOf({ expected, found, refusal }: RecordFault, at: string): Refusal {
  const detail = `${at}: expected ${expected}, got ${found}`;
  return refusal ?? { code: 'record-invalid', detail, errors: [{ at, expected, found }] };
}

function bulk(surface: Surface, kind: JudgedKind, path: string): Route {
  const plural = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}s`;
  return route({
    method: 'put',
    path,
    id: `import${plural}`,
    summary: `Write many ${kind}s: a list in JSON, or CSV whose first line names the fields; all or, where one is refused, none`,
    who: ['admin'],
    query: z.strictObject({ dryRun: z.stringbool().default(false).describe('Only say what would be done') }),
    bytes: ['text/csv', 'application/json'],
    answers: { 200: { description: 'Written, or what would be', schema: ImportAnswer } },
    async handle({ request, query: { dryRun } }) {
      const { readRecords } = await import('../../../workflows/read-records.ts');
      const text = await readBytes(request, MAX_BYTES);
      const read = readRecords(kind, text, { file: `${kind}s`, format: formatOf(request) });
      if (!read.ok) return refuseAll(kind, read.problems);
      const imported = await importRecords(surface, kind, read, { dryRun });
      if (imported.ok) return json(200, { dryRun, ...imported.done });
      if ('refusal' in imported) return answerRefusal(imported.refusal);
      const problems = imported.faults.map(({ index, at, expected, found }) => {
        const message = `expected ${expected}`;
        return { ...read.locate([index, ...at]), message, expected, found };
      });
      return refuseAll(kind, problems);
    },
  });
}

/** Nothing is written: each fault with its line and column, counted from 1, and the place in the record. */
function refuseAll(kind: JudgedKind, problems: readonly Omit<Problem, 'rule' | 'file'>[]): never {
  const errors = problems.slice(0, MAX_ERRORS).map(placeInText);
  const detail = `${problems.length} places of these ${kind}s are not as they must be; nothing is written`;
  return answerRefusal({ code: 'record-invalid', detail, errors });
}

/** CSV or a list, by the content type. */
function formatOf(request: Request): 'csv' | 'json' {
  const type = mediaTypeOf(request);
  if (type === 'text/csv') return 'csv';
  if (type === 'application/json') return 'json';
  throw new RequestRefused(
    'unsupported-media-type',
    `expected text/csv or application/json, got ${type ?? 'no content type'}`,
  );
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
        if (refused) answerRefusal(refused);
        const known = await surface.platform.registry.get(kind, params.id);
        const put = await surface.platform.registry.put(kind, params.id, body, known?.revision ?? 0);
        if (put === 'conflict') throw new RequestRefused('conflict', `${kind} ${params.id} was changed meanwhile`);
        return json(200, show(body));
      },
    }),
  ];
}
