import { resolve } from 'node:path';
import { type Loading, loadScenarios } from '../../embedded/scenarios/load-scenarios.ts';
import { lint } from '../../workflows/compiler/lint.ts';
import { unsupported } from '../../workflows/compiler/supported.ts';
import type { CommandIo, ExitCode } from '../command.ts';
import { tellProblems } from './procedure-file.ts';

/** Reads a procedure that can be run and the scenarios beside it; an exit code is what has been told instead. */
export function readScenariosBeside(
  { procedure, json }: { procedure: string; json: boolean },
  io: CommandIo,
): Extract<Loading, { ok: true }> | ExitCode {
  let loading: Loading;
  try {
    loading = loadScenarios(resolve(io.cwd, procedure), procedure);
  } catch (error) {
    if (!isFileFault(error)) throw error;
    io.stderr(`expected a readable procedure with scenarios beside it: ${error.message}\n`);
    return 2;
  }
  if (!loading.ok) return tellProblems(loading.problems, json, io);
  const { definition, locate } = loading.procedure.parsed;
  const problems = [...lint(definition, { locate }), ...unsupported(definition, locate)];
  return problems.length > 0 ? tellProblems(problems, json, io) : loading;
}

/** What the file system says of a file that is not there, or may not be read or written. */
export function isFileFault(error: unknown): error is { message: string } {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'message' in error;
}
