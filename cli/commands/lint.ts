import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { lint } from '../../workflows/compiler/lint.ts';
import { namesOfUnits, type Organisation } from '../../workflows/compiler/lint/subject.ts';
import type { Problem } from '../../workflows/compiler/problem.ts';
import { unsupported } from '../../workflows/compiler/supported.ts';
import { readOrganisation } from '../../workflows/read-organisation.ts';
import type { Command, CommandIo } from '../command.ts';
import { readProcedureArguments, readProcedureFile, tellProblems, usageWith } from './procedure-file.ts';

const MORE = '[--organisation FILE]';

type Known = { ok: true; organisation: Organisation } | { ok: false; problems: Problem[] };

/** `onetrack lint`: everything that the parser and the linter refuse - with an organisation also units that it has not -, and what this release cannot run yet. */
export const lintCommand: Command = {
  name: 'lint',
  usage: usageWith(MORE),
  summary: 'check a procedure: its form, its ways, its law',
  run: (args, io) => {
    const given = readProcedureArguments('lint', args, io, MORE);
    if (given === undefined) return Promise.resolve(2);
    const parsed = readProcedureFile(given.file, io);
    if (parsed === undefined) return Promise.resolve(2);
    if (!parsed.ok) return Promise.resolve(tellProblems(parsed.problems, given.json, io));
    const known = readKnown(given.organisation, io);
    if (known === undefined) return Promise.resolve(2);
    if (!known.ok) return Promise.resolve(tellProblems(known.problems, given.json, io));
    const { organisation } = known;
    const problems = parsed.procedures.flatMap(({ definition, locate }) => lint(definition, { locate, organisation }));
    if (problems.length > 0) return Promise.resolve(tellProblems(problems, given.json, io));
    const later = parsed.procedures.flatMap(({ definition, locate }) => unsupported(definition, locate));
    const names = parsed.procedures.map(({ procedure }) => `${procedure.procedure} ${procedure.version}`);
    if (given.json) io.stdout(`${JSON.stringify({ ok: true, procedures: names, later }, null, 2)}\n`);
    else {
      for (const name of names) io.stdout(`${name}: nothing to refuse\n`);
      for (const { line, column, path, message } of later)
        io.stdout(`  not published by this release: ${given.file}:${line}:${column} ${path}: ${message}\n`);
    }
    return Promise.resolve(0);
  },
};

/** What the organisation's file says; undefined: it is not there, which has been told. */
function readKnown(file: string | undefined, io: CommandIo): Known | undefined {
  if (file === undefined) return { ok: true, organisation: {} };
  const path = resolve(io.cwd, file);
  if (!existsSync(path)) {
    io.stderr(`${file}: there is no such file\n`);
    return undefined;
  }
  const read = readOrganisation(readFileSync(path), file);
  return read.ok ? { ok: true, organisation: { units: namesOfUnits(read.organisation.units) } } : read;
}
