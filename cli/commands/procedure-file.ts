import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseProcedures } from '../../workflows/compiler/parse.ts';
import type { ParsedMany } from '../../workflows/compiler/parse.ts';
import { formatProblem } from '../../workflows/compiler/problem.ts';
import type { Problem } from '../../workflows/compiler/problem.ts';
import type { CommandIo, ExitCode } from '../command.ts';

export interface ProcedureArguments {
  readonly file: string;
  readonly json: boolean;
}

/** Reads `PROCEDURE.yaml [--json]`; undefined is wrong usage, which has been told. */
export function readProcedureArguments(name: string, args: string[], io: CommandIo): ProcedureArguments | undefined {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } });
    const [file, second] = positionals;
    if (file !== undefined && second === undefined) return { file, json: values.json ?? false };
  } catch (error) {
    io.stderr(`${error instanceof Error ? error.message : 'unreadable arguments'}\n`);
  }
  io.stderr(`usage: onetrack ${name} PROCEDURE.yaml [--json]\n`);
  return undefined;
}

/** Reads a procedure's file and what it names beside it; undefined is a file that is not there, which has been told. */
export function readProcedureFile(file: string, io: CommandIo): ParsedMany | undefined {
  const path = resolve(io.cwd, file);
  if (!existsSync(path) || !statSync(path).isFile()) {
    io.stderr(`${file}: there is no such file\n`);
    return undefined;
  }
  return parseProcedures(readFileSync(path), file, (beside) => {
    const full = join(dirname(path), beside);
    return existsSync(full) ? readFileSync(full) : undefined;
  });
}

/** Tells why a procedure is refused. */
export function tellProblems(problems: readonly Problem[], json: boolean, io: CommandIo): ExitCode {
  if (json) io.stdout(`${JSON.stringify({ ok: false, problems }, null, 2)}\n`);
  else for (const problem of problems) io.stderr(`${formatProblem(problem)}\n`);
  return 1;
}
