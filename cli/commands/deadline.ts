import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { policyOf, type ClockPolicy, type Happening } from '../../domain/time/clock-policy.ts';
import { deriveDeadline, type Deadline } from '../../domain/time/derive-deadline.ts';
import { explain } from '../../domain/time/explain.ts';
import { openCalendar, readInstant, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import { withGrounds } from '../../functions/dossiers/deadline.ts';
import { computeFacts } from '../../functions/dossiers/facts.ts';
import { Evaluator } from '../../functions/dossiers/evaluator.ts';
import { TaskTerminal } from '../../domain/failures.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { clockHappening } from '../../schemas/clock-happening.ts';
import type { TermValue } from '../../schemas/procedure/values.ts';
import { readCalendar } from '../../workflows/calendars/read-calendar.ts';
import { type ParsedProcedure, parseProcedure } from '../../workflows/compiler/parse.ts';
import { formatProblem } from '../../workflows/compiler/problem.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';

const usage =
  'PROCEDURE.yaml --received INSTANT [--form FILE] [--events FILE] [--calendar FILE] [--language vi|en] [--json]';
const vietnam = new URL('../../workflows/calendars/vn.yaml', import.meta.url);

/** Why the command stops: 2 for what the caller can put right on the command line, 1 for what law or data refuse. */
class Stop extends Error {
  readonly code: Exclude<ExitCode, 0>;
  readonly refusal: unknown;
  constructor(code: Exclude<ExitCode, 0>, message: string, refusal: unknown = { code: 'refused', detail: message }) {
    super(message);
    this.code = code;
    this.refusal = refusal;
  }
}

/** `onetrack deadline`: the statutory due date of a reception, and why. */
export const deadlineCommand: Command = {
  name: 'deadline',
  usage,
  summary: 'derive the statutory due date of a reception, step by step',
  run: async (args, io) => {
    let json = args.includes('--json');
    try {
      const options = readOptions(args);
      json = options.json;
      report(await answer(options, io), options, io);
      return 0;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      if (json && error.code === 1) io.stdout(`${JSON.stringify({ refusal: error.refusal }, null, 2)}\n`);
      io.stderr(`${error.message}\n`);
      return error.code;
    }
  },
};

interface Options {
  readonly procedure: string;
  readonly received: string;
  readonly form: string | undefined;
  readonly events: string | undefined;
  readonly calendar: string | undefined;
  readonly language: 'vi' | 'en';
  readonly json: boolean;
}

function readOptions(args: string[]): Options {
  const { values, positionals } = parse(args);
  const [procedure, second] = positionals;
  const { received, form, events, calendar, language = 'en', json = false } = values;
  if (procedure === undefined || second !== undefined || received === undefined)
    throw new Stop(2, `usage: onetrack deadline ${usage}`);
  if (language !== 'vi' && language !== 'en') throw new Stop(2, `--language: expected vi or en, found ${language}`);
  return { procedure, received, form, events, calendar, language, json };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const options = {
    received: text,
    form: text,
    events: text,
    calendar: text,
    language: text,
    json: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    if (!isUsageError(error)) throw error;
    throw new Stop(2, `${error.message}\nusage: onetrack deadline ${usage}`);
  }
}

/** node:util names its refusals by code (`ERR_PARSE_ARGS_UNKNOWN_OPTION` and others). */
function isUsageError(error: unknown): error is { message: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS') &&
    'message' in error
  );
}

type Answer = Extract<Deadline, { ok: true }>;

async function answer(options: Options, io: CommandIo): Promise<Answer> {
  const parsed = readProcedure(options.procedure, io);
  const calendar = readWorkingCalendar(options.calendar, io);
  const at = readInstant(calendar, options.received);
  if (at === undefined)
    throw new Stop(2, `--received: expected an instant such as 2026-11-23T10:00+07:00, found ${options.received}`);
  const { clock } = parsed.procedure;
  const form = options.form === undefined ? undefined : readForm(options.form, io);
  const term = form === undefined ? plainTerm(clock.limit) : await termFor(parsed, form, calendar, at);
  const policy = readPolicy(clock, term);
  const start: Happening = { at, kind: 'start', cause: 'received' };
  const happenings = withGrounds(parsed.procedure, [start, ...readHappenings(options.events, io)]);
  const deadline = deriveDeadline({ calendar, policy, happenings });
  if (!deadline.ok) throw new Stop(1, `${deadline.refusal.code}: ${deadline.refusal.detail}`, deadline.refusal);
  return deadline;
}

