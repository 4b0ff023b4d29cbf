import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Impact } from '../../schemas/impact.ts';
import { lint } from '../../workflows/compiler/lint.ts';
import type { ParsedProcedure } from '../../workflows/compiler/parse.ts';
import { inOrderOfOpening } from '../../workflows/opened-procedures.ts';
import { unsupported } from '../../workflows/compiler/supported.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { Progress } from '../progress.ts';
import { SYSTEM_OPTIONS, SYSTEM_USAGE, systemOf, tellRefusal } from '../running-system.ts';
import type { Answered, RunningSystem } from '../running-system.ts';
import { readProcedureFile, tellProblems } from './procedure-file.ts';
import { tellImpact } from './tell-impact.ts';

const usage = `PROCEDURE.yaml ${SYSTEM_USAGE} [--from INSTANT] [--impact] [--json]`;
const Version = z.object({
  id: z.string(),
  version: z.string(),
  status: z.string(),
  digest: z.string(),
  machine: z.string().nullable(),
  effectiveFrom: z.string().nullable(),
});
type Done = z.infer<typeof Version> | Impact;

/** `onetrack deploy`: hands a procedure in at a running system and publishes it; with `--impact` only says what that would do. */
export const deployCommand: Command = {
  name: 'deploy',
  usage,
  summary: 'publish a procedure on a running system, or with --impact see first what that would do',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const parsed = readProcedureFile(options.file, io);
    if (parsed === undefined) return 2;
    if (!parsed.ok) return tellProblems(parsed.problems, options.json, io);
    const { procedures } = parsed;
    const problems = procedures.flatMap(({ definition, locate }) => {
      const later = options.impact ? [] : unsupported(definition, locate);
      return [...lint(definition, { locate }), ...later];
    });
    if (problems.length > 0) return tellProblems(problems, options.json, io);
    const sources = sourcesOf(readFileSync(resolve(io.cwd, options.file), 'utf8'));
    const told = procedures.map((parsed, index) => ({ ...parsed, source: sources[index] ?? '' }));
    return deployAll(
      inOrderOfOpening(told, ({ procedure }) => procedure),
      options,
      io,
    );
  },
};

interface Options {
  file: string;
  system: RunningSystem;
  from: string | undefined;
  impact: boolean;
  json: boolean;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...SYSTEM_OPTIONS, from: { type: 'string' }, impact: { type: 'boolean' }, json: { type: 'boolean' } },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined) throw new Error('expected one procedure');
    const system = systemOf(values, io.env);
    if (typeof system === 'string') throw new Error(system);
    const { impact = false, json = false } = values;
    return { file, system, impact, json, from: values.from === undefined ? undefined : instantOf(values.from) };
  } catch (error) {
    io.stderr(`onetrack deploy: ${error instanceof Error ? error.message : String(error)}\n`);
    io.stderr(`usage: onetrack deploy ${usage}\n`);
    return undefined;
  }
}

/** An instant with its offset, as the API takes it: in UTC, to the millisecond. */
function instantOf(text: string): string {
  if (!z.iso.datetime({ offset: true }).safeParse(text).success)
    throw new Error(`--from: expected an instant such as 2027-01-01T00:00:00+07:00, got ${text}`);
  return new Date(text).toISOString();
}

/** The text of each procedure of a file. A line that begins with three hyphens separates them (YAML 1.2, 9.1.4), wherever it stands. */
function sourcesOf(text: string): string[] {
  return text.split(/^---(?=\s|$)/m).filter((part) => /^[^#\s]/m.test(part));
}

/** What others open is published before them, wherever it stands in the file. */
async function deployAll(
  procedures: readonly (ParsedProcedure & { source: string })[],
  options: Options,
  io: CommandIo,
): Promise<ExitCode> {
  const progress = new Progress(io);
  const done: Done[] = [];
  for (const [index, { procedure, files, source }] of procedures.entries()) {
    const path = `/procedures/${procedure.procedure}/versions/${procedure.version}`;
    progress.tell(`${procedure.procedure} ${procedure.version}, ${index + 1} of ${procedures.length}`);
    const deployed = await deployOne(path, { source, files }, options);
    if (!deployed.ok) {
      progress.end();
      if (options.json) io.stdout(`${JSON.stringify({ ok: false, done, refusal: deployed.refusal }, null, 2)}\n`);
      else io.stderr(`${procedure.procedure} ${procedure.version}: ${tellRefusal(deployed.refusal)}\n`);
      return 1;
    }
    done.push(deployed.body);
    progress.end();
    if (!options.json) io.stdout(tellDone(deployed.body));
  }
  if (options.json) io.stdout(`${JSON.stringify({ ok: true, done }, null, 2)}\n`);
  return done.some((each) => 'refused' in each && each.refused !== null) ? 1 : 0;
}

async function deployOne(
  path: string,
  body: { source: string; files: Readonly<Record<string, string>> },
  { system, from, impact }: Options,
): Promise<Answered<Done>> {
  const effectiveFrom = from === undefined ? {} : { effectiveFrom: from };
  const put = await system.ask({ method: 'PUT', path, body }, Version);
  if (!put.ok) return put;
  if (impact) return system.ask({ method: 'POST', path: `${path}/impact`, body: effectiveFrom }, Impact);
  const { digest } = put.body;
  return system.ask({ method: 'POST', path: `${path}/publish`, body: { ...effectiveFrom, digest } }, Version);
}

function tellDone(done: Done): string {
  if ('versions' in done) return tellImpact(done);
  return `${done.id} ${done.version} is ${done.status}: new dossiers start on it from ${done.effectiveFrom ?? 'never'} (machine ${done.machine ?? 'none'})\n`;
}
