import { canonical, sha256 } from '../../domain/chain.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { WorkflowEngine } from '../../domain/ports/workflow-engine.ts';
import type { ProcedureVersion } from '../../schemas/organisation.ts';
import { readDefinition } from '../../schemas/procedure/definition.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { compile, type CompileFunctions } from '../../workflows/compiler/compile.ts';
import { lint } from '../../workflows/compiler/lint.ts';
import { formatProblem, type Problem } from '../../workflows/compiler/problem.ts';
import { unsupported } from '../../workflows/compiler/supported.ts';
import type { ParsedProcedure } from '../../workflows/compiler/parse.ts';

/** A refusal that names every place; nothing if there is no problem. */
function refuseProblems(
  code: 'definition-invalid' | 'not-supported-yet',
  problems: readonly Problem[],
): Refused | undefined {
  if (problems.length === 0) return undefined;
  const errors = problems.map((problem) => ({
    at: problem.path,
    expected: formatProblem(problem),
    ...(problem.found !== undefined && { found: problem.found }),
  }));
  return refuse(code, `${problems.length} problems: ${problems[0] ? formatProblem(problems[0]) : ''}`, errors);
}

/** Keeps a version as a draft. A published version never changes. */
export async function putVersion(
  registry: Registry,
  parsed: ParsedProcedure,
  source: string,
): Promise<{ ok: true; record: ProcedureVersion } | Refused> {
  const faulty = refuseProblems('definition-invalid', lint(parsed.definition, { locate: parsed.locate }));
  if (faulty) return faulty;
  const { procedure: id, version } = parsed.procedure;
  const known = await registry.get('procedure', `${id}@${version}`);
  const digest = sha256(canonical(parsed.definition));
  if (known && known.record.status !== 'draft') {
    return known.record.digest === digest
      ? { ok: true, record: known.record }
      : refuse(
          'version-exists',
          `${id}@${version} is ${known.record.status} and never changes; give the text a new version`,
        );
  }
  const record: ProcedureVersion = {
    id,
    version,
    definition: parsed.definition,
    source,
    digest,
    status: 'draft',
    machine: null,
    effectiveFrom: null,
    retiredFrom: null,
  };
  const put = await registry.put('procedure', `${id}@${version}`, record, known?.revision ?? 0);
  return put === 'put' ? { ok: true, record } : refuse('conflict', `${id}@${version} was changed meanwhile`);
}

/** Creates the version's machine and lets new dossiers start on it from `effectiveFrom`. Open ones stay on theirs. */
export async function publishVersion(
  platform: { registry: Registry; engine: WorkflowEngine; functions: CompileFunctions },
  version: { id: string; version: string },
  effectiveFrom: string,
): Promise<{ ok: true; record: ProcedureVersion } | Refused> {
  const key = `${version.id}@${version.version}`;
  const known = await platform.registry.get('procedure', key);
  if (!known) return refuse('unknown-procedure', `expected a version that was handed in, got ${key}`);
  if (known.record.status === 'published') return { ok: true, record: known.record };
  if (known.record.status === 'retired') return refuse('wrong-status', `${key} is retired`);
  const definition = readDefinition(known.record.definition);
  const refused =
    refuseProblems('definition-invalid', lint(definition)) ??
    refuseProblems('not-supported-yet', unsupported(definition));
  if (refused) return refused;
  const compiled = compile(definition.procedure, { functions: platform.functions });
  const { arn } = await platform.engine.createMachine({ name: compiled.name, definition: compiled.definition });
  const record: ProcedureVersion = {
    ...known.record,
    status: 'published',
    machine: { name: compiled.name, arn, asl: compiled.definition },
    effectiveFrom,
  };
  const put = await platform.registry.put('procedure', key, record, known.revision);
  return put === 'put' ? { ok: true, record } : refuse('conflict', `${key} was changed meanwhile`);
}
