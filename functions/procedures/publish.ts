import { canonical, sha256 } from '../../domain/chain.ts';
import { recordJson } from '../../domain/ports/registry.ts';
import type { Registry, Versioned } from '../../domain/ports/registry.ts';
import type { ProcedureVersion } from '../../schemas/organisation.ts';
import { Procedure } from '../../schemas/procedure.ts';
import { type Definition, readDefinition } from '../../schemas/procedure/definition.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { compile, type CompiledMachine } from '../../workflows/compiler/compile.ts';
import { lint } from '../../workflows/compiler/lint.ts';
import { namesOfUnits, nowhere, type Organisation } from '../../workflows/compiler/lint/subject.ts';
import { formatProblem, type Locate, type Problem } from '../../workflows/compiler/problem.ts';
import { unsupported } from '../../workflows/compiler/supported.ts';
import type { ParsedProcedure } from '../../workflows/compiler/parse.ts';
import { listAll } from '../organisation/list-all.ts';
import type { Platform } from '../runtime/platform.ts';
import { refuseOpened } from './children-in-force.ts';
import { inForce } from './effective.ts';
import { statusAt } from './retire.ts';

/** What of the platform publishing needs, on AWS and on one machine alike. */
export type PublishingPlatform = Pick<Platform, 'registry' | 'engine' | 'clock'> & {
  config: Pick<Platform['config'], 'functions'>;
};

export interface PublishRequest {
  /** Absent: from the day that the text announces, at once if that has passed. */
  effectiveFrom?: string | undefined;
  /** The draft that was looked at: another one is not published in its stead. */
  digest?: string | undefined;
  /** Of what comes with a deployment: the units to which its papers go may come later. */
  beforeOrganisation?: boolean;
}

export type VersionResult = { ok: true; record: ProcedureVersion } | Refused;

/** Problems told of one request at most. */
const TOLD = 50;

/**
 * Hands a version in and publishes it: the one way in which a procedure comes into a system - by the administrator's API, a deployment, a first start.
 * Safe to repeat, and after a crash anywhere on the way.
 */
export async function deployProcedure(
  platform: PublishingPlatform,
  { parsed, source }: { parsed: ParsedProcedure; source: string },
  request: Omit<PublishRequest, 'digest'> = {},
): Promise<VersionResult> {
  const put = await putVersion(platform.registry, parsed, source);
  if (!put.ok) return put;
  const { id, version, digest } = put.record;
  return publishVersion(platform, { id, version }, { ...request, digest });
}

/** Keeps a version as a draft. A published version never changes. */
export async function putVersion(registry: Registry, parsed: ParsedProcedure, source: string): Promise<VersionResult> {
  const problems = lint(parsed.definition, { locate: parsed.locate });
  if (problems.length > 0) return refuseProblems('definition-invalid', problems);
  const { procedure: id, version } = parsed.procedure;
  const key = `${id}@${version}`;
  const known = await registry.get('procedure', key);
  const digest = sha256(canonical(parsed.definition));
  if (known && known.record.status !== 'draft')
    return known.record.digest === digest
      ? { ok: true, record: known.record }
      : refuse('version-exists', `${key} is ${known.record.status} and never changes; give the text a new version`);
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
  if ((await registry.put('procedure', key, record, known?.revision ?? 0)) === 'put') return { ok: true, record };
  const other = await registry.get('procedure', key);
  if (other?.record.digest === digest) return { ok: true, record: other.record };
  return refuse('conflict', `${key} was changed meanwhile`);
}

/**
 * Creates the version's machine, then lets new dossiers start on it from its instant; open ones stay on theirs. In this order: a machine without a published
 * version starts nothing, and asked again the engine answers the same one. A published version keeps the machine it was published with, whatever a newer
 * compiler would make of it.
 */
export async function publishVersion(
  platform: PublishingPlatform,
  version: { id: string; version: string },
  request: PublishRequest = {},
): Promise<VersionResult> {
  const key = `${version.id}@${version.version}`;
  const known = await platform.registry.get('procedure', key);
  if (!known) return refuse('unknown-procedure', `expected a version that was handed in, got ${key}`);
  if (request.digest !== undefined && known.record.digest !== request.digest)
    return refuse('conflict', `${key} was handed in with another text meanwhile`);
  if (known.record.status !== 'draft') return asPublished(known.record, request, platform.clock.now());
  const ready = await planPublication(platform, known.record, request);
  if (!ready.ok) return ready;
  // Too large for the registry is refused before there is a machine.
  recordJson('procedure', key, ready.record);
  const { name, definition } = ready.machine;
  const machine = await createMachine(platform, { name, definition });
  if ('refusal' in machine) return machine;
  const record: ProcedureVersion = { ...ready.record, machine: { name, arn: machine.arn, asl: definition } };
  if ((await platform.registry.put('procedure', key, record, known.revision)) === 'put') return { ok: true, record };
  return overtaken(await platform.registry.get('procedure', key), record, platform.clock.now());
}

