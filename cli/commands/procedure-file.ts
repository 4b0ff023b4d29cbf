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
  /** The file of an organisation, for a command that takes one. */
  readonly organisation?: string;
}

const USAGE = 'PROCEDURE.yaml [--json]';

/** Reads `PROCEDURE.yaml [--json]`; undefined is wrong usage, which has been told. `more`: what the command takes beside it, as its usage says it. */
export function readProcedureArguments(
  name: string,
  args: string[],
  io: CommandIo,
  more?: '[--organisation FILE]',
): ProcedureArguments | undefined {
  const options = { json: { type: 'boolean' }, organisation: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const { organisation, json = false } = values;
    const [file, second] = positionals;
    const isTaken = organisation === undefined || more !== undefined;
    if (file !== undefined && second === undefined && isTaken)
      return { file, json, ...(organisation !== undefined && { organisation }) };
  } catch (error) {
    io.stderr(`${error instanceof Error ? error.message : 'unreadable arguments'}\n`);
  }
  io.stderr(`usage: onetrack ${name} ${usageWith(more)}\n`);
  return undefined;
}

export function usageWith(more = ''): string {
  return more === '' ? USAGE : `${USAGE} ${more}`;
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
