import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import { parseProcedure } from '../../workflows/compiler/parse.ts';
import type { Problem } from '../../workflows/compiler/problem.ts';
import { readOrganisation } from '../../workflows/read-organisation.ts';
import { readScenarios, type Story } from '../../workflows/scenarios/read-scenarios.ts';
import type { ScenarioProcedure } from './stage-machine.ts';

const sampleOrganisation = new URL('../../workflows/sample-organisation.yaml', import.meta.url);

export type Loading = { ok: true; procedure: ScenarioProcedure; stories: Story[] } | { ok: false; problems: Problem[] };

/** Reads a procedure and the scenarios beside it: `<procedure>.scenarios.yaml`. `shown` names it in messages. Throws where a file cannot be read. */
export function loadScenarios(path: string, shown: string): Loading {
  const folder = dirname(path);
  const source = readFileSync(path, 'utf8');
  const beside = (name: string): string | undefined => readIfThere(join(folder, name));
  const parsed = parseProcedure(source, shown, beside);
  if (!parsed.ok) return parsed;
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
  return { ok: true, procedure: { parsed: parsed.procedure, source }, stories: read.stories };
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
