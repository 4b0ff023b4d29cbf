import type { Registry } from '../../domain/ports/registry.ts';
import type { ProcedureVersion } from '../../schemas/organisation.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { readDefinition } from '../../schemas/procedure/definition.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import { openedProcedures } from '../../workflows/opened-procedures.ts';
import { inForceAt, listVersions } from './catalogue.ts';

/**
 * Why a procedure cannot come into force because of those whose dossiers it opens: one takes no new dossiers then, does not take what it is handed, or leads
 * back to this one. What an expression names is judged when it is evaluated, and opened dossiers are bounded in depth.
 */
export async function refuseOpened(
  registry: Registry,
  procedure: Procedure,
  effectiveFrom: string,
): Promise<Refused | undefined> {
  const at = Date.parse(effectiveFrom);
  const versions = new VersionsAt(registry, at);
  const errors: FieldError[] = [];
  for (const opened of openedProcedures(procedure)) {
    const place = opened.at.join('.');
    const found = opened.procedure;
    const version = await versions.of(found);
    const circle =
      found === procedure.procedure ? [found] : version && (await circleTo(versions, procedure.procedure, found));
    if (circle)
      errors.push({ at: place, expected: 'a procedure that does not open this one', found: circle.join(' > ') });
    else if (!version)
      errors.push({ at: place, expected: `a procedure that takes new dossiers from ${effectiveFrom} on`, found });
    else errors.push(...missingDocuments(procedure, version, opened.at));
  }
  if (errors.length === 0) return undefined;
  return refuse('not-published', `${errors.length} of the dossiers that it opens could not be opened`, errors);
}

/** The way from one procedure to another over those that open one another. */
async function circleTo(
  versions: VersionsAt,
  target: string,
  from: string,
  above: readonly string[] = [],
): Promise<string[] | undefined> {
  if (from === target) return [...above, from];
  if (above.includes(from)) return undefined;
  const version = await versions.of(from);
  for (const { procedure } of version ? openedProcedures(readDefinition(version.definition).procedure) : []) {
    const circle = await circleTo(versions, target, procedure, [...above, from]);
    if (circle) return circle;
  }
  return undefined;
}

/** Documents go along under the same names. */
function missingDocuments({ stages }: Procedure, version: ProcedureVersion, at: PropertyKey[]): FieldError[] {
  const stage = stages[String(at[1])];
  const gets = stage?.kind === 'open' ? (stage.parts[String(at[3])]?.gets ?? []) : [];
  const { documents = {} } = readDefinition(version.definition).procedure;
  return gets
    .filter((name) => !Object.hasOwn(documents, name))
    .map((name) => ({
      at: [...at.slice(0, 4), 'gets'].join('.'),
      expected: `documents of ${version.id}@${version.version}: ${Object.keys(documents).join(', ') || 'none'}`,
      found: name,
    }));
}

/** The versions under which new dossiers start at one instant, each read once. */
class VersionsAt {
  readonly #registry: Registry;
  readonly #at: number;
  readonly #known = new Map<string, ProcedureVersion | undefined>();

  constructor(registry: Registry, at: number) {
    this.#registry = registry;
    this.#at = at;
  }

  async of(procedure: string): Promise<ProcedureVersion | undefined> {
    if (!this.#known.has(procedure)) {
      const published = (await listVersions(this.#registry, procedure)).filter(({ status }) => status !== 'draft');
      this.#known.set(procedure, inForceAt(published, this.#at));
    }
    return this.#known.get(procedure);
  }
}