function readText(path: string, io: CommandIo): string {
  try {
    return readFileSync(resolve(io.cwd, path), 'utf8');
  } catch (error) {
    throw new Stop(2, `${path}: expected a readable file (${error instanceof Error ? error.message : String(error)})`);
  }
}

function readProcedure(path: string, io: CommandIo): ParsedProcedure {
  const folder = dirname(resolve(io.cwd, path));
  const beside = (name: string): string | undefined => {
    try {
      return readFileSync(resolve(folder, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  const parsed = parseProcedure(readText(path, io), path, beside);
  if (parsed.ok) return parsed.procedure;
  const { problems } = parsed;
  throw new Stop(1, problems.map(formatProblem).join('\n'), { code: 'definition-invalid', problems });
}

function readPolicy(clock: Procedure['clock'], term: Parameters<typeof policyOf>[1]): ClockPolicy {
  const reading = policyOf(clock, term);
  if (!reading.ok) throw new Stop(1, `${reading.refusal.code}: ${reading.refusal.detail}`, reading.refusal);
  return reading.policy;
}

type Form = Readonly<Record<string, unknown>>;

function readForm(path: string, io: CommandIo): Form {
  const read = z.record(z.string(), z.unknown()).safeParse(readJson(path, io));
  if (!read.success) throw new Stop(1, `${path}: expected the form as one JSON object`);
  return read.data;
}

/** The term that the limit comes to for such a form, received at that instant. */
async function termFor(
  { procedure, definition }: ParsedProcedure,
  form: Form,
  calendar: WorkingCalendar,
  at: string,
): Promise<Parameters<typeof policyOf>[1]> {
  const now = Date.parse(at);
  try {
    const { facts } = await computeFacts({ procedure, definition }, { form }, calendar, now);
    const evaluator = new Evaluator({ form, facts }, definition, calendar, now);
    return (await evaluator.term(procedure.clock.limit)) as Parameters<typeof policyOf>[1];
  } catch (error) {
    if (!(error instanceof TaskTerminal)) throw error;
    throw new Stop(1, `clock.limit: ${error.message}`);
  }
}

/** The one term that the limit says. A limit that depends on the dossier has no date without one. */
function plainTerm(limit: TermValue) {
  if (!Array.isArray(limit)) return limit;
  const [first] = limit;
  if (first !== undefined && first.when === undefined && typeof first.is === 'object')
    return first.legalBasis === undefined ? first.is : { ...first.is, legalBasis: first.legalBasis };
  throw new Stop(
    1,
    'clock.limit: expected a plain limit, found cases that depend on the dossier; give its form (--form FILE)',
  );
}

function readWorkingCalendar(path: string | undefined, io: CommandIo): WorkingCalendar {
  const reading = readCalendar(path === undefined ? readFileSync(vietnam, 'utf8') : readText(path, io));
  if (reading.ok) return openCalendar(reading.calendar);
  const problems = reading.problems.map((problem) => `${path ?? 'vn.yaml'}: ${problem.path}: ${problem.message}`);
  throw new Stop(1, problems.join('\n'), { code: 'calendar-invalid', problems: reading.problems });
}

function readJson(path: string, io: CommandIo): unknown {
  try {
    return JSON.parse(readText(path, io)) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Stop(1, `${path}: expected JSON (${error.message})`);
  }
}

const happeningList = z.array(clockHappening);

function readHappenings(path: string | undefined, io: CommandIo): readonly Happening[] {
  if (path === undefined) return [];
  const result = happeningList.safeParse(readJson(path, io));
  if (!result.success)
    throw new Stop(
      1,
      result.error.issues.map((issue) => `${path}: ${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  // Zod's optional fields may be undefined, the domain's are absent.
  return result.data.map((happening) => JSON.parse(JSON.stringify(happening)) as Happening);
}

function report(deadline: Answer, { json, language }: Options, io: CommandIo): void {
  const steps = explain(deadline.facts);
  if (json) {
    const { ok: _, facts: _told, ...rest } = deadline;
    const due = deadline.state === 'due' ? {} : { due: null, dueAt: null };
    io.stdout(`${JSON.stringify({ ...due, ...rest, steps }, null, 2)}\n`);
    return;
  }
  for (const step of steps) io.stdout(`${step.text[language]}\n`);
}
