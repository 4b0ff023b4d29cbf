import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runScenario, type ScenarioReport, untoldBeside } from '../../embedded/scenario-runner.ts';
import type { PaperMade } from '../../embedded/scenarios/play-here.ts';
import { loadSampleOrganisation, type Loading, neededProcedures } from '../../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse } from '../../embedded/scenarios/stage-machine.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { junitReport } from './junit-report.ts';
import { isFileFault, readScenariosBeside } from './scenarios-beside.ts';

const usage = 'PROCEDURE.yaml [--only TEXT] [--json] [--junit FILE] [--papers FOLDER]';

/** `onetrack test`: the scenarios beside a procedure, in virtual time, against the real use cases. */
export const testCommand: Command = {
  name: 'test',
  usage,
  summary: 'run the scenarios beside a procedure in virtual time',
  run: async (args, io) => {
    const options = readOptions(args);
    if (options === undefined) {
      io.stderr(`usage: onetrack test ${usage}\n`);
      return 2;
    }
    const loading = readScenariosBeside(options, io);
    if (typeof loading === 'number') return loading;
    return runAll(loading, options, io);
  },
};

interface Options {
  procedure: string;
  only: string;
  json: boolean;
  junit: string | undefined;
  /** Where the papers that the scenarios come to are written, a folder for each scenario. */
  papers: string | undefined;
}

function readOptions(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        json: { type: 'boolean' },
        junit: { type: 'string' },
        papers: { type: 'string' },
      },
    });
    const [procedure, second] = positionals;
    if (procedure === undefined || second !== undefined) return undefined;
    const { only = '', json = false, junit, papers } = values;
    return { procedure, only, json, junit, papers };
  } catch (error) {
    if (!isUsageError(error)) throw error;
    return undefined;
  }
}

/** node:util names its refusals by code (`ERR_PARSE_ARGS_UNKNOWN_OPTION` and others). */
function isUsageError(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}

async function runAll(
  loading: Extract<Loading, { ok: true }>,
  { only, json, junit, papers }: Options,
  io: CommandIo,
): Promise<ExitCode> {
  const house = await openScenarioHouse(loadSampleOrganisation(), neededProcedures(loading));
  const reports: ScenarioReport[] = [];
  try {
    for (const story of loading.stories.filter(({ scenario }) => scenario.includes(only))) {
      const made: PaperMade[] = [];
      const report = await runScenario(house, story, (given) => void made.push(...given));
      if (papers !== undefined && !wrotePapers(resolve(io.cwd, papers), report, made, io)) return 2;
      reports.push(report);
      if (!json) io.stdout(`${lineOf(report)}\n`);
    }
  } finally {
    house.close();
  }
  const failed = reports.filter(({ faults }) => faults.length > 0).length;
  const passed = reports.length - failed;
  const untold = only === '' ? untoldBeside(loading, reports) : [];
  if (junit !== undefined && !wrote(resolve(io.cwd, junit), junitReport(reports, untold), io)) return 2;
  if (json) io.stdout(`${JSON.stringify({ passed, failed, untold, scenarios: reports }, null, 2)}\n`);
  else {
    if (untold.length > 0) io.stdout(`no scenario takes ${untold.join(', ')}\n`);
    io.stdout(`${passed} of ${reports.length} scenarios hold\n`);
  }
  return failed === 0 && reports.length > 0 ? 0 : 1;
}

/** A folder for each scenario, named like it; what no name of a file should hold is a hyphen in it. */
function wrotePapers(folder: string, { scenario }: ScenarioReport, made: readonly PaperMade[], io: CommandIo): boolean {
  const own = join(
    folder,
    scenario
      .normalize('NFC')
      .replace(/[^\p{L}\p{N} .,-]/gu, '-')
      .slice(0, 80)
      .trim(),
  );
  try {
    mkdirSync(own, { recursive: true });
    for (const { name, bytes } of made) writeFileSync(join(own, name), bytes);
    return true;
  } catch (error) {
    if (!isFileFault(error)) throw error;
    io.stderr(`--papers: expected a folder that can be written to (${error.message})\n`);
    return false;
  }
}

function wrote(path: string, text: string, io: CommandIo): boolean {
  try {
    writeFileSync(path, text);
    return true;
  } catch (error) {
    if (!isFileFault(error)) throw error;
    io.stderr(`--junit: expected a file that can be written (${error.message})\n`);
    return false;
  }
}

function lineOf({ scenario, faults, milliseconds }: ScenarioReport): string {
  const head = `${faults.length === 0 ? 'holds' : 'FAILS'}  ${scenario} (${milliseconds} ms)`;
  return [
    head,
    ...faults.map(({ file, line, column, message }) => `         ${file}:${line}:${column}: ${message}`),
  ].join('\n');
}