/** A version that is out already: the same request again gets the same answer, another one is refused. */
function asPublished(record: ProcedureVersion, { effectiveFrom }: PublishRequest, now: number): VersionResult {
  const key = `${record.id}@${record.version}`;
  if (statusAt(record, now) === 'retired') return refuse('wrong-status', `${key} is retired`);
  if (effectiveFrom === undefined || effectiveFrom === record.effectiveFrom) return { ok: true, record };
  return refuse('already-published', `${key} is published from ${record.effectiveFrom ?? ''}, which does not change`);
}

/** Somebody else wrote the version since it was read: if it was the same publication, it is done. */
function overtaken(
  found: Versioned<ProcedureVersion> | undefined,
  wanted: ProcedureVersion,
  now: number,
): VersionResult {
  const key = `${wanted.id}@${wanted.version}`;
  if (found?.record.status === 'published' && found.record.digest === wanted.digest)
    return asPublished(found.record, { effectiveFrom: wanted.effectiveFrom ?? undefined }, now);
  return refuse('conflict', `${key} was changed meanwhile`);
}

/** What publishing a draft would make of it. Everything that can be refused is judged here, before anything is done. */
export async function planPublication(
  platform: PublishingPlatform,
  draft: ProcedureVersion,
  { effectiveFrom: wanted, beforeOrganisation }: PublishRequest,
): Promise<{ ok: true; machine: CompiledMachine; record: ProcedureVersion } | Refused> {
  const definition = readDefinition(draft.definition);
  const organisation = beforeOrganisation ? {} : await organisationIn(platform.registry);
  const refused = await refuseUnready(draft, definition, organisation);
  if (refused) return refused;
  const force = await inForce(platform.registry, definition.procedure, { wanted, now: platform.clock.now() });
  if (!force.ok) return force;
  const unopened = await refuseOpened(platform.registry, definition.procedure, force.inForce.effectiveFrom);
  if (unopened) return unopened;
  const machine = compile(definition.procedure, { functions: platform.config.functions });
  const { name, definition: asl } = machine;
  const record: ProcedureVersion = { ...draft, ...force.inForce, status: 'published', machine: { name, arn: '', asl } };
  return { ok: true, machine, record };
}

/** What this release cannot run whole is not run at all. */
async function refuseUnready(
  draft: ProcedureVersion,
  definition: Definition,
  organisation: Organisation,
): Promise<Refused | undefined> {
  const later = unsupported(definition);
  if (later.length > 0) return refuseProblems('not-supported-yet', later);
  if (lint(definition, { organisation }).length === 0) return undefined;
  const locate = await placesIn(draft);
  return refuseProblems('definition-invalid', lint(definition, { locate, organisation }));
}

async function organisationIn(registry: Registry): Promise<Organisation> {
  return { units: namesOfUnits((await listAll(registry, 'unit')).map(({ record }) => record)) };
}

/** Places in the text as it was handed in. What reads it is loaded at need: a deployment has none. */
async function placesIn({ id, source }: ProcedureVersion): Promise<Locate> {
  const { readYaml } = await import('../../workflows/compiler/yaml-source.ts');
  const reading = readYaml(source, `${id}.yaml`);
  const documents = reading.ok ? reading.documents : [];
  return documents.find(({ value }) => Procedure.safeParse(value).data?.procedure === id)?.locate ?? nowhere;
}

/** The engine may hold a machine of this name that it takes for another one: nothing is published, and somebody has to look. */
async function createMachine(
  { engine }: PublishingPlatform,
  machine: CompiledMachine,
): Promise<{ arn: string } | Refused> {
  try {
    return await engine.createMachine(machine);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'MachineConflict')) throw error;
    return refuse('conflict', `the engine holds another machine under the name ${machine.name}`);
  }
}

/** A refusal that names every place at fault. */
export function refuseProblems(
  code: 'definition-invalid' | 'not-supported-yet',
  problems: readonly Problem[],
): Refused {
  const errors = problems.slice(0, TOLD).map((problem) => ({
    at: problem.file === '' ? problem.path : `${problem.file}:${problem.line}:${problem.column}`,
    expected: formatProblem(problem).slice(0, 1000),
    ...(problem.found !== undefined && { found: problem.found }),
  }));
  return refuse(code, `${problems.length} problems in the procedure`, errors);
}
