import { lint } from '../../workflows/compiler/lint.ts';
import { unsupported } from '../../workflows/compiler/supported.ts';
import type { Command } from '../command.ts';
import { readProcedureArguments, readProcedureFile, tellProblems } from './procedure-file.ts';

/** `onetrack lint`: everything that the parser and the linter refuse, and what this release cannot run yet. */
export const lintCommand: Command = {
  name: 'lint',
  usage: 'PROCEDURE.yaml [--json]',
  summary: 'check a procedure: its form, its ways, its law',
  run: (args, io) => {
    const given = readProcedureArguments('lint', args, io);
    if (given === undefined) return Promise.resolve(2);
    const parsed = readProcedureFile(given.file, io);
    if (parsed === undefined) return Promise.resolve(2);
    if (!parsed.ok) return Promise.resolve(tellProblems(parsed.problems, given.json, io));
    const problems = parsed.procedures.flatMap(({ definition, locate }) => lint(definition, { locate }));
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
