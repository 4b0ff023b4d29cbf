import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readCalendar } from '../workflows/calendars/read-calendar.ts';
import { lint } from '../workflows/compiler/lint.ts';
import { parseProcedure } from '../workflows/compiler/parse.ts';
import { formatProblem } from '../workflows/compiler/problem.ts';
import { unsupported } from '../workflows/compiler/supported.ts';
import { ROOT } from './bundle.ts';
import type { EnvironmentConfig } from './config/environment-config.ts';

/** The text of `release.json`: calendars and procedures of a deployment. Throws with every problem: what could not be published is not deployed at all. */
export function releaseText({ calendars, procedures }: EnvironmentConfig['release']): string {
  return JSON.stringify({ calendars: calendars.map(readOneCalendar), procedures: procedures.map(readOneProcedure) });
}

function readOneCalendar(path: string): object {
  const read = readCalendar(textOf(path));
  if (read.ok) return read.calendar;
  throw new Error(read.problems.map((problem) => `${path}: ${problem.path}: ${problem.message}`).join('\n'));
}

function readOneProcedure(path: string): object {
  const source = textOf(path);
  const beside = (name: string): string | undefined => {
    const file = join(dirname(path), name);
    return existsSync(join(ROOT, file)) ? textOf(file) : undefined;
  };
  const parsed = parseProcedure(source, path, beside);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const { definition, locate } = parsed.procedure;
  const problems = [...lint(definition, { locate }), ...unsupported(definition)];
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'));
  return { definition, source };
}

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
