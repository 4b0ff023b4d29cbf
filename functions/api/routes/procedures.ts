import * as z from 'zod';
import {
  ForesightRequest,
  ImpactRequest,
  NoQuery,
  ProcedureSource,
  PublishRequest,
  RetireRequest,
  SlugPath,
  VersionPath,
} from '../../../schemas/api.ts';
import { Impact } from '../../../schemas/impact.ts';
import { ProcedureVersion } from '../../../schemas/organisation.ts';
import { Amount } from '../../../schemas/events/money.ts';
import { Name } from '../../../schemas/ids.ts';
import { foresee } from '../../procedures/foresee.ts';
import { listAll } from '../../organisation/list-all.ts';
import { retireVersion, statusAt } from '../../procedures/retire.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

export const Version = ProcedureVersion.pick({
  id: true,
  version: true,
  digest: true,
  status: true,
  effectiveFrom: true,
  retiredFrom: true,
}).extend({ machine: z.string().nullable().describe('Name of its state machine') });
const VersionList = z.strictObject({ items: z.array(Version) });
const ProcedureDetail = z.strictObject({
  items: z.array(Version),
  current: z.record(z.string(), z.unknown()).nullable().describe('The definition by which new dossiers start now'),
});

const Foresight = z.strictObject({
  version: z.string(),
  documents: z.array(
    z.strictObject({
      document: Name,
      needed: z.enum(['yes', 'no', 'perhaps']).describe('`perhaps`: it depends on what is not filled in yet'),
    }),
  ),
  fees: z.array(
    z.strictObject({ fee: Name, amount: Amount.nullable().describe('null: it depends on what is not filled in yet') }),
  ),
  due: z.iso
    .date()
    .nullable()
    .describe('The latest date by law, were it accepted now; null: it depends on what is not filled in yet'),
});

/** Reader, linter and compiler: loaded at first need, a third of the API's code that no dossier touches. */
const compiler = {
  parse: () => import('../../../workflows/compiler/parse.ts'),
  publish: () => import('../../procedures/publish.ts'),
  impact: () => import('../../procedures/impact.ts'),
};

/** The catalogue, public as the law is; its administration. */
export function procedureRoutes(surface: Surface): Route[] {
  return [
    list(surface),
    detail(surface),
    foreseen(surface),
    handIn(surface),
    publish(surface),
    impact(surface),
    retire(surface),
  ];
}

export function versionOf(record: ProcedureVersion, now: number): z.infer<typeof Version> {
  const { id, version, digest, effectiveFrom, retiredFrom, machine } = record;
  const status = statusAt(record, now);
  return { id, version, digest, status, effectiveFrom, retiredFrom, machine: machine?.name ?? null };
}

function list({ platform }: Surface): Route {
  return route({
    method: 'get',
    path: '/procedures',
    id: 'listProcedures',
    summary: 'Published procedures and their versions',
    who: 'anyone',
    query: NoQuery,
    answers: { 200: { description: 'All of them', schema: VersionList } },
    async handle() {
      const known = await listAll(platform.registry, 'procedure');
      const items = known
        .map(({ record }) => versionOf(record, platform.clock.now()))
        .filter(({ status }) => status !== 'draft');
      return json(200, { items });
    },
  });
}

function detail({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/procedures/{id}',
    id: 'readProcedure',
    summary: 'A procedure: its versions, and the one by which new dossiers start',
    who: 'anyone',
    params: SlugPath,
    query: NoQuery,
    answers: { 200: { description: 'The procedure', schema: ProcedureDetail } },
    async handle({ params }) {
      const { items } = await platform.registry.list('procedure', { prefix: `${params.id}@`, limit: 200 });
      const versions = items
        .map(({ record }) => versionOf(record, platform.clock.now()))
        .filter(({ status }) => status !== 'draft');
      if (versions.length === 0)
        throw new RequestRefused('unknown-procedure', `expected a published procedure, got ${params.id}`);
      const current = await catalogue.current(params.id, platform.clock.now());
      return json(200, { items: versions, current: current?.definition ?? null });
    },
  });
}

