import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from '../../workflows/compiler/compile.ts';
import { parseProcedures } from '../../workflows/compiler/parse.ts';
import type { ParsedProcedure } from '../../workflows/compiler/parse.ts';
import { formatProblem } from '../../workflows/compiler/problem.ts';

/** ARNs that stand for the deployment's in golden files. */
export const GOLDEN_FUNCTIONS = {
  waitingStage: 'arn:aws:lambda:ap-southeast-1:111122223333:function:onetrack-waiting-stage',
  actingStage: 'arn:aws:lambda:ap-southeast-1:111122223333:function:onetrack-acting-stage',
  park: 'arn:aws:lambda:ap-southeast-1:111122223333:function:onetrack-park',
};

const FOLDERS = ['workflows/procedures', 'test/workflows/fixtures', 'bench'];

/** Every procedure of the repository, parsed; throws if one is refused. */
export function repositoryProcedures(root: string): ParsedProcedure[] {
  const files = FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.yaml') && !name.includes('.scenario'))
      .toSorted()
      .map((name) => join(folder, name)),
  );
  return files.flatMap((file) => {
    const beside = (path: string): string | undefined => {
      const full = join(root, dirname(file), path);
      return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
    };
    const text = readFileSync(join(root, file), 'utf8');
    if (!/^procedure:/m.test(text)) return [];
    const parsed = parseProcedures(text, file, beside);
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    return parsed.procedures;
  });
}

/** The golden file of each: its machine's name, and the machine indented for reading diffs. */
export function goldenAsl(root: string): Record<string, string> {
  const entries = repositoryProcedures(root).map(({ procedure }) => {
    const { name, definition } = compile(procedure, { functions: GOLDEN_FUNCTIONS });
    const text = JSON.stringify({ name, definition: JSON.parse(definition) as unknown }, null, 2);
    return [`test/golden/asl/${procedure.procedure}.json`, `${text}\n`] as const;
  });
  return Object.fromEntries(entries);
}
