import type { Head } from '../../schemas/dossier.ts';
import type { Impact, VersionImpact } from '../../schemas/impact.ts';
import type { ProcedureVersion } from '../../schemas/organisation.ts';
import { type Definition, readDefinition } from '../../schemas/procedure/definition.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import { compareDefinitions } from '../../workflows/compare-definitions.ts';
import type { Platform } from '../runtime/platform.ts';
import { compareVersions, inForceAt, listVersions } from './catalogue.ts';
import { planPublication, type PublishingPlatform } from './publish.ts';

/** Open dossiers counted in one answer, over all versions: what is beyond is said to be more. */
const COUNTED = 2_000;
const PAGE = 500;
/** Ids named of the dossiers that a stage strands. */
const EXAMPLES = 20;

type ImpactPlatform = PublishingPlatform & Pick<Platform, 'store'>;

/** What publishing a version would do: to new dossiers, and what a move of the open ones would meet. Changes nothing. */
export async function impactOf(
  platform: ImpactPlatform,
  { id, version }: { id: string; version: string },
  wanted: { effectiveFrom?: string | undefined } = {},
): Promise<{ ok: true; impact: Impact } | Refused> {
  const records = await listVersions(platform.registry, id);
  const record = records.find((each) => each.version === version);
  if (!record) return refuse('unknown-procedure', `expected a version that was handed in, got ${id}@${version}`);
  const plan = await planOf(platform, record, wanted);
  const others = records.filter((each) => each.status !== 'draft' && each.version !== version);
  const at = plan.effectiveFrom === null ? platform.clock.now() : Date.parse(plan.effectiveFrom);
  const replaces = inForceAt(others, at)?.version ?? null;
  const versions = await versionsOf(platform, readDefinition(record.definition), others, replaces);
  return { ok: true, impact: { procedure: id, version, status: record.status, replaces, ...plan, versions } };
}

type Plan = Pick<Impact, 'effectiveFrom' | 'machine' | 'refused'>;

/** A draft is judged as if it were published now; what is published says so itself. */
async function planOf(
  platform: ImpactPlatform,
  record: ProcedureVersion,
  wanted: { effectiveFrom?: string | undefined },
): Promise<Plan> {
  if (record.status !== 'draft')
    return { effectiveFrom: record.effectiveFrom, machine: record.machine?.name ?? null, refused: null };
  const planned = await planPublication(platform, record, wanted);
  if (planned.ok) return { effectiveFrom: planned.record.effectiveFrom, machine: planned.machine.name, refused: null };
  const { code, detail, errors } = planned.refusal;
  return {
    effectiveFrom: null,
    machine: null,
    refused: { code, detail: [detail, ...(errors ?? []).map(tell)].join('; ') },
  };
}

/** A problem of the text says its place itself. */
function tell({ at, expected, found }: FieldError): string {
  return expected.startsWith(at)
    ? expected
    : `${at}: expected ${expected}${found === undefined ? '' : `, found ${found}`}`;
}

/** The other versions that matter: those in force, and those with open dossiers. */
async function versionsOf(
  platform: ImpactPlatform,
  definition: Definition,
  others: readonly ProcedureVersion[],
  replaces: string | null,
): Promise<VersionImpact[]> {
  const found: VersionImpact[] = [];
  let left = COUNTED;
  for (const other of others.toSorted((a, b) => compareVersions(b.version, a.version))) {
    const { heads, complete } = await openHeads(platform, other, left);
    left -= heads.length;
    if (heads.length === 0 && complete && other.version !== replaces) continue;
    found.push({
      version: other.version,
      open: heads.length,
      complete,
      ...placesOf(heads, definition, readDefinition(other.definition)),
      changes: compareDefinitions(readDefinition(other.definition), definition),
    });
  }
  return found;
}

async function openHeads(
  { store }: ImpactPlatform,
  { id, version }: ProcedureVersion,
  limit: number,
): Promise<{ heads: Head[]; complete: boolean }> {
  const heads: Head[] = [];
  let after: string | undefined;
  do {
    // One more than may be counted shows whether there are more.
    const page = {
      limit: Math.max(1, Math.min(PAGE, limit + 1 - heads.length)),
      ...(after !== undefined && { after }),
    };
    const { items, next } = await store.openDossiers({ procedure: id, version }, page);
    heads.push(...items);
    after = next;
  } while (after !== undefined && heads.length <= limit);
  return { heads: heads.slice(0, limit), complete: heads.length <= limit };
}

function placesOf(
  heads: readonly Head[],
  next: Definition,
  own: Definition,
): Pick<VersionImpact, 'stages' | 'stranded'> {
  const byStage = new Map<string, string[]>();
  for (const { id, stage } of heads) if (stage !== null) byStage.set(stage, [...(byStage.get(stage) ?? []), id]);
  const stages = [...byStage].map(([stage, ids]) => ({ stage, dossiers: ids.length }));
  const stranded = [...byStage].flatMap(([stage, ids]) => {
    const there = next.procedure.stages[stage]?.kind;
    if (there !== undefined && there === own.procedure.stages[stage]?.kind) return [];
    const why: 'gone' | 'another-kind' = there === undefined ? 'gone' : 'another-kind';
    return [{ stage, why, dossiers: ids.length, examples: ids.slice(0, EXAMPLES) }];
  });
  return { stages, stranded };
}
