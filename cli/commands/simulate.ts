import { parseArgs } from 'node:util';
import { type Course, simulate } from '../../embedded/simulation.ts';
import { untoldOutcomes } from '../../embedded/scenario-runner.ts';
import { loadSampleOrganisation, type Loading, neededProcedures } from '../../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse } from '../../embedded/scenarios/stage-machine.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { Progress } from '../progress.ts';
import { readScenariosBeside } from './scenarios-beside.ts';

const usage = 'PROCEDURE.yaml [--dossiers N] [--seed S] [--json]';

/** `onetrack simulate`: many dossiers led through a procedure as chance has it; where one comes to a stand, the procedure is at fault. */
export const simulateCommand: Command = {
  name: 'simulate',
  usage,
  summary: 'lead many dossiers through a procedure as chance has it, in virtual time',
  run: async (args, io) => {
    const options = readOptions(args, io);
    if (options === undefined) return 2;
    const loading = readScenariosBeside(options, io);
    if (typeof loading === 'number') return loading;
    return simulateAll(loading, options, io);
  },
};

interface Options {
  procedure: string;
  dossiers: number;
  seed: number;
  json: boolean;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { dossiers: text, seed: text, json: { type: 'boolean' } },
    });
    const [procedure, second] = positionals;
    if (procedure === undefined || second !== undefined) throw new Error('expected one procedure');
    const dossiers = wholeNumber('--dossiers', values.dossiers ?? '20', 1);
    const seed = wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)), 0);
    return { procedure, dossiers, seed, json: values.json ?? false };
  } catch (error) {
    io.stderr(`onetrack simulate: ${error instanceof Error ? error.message : String(error)}\n`);
    io.stderr(`usage: onetrack simulate ${usage}\n`);
    return undefined;
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > 2 ** 31)
    throw new Error(`${option}: expected a whole number from ${least} on, got ${text}`);
  return number;
}

async function simulateAll(
  loading: Extract<Loading, { ok: true }>,
  { dossiers, seed, json }: Options,
  io: CommandIo,
): Promise<ExitCode> {
  const house = await openScenarioHouse(loadSampleOrganisation(), neededProcedures(loading));
  const stories = loading.stories.filter((story) => !story.do.some(({ kind }) => kind === 'submit'));
  const { procedure } = loading.procedure.parsed;
  const procedures = [procedure, ...loading.opens.map(({ parsed }) => parsed.procedure)];
  const progress = new Progress(io);
  const courses: Course[] = [];
  try {
    for (let index = 0; index < dossiers; index += 1) {
      courses.push(await simulate(house, { procedures, stories }, seed + index));
      progress.tell(`${courses.length} of ${dossiers} dossiers`);
    }
  } finally {
    progress.end();
    house.close();
  }
  const untaken = untoldOutcomes(procedure, courses);
  const stranded = courses.filter(({ end, faults }) => end !== 'closed' || faults.length > 0);
  if (json) io.stdout(`${JSON.stringify({ seed, dossiers, untaken, courses }, null, 2)}\n`);
  else io.stdout(tell({ name: `${procedure.procedure} ${procedure.version}`, seed, courses, stranded, untaken }));
  return stranded.length === 0 ? 0 : 1;
}

interface Told {
  name: string;
  seed: number;
  courses: readonly Course[];
  stranded: readonly Course[];
  untaken: readonly string[];
}

function tell({ name, seed, courses, stranded, untaken }: Told): string {
  const results = [...Map.groupBy(courses, ({ result }) => result ?? 'no result')]
    .map(([result, group]) => `${result} ${group.length}`)
    .toSorted();
  const days = courses.flatMap(({ days: each }) => each ?? []).toSorted((a, b) => a - b);
  const lines = [
    `${courses.length} dossiers of ${name}, seed ${seed}`,
    `  results       ${results.join(', ')}`,
    `  to decision   ${daysAt(days, 0.5)} days in the middle, ${daysAt(days, 1)} at most`,
    `  late          ${courses.filter(({ late }) => late).length}`,
    ...(untaken.length > 0 ? [`  never taken   ${untaken.join(', ')}`] : []),
    ...stranded.flatMap(strandedLines),
    stranded.length === 0 ? 'every dossier came to its end' : `${stranded.length} did not come to a good end`,
  ];
  return `${lines.join('\n')}\n`;
}

function strandedLines(course: Course): string[] {
  return [
    `  ${course.end.padEnd(12)}  seed ${course.seed}, as in: ${course.scenario}`,
    `                ${course.steps.join('; ')}`,
    ...course.faults.map((fault) => `                ${fault}`),
  ];
}

function daysAt(days: readonly number[], share: number): string {
  const value = days[Math.ceil(days.length * share) - 1];
  return value === undefined ? 'no' : value.toFixed(1);
}
