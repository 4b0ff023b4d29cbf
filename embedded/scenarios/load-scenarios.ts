import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import { type ParsedProcedure, parseProcedure } from '../../workflows/compiler/parse.ts';
import type { Problem } from '../../workflows/compiler/problem.ts';
import { inOrderOfOpening, openedProcedures } from '../../workflows/opened-procedures.ts';
import { readOrganisation } from '../../workflows/read-organisation.ts';
import { readScenarios, type Story } from '../../workflows/scenarios/read-scenarios.ts';
import type { ScenarioProcedure } from './stage-machine.ts';

const sampleOrganisation = new URL('../../workflows/sample-organisation.yaml', import.meta.url);

export type Loading =
  | {
      ok: true;
      procedure: ScenarioProcedure;
      /** The procedures whose dossiers it opens, and those that these open: each after those that it needs itself. */
      opens: ScenarioProcedure[];
      /** Those of dossiers that the stories' applicants had before. */
      earlier: ScenarioProcedure[];
      stories: Story[];
    }
  | { ok: false; problems: Problem[] };

/** Reads a procedure, those beside it whose dossiers it opens, and its scenarios: `<procedure>.scenarios.yaml`. `shown` names it in messages. `above`: those that are being read because of it. Throws where a file cannot be read. */
export function loadScenarios(path: string, shown: string, above: readonly string[] = []): Loading {
  const folder = dirname(path);
  const source = readFileSync(path, 'utf8');
  const beside = (name: string): string | undefined => readIfThere(join(folder, name));
  const parsed = parseProcedure(source, shown, beside);
  if (!parsed.ok) return parsed;
  const found = findOpened([parsed.procedure], folder, dirname(shown));
  if (!found.ok) return found;
  const file = `${basename(path, '.yaml')}.scenarios.yaml`;
  const read = readScenarios(readFileSync(join(folder, file), 'utf8'), join(dirname(shown), file), beside);
  if (!read.ok) return read;
  const { procedure } = parsed.procedure.procedure;
  const stray = read.stories.find((story) => story.procedure !== procedure);
  if (stray) {
    const message = 'a scenario stands beside its own procedure';
    return {
      ok: false,
      problems: [
        { ...stray.locate(['procedure']), rule: 'bad-value', message, expected: procedure, found: stray.procedure },
      ],
    };
  }
  const own = { parsed: parsed.procedure, source };
  const before = findEarlier(read.stories, procedure, { folder, shown: dirname(shown), above: [...above, path] });
  if (!before.ok) return before;
  const known = new Set([own, ...found.opens].map(procedureName));
  const earlier = before.procedures.filter((each) => !known.has(procedureName(each)));
  return { ok: true, procedure: own, opens: found.opens, earlier, stories: before.stories };
}

/** All procedures that stories need, each after those that it opens. */
export function neededProcedures({
  procedure,
  opens,
  earlier,
}: Pick<Extract<Loading, { ok: true }>, 'procedure' | 'opens' | 'earlier'>): ScenarioProcedure[] {
  return [...opens, ...earlier, procedure];
}

function procedureName({ parsed }: ScenarioProcedure): string {
  return parsed.procedure.procedure;
}

/** The stories with those that come before them, and the procedures of these. */
function findEarlier(
  stories: readonly Story[],
  own: string,
  { folder, shown, above }: { folder: string; shown: string; above: readonly string[] },
): { ok: true; procedures: ScenarioProcedure[]; stories: Story[] } | { ok: false; problems: Problem[] } {
  const procedures = new Map<string, ScenarioProcedure>();
  const complete: Story[] = [];
  for (const story of stories) {
    const named = story.given.earlier;
    if (named === undefined) {
      complete.push(story);
      continue;
    }
    const file = `${named.procedure}.yaml`;
    const path = join(folder, file);
    const loading =
      existsSync(path) && !above.includes(path) ? loadScenarios(path, join(shown, file), above) : undefined;
    if (loading?.ok === false) return loading;
    const among = named.procedure === own ? complete : loading?.stories;
    const earlier = among?.find(({ scenario }) => scenario === named.scenario);
    if (!earlier || Date.parse(earlier.given.at) >= Date.parse(story.given.at)) {
      const message =
        'expected a story told before, or one of another procedure beside this one, at an earlier instant';
      const found = `${named.procedure}: ${named.scenario}`;
      return {
        ok: false,
        problems: [{ ...story.locate(['given', 'earlier']), rule: 'unknown-name', message, found }],
      };
    }
    for (const each of loading ? neededProcedures(loading) : []) procedures.set(procedureName(each), each);
    complete.push({ ...story, earlier });
  }
  return { ok: true, procedures: [...procedures.values()], stories: complete };
}

/** The procedures that these open, over however many others. One that is not beside them is missing when its dossier is to be opened. */
function findOpened(
  from: readonly ParsedProcedure[],
  folder: string,
  shown: string,
): { ok: true; opens: ScenarioProcedure[] } | { ok: false; problems: Problem[] } {
  const found = new Map<string, ScenarioProcedure>();
  const named = from.flatMap(({ procedure }) => openedProcedures(procedure));
  for (const { procedure } of named) {
    const file = `${procedure}.yaml`;
    const source = found.has(procedure) ? undefined : readIfThere(join(folder, file));
    if (source === undefined) continue;
    const parsed = parseProcedure(source, join(shown, file), (name) => readIfThere(join(folder, name)));
    if (!parsed.ok) return parsed;
    found.set(procedure, { parsed: parsed.procedure, source });
    named.push(...openedProcedures(parsed.procedure.procedure));
  }
  return { ok: true, opens: inOrderOfOpening([...found.values()], ({ parsed }) => parsed.procedure) };
}

/** The organisation in which scenarios play. */
export function loadSampleOrganisation(): OrganisationFile {
  const read = readOrganisation(readFileSync(sampleOrganisation, 'utf8'), 'sample-organisation.yaml');
  if (!read.ok) throw new Error(`expected a valid sample organisation: ${JSON.stringify(read.problems)}`);
  return read.organisation;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