function foreseen({ platform, catalogue }: Surface): Route {
  return route({
    method: 'post',
    path: '/procedures/{id}/foresight',
    id: 'foreseeProcedure',
    summary: 'What a dossier would need and cost, and by when it would be due, were it handed in now; changes nothing',
    who: 'anyone',
    params: SlugPath,
    body: ForesightRequest,
    answers: { 200: { description: 'As of today; what holds is fixed at acceptance', schema: Foresight } },
    async handle({ params, body }) {
      const now = platform.clock.now();
      const current = await catalogue.current(params.id, now);
      if (!current)
        throw new RequestRefused(
          'unknown-procedure',
          `expected a procedure that takes new dossiers now, got ${params.id}`,
        );
      const unit = (await catalogue.unitsInForce(now)).find(({ id }) => id === body.unit);
      if (!unit) throw new RequestRefused('unknown-unit', `expected a unit that receives, got ${body.unit}`);
      const pinned = await catalogue.pinned(current.id, current.version);
      const calendar = await catalogue.calendarOf(unit.id);
      const asked = await foresee(pinned, calendar, { form: body.form, unit: unit.id, now });
      if (!asked.ok) answerRefusal(asked.refusal);
      const { fees, ...found } = asked.foreseen;
      const { currency } = platform.config;
      return json(200, {
        ...found,
        version: current.version,
        fees: fees.map(({ fee, amount }) => ({ fee, amount: amount === null ? null : { value: amount, currency } })),
      });
    },
  });
}

function handIn({ platform }: Surface): Route {
  return route({
    method: 'put',
    path: '/procedures/{id}/versions/{version}',
    id: 'putProcedureVersion',
    summary: 'Hand in a version as a draft; refused with every problem and its place',
    who: ['admin'],
    params: VersionPath,
    body: ProcedureSource,
    limit: 5_000_000,
    answers: { 200: { description: 'Kept as a draft', schema: Version } },
    async handle({ params, body }) {
      const [{ parseProcedure }, { putVersion, refuseProblems }] = await Promise.all([
        compiler.parse(),
        compiler.publish(),
      ]);
      const files = new Map(Object.entries(body.files));
      const parsed = parseProcedure(body.source, `${params.id}.yaml`, (path) => files.get(path));
      if (!parsed.ok) return answerRefusal(refuseProblems('definition-invalid', parsed.problems).refusal);
      const { procedure: id, version } = parsed.procedure.procedure;
      if (id !== params.id || version !== params.version)
        throw new RequestRefused('definition-invalid', `expected ${params.id}@${params.version}, got ${id}@${version}`);
      const put = await putVersion(platform.registry, parsed.procedure, body.source);
      if (!put.ok) answerRefusal(put.refusal);
      return json(200, versionOf(put.record, platform.clock.now()));
    },
  });
}

function publish({ platform }: Surface): Route {
  return route({
    method: 'post',
    path: '/procedures/{id}/versions/{version}/publish',
    id: 'publishProcedureVersion',
    summary: 'Create its state machine and let new dossiers start on it',
    who: ['admin'],
    params: VersionPath,
    body: PublishRequest,
    answers: { 200: { description: 'Published', schema: Version } },
    async handle({ params, body }) {
      const { publishVersion } = await compiler.publish();
      const published = await publishVersion(platform, params, body);
      if (!published.ok) answerRefusal(published.refusal);
      return json(200, versionOf(published.record, platform.clock.now()));
    },
  });
}

function impact({ platform }: Surface): Route {
  return route({
    method: 'post',
    path: '/procedures/{id}/versions/{version}/impact',
    id: 'impactOfProcedureVersion',
    summary: 'What publishing it would do to new and to open dossiers; changes nothing',
    who: ['admin'],
    params: VersionPath,
    body: ImpactRequest,
    answers: { 200: { description: 'What it would do', schema: Impact } },
    async handle({ params, body }) {
      const { impactOf } = await compiler.impact();
      const found = await impactOf(platform, params, body);
      if (!found.ok) answerRefusal(found.refusal);
      return json(200, found.impact);
    },
  });
}

function retire({ platform }: Surface): Route {
  return route({
    method: 'post',
    path: '/procedures/{id}/versions/{version}/retire',
    id: 'retireProcedureVersion',
    summary: 'From an instant on let no new dossier start on it; open ones go on',
    who: ['admin'],
    params: VersionPath,
    body: RetireRequest,
    answers: { 200: { description: 'Retired, or to be retired', schema: Version } },
    async handle({ params, body }) {
      const retired = await retireVersion(platform, params, body);
      if (!retired.ok) answerRefusal(retired.refusal);
      return json(200, versionOf(retired.record, platform.clock.now()));
    },
  });
}
