import * as z from 'zod';
import { ChangesQuery, NoQuery, VersionPath } from '../../../schemas/api.ts';
import { Name } from '../../../schemas/ids.ts';
import { Changes } from '../../../schemas/impact.ts';
import type { ProcedureVersion } from '../../../schemas/organisation.ts';
import { listAll } from '../../organisation/list-all.ts';
import { RequestRefused } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';
import { Version, versionOf } from './procedures.ts';

const VersionList = z.strictObject({ items: z.array(Version) });
const Finding = z.strictObject({
  rule: z.string(),
  at: z.string().describe('Path in the text'),
  message: z.string(),
});
const VersionDetail = Version.extend({
  definition: z.record(z.string(), z.unknown()).describe('The procedure and all it names'),
  stages: z
    .array(
      z.strictObject({
        stage: Name,
        ways: z.array(
          z.strictObject({
            label: z.string().nullable().describe('Outcome, or condition of a branch; null: it ends here'),
            to: z.string().describe('A stage, `back`, or `end`'),
          }),
        ),
      }),
    )
    .describe('Its ways, in the order of the text'),
  findings: z.array(Finding).describe('What publication would refuse, as of this release'),
});

/** Reader, linter and comparison: loaded at first need, as the compiler is. */
const compiler = {
  lint: () => import('../../../workflows/compiler/lint.ts'),
  supported: () => import('../../../workflows/compiler/supported.ts'),
  diagram: () => import('../../../workflows/compiler/diagram.ts'),
  compare: () => import('../../../workflows/compare-definitions.ts'),
  definition: () => import('../../../schemas/procedure/definition.ts'),
};

/** What an administrator reads before he publishes. */
export function versionRoutes(surface: Surface): Route[] {
  return [list(surface), detail(surface), changes(surface)];
}

function list({ platform }: Surface): Route {
  return route({
    method: 'get',
    path: '/versions',
    id: 'listProcedureVersions',
    summary: 'All versions of all procedures that were handed in, drafts too',
    who: ['admin'],
    query: NoQuery,
    answers: { 200: { description: 'All of them', schema: VersionList } },
    async handle() {
      const known = await listAll(platform.registry, 'procedure');
      return json(200, { items: known.map(({ record }) => versionOf(record, platform.clock.now())) });
    },
  });
}

function detail(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/procedures/{id}/versions/{version}',
    id: 'readProcedureVersion',
    summary: 'A version, published or a draft: its text, its ways, and what publication would refuse',
    who: ['admin'],
    params: VersionPath,
    query: NoQuery,
    answers: { 200: { description: 'The version', schema: VersionDetail } },
    async handle({ params }) {
      const record = await recordOf(surface, params);
      const [{ readDefinition }, { lint }, { unsupported }, { waysOf }] = await Promise.all([
        compiler.definition(),
        compiler.lint(),
        compiler.supported(),
        compiler.diagram(),
      ]);
      const definition = readDefinition(record.definition);
      const problems = [...lint(definition), ...unsupported(definition)];
      return json(200, {
        ...versionOf(record, surface.platform.clock.now()),
        definition: record.definition,
        stages: waysOf(definition.procedure),
        findings: problems.map(({ rule, path, message }) => ({ rule, at: path, message })),
      });
    },
  });
}

function changes(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/procedures/{id}/versions/{version}/changes',
    id: 'compareProcedureVersions',
    summary: 'What is other in a version than in another one of the procedure',
    who: ['admin'],
    params: VersionPath,
    query: ChangesQuery,
    answers: { 200: { description: 'The differences', schema: Changes } },
    async handle({ params, query: { since } }) {
      const [was, is, { readDefinition }, { compareDefinitions }] = await Promise.all([
        recordOf(surface, { id: params.id, version: since }),
        recordOf(surface, params),
        compiler.definition(),
        compiler.compare(),
      ]);
      return json(200, compareDefinitions(readDefinition(was.definition), readDefinition(is.definition)));
    },
  });
}

async function recordOf(
  { platform }: Surface,
  { id, version }: { id: string; version: string },
): Promise<ProcedureVersion> {
  const found = await platform.registry.get('procedure', `${id}@${version}`);
  if (!found)
    throw new RequestRefused('unknown-procedure', `expected a version that was handed in, got ${id}@${version}`);
  return found.record;
}
