import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { canonical, sha256 } from '../../domain/chain.ts';
import { MeasuredCounts, type PriceTable } from '../../schemas/cost.ts';
import { compile } from '../../workflows/compiler/compile.ts';
import type { ParsedProcedure } from '../../workflows/compiler/parse.ts';
import { type Cost, costOf } from '../../workflows/cost/cost.ts';
import { readPrices } from '../../workflows/cost/read-prices.ts';
import { countTransitions } from '../../workflows/cost/transitions.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { FUNCTIONS } from './compile.ts';
import { readProcedureFile, tellProblems } from './procedure-file.ts';

const usage = 'PROCEDURE.yaml --dossiers N [--counts FILE] [--prices FILE] [--json]';
const PRICES = new URL('../../workflows/cost/aws-ap-southeast-1.yaml', import.meta.url);

const NOTES = { page: '', report: 'price from a report', memory: 'price from memory: check it' } as const;

/** `onetrack cost`: what so many dossiers of a procedure cost on AWS, by what was measured of one. */
export const costCommand: Command = {
  name: 'cost',
  usage,
  summary: 'reckon what dossiers of a procedure cost on AWS, item by item',
  run: (args, io) => Promise.resolve(run(args, io)),
};

interface Options {
  file: string;
  dossiers: number;
  counts: string;
  prices: string | URL;
  json: boolean;
}

function run(args: string[], io: CommandIo): ExitCode {
  const options = readOptions(args, io);
  if (!options) return 2;
  const parsed = readProcedureFile(options.file, io);
  if (parsed === undefined) return 2;
  if (!parsed.ok) return tellProblems(parsed.problems, options.json, io);
  const prices = readPrices(readFileSync(options.prices, 'utf8'));
  if (!prices.ok) return refuse(`${String(options.prices)}: ${prices.problem}`, options, io);
  const reckoned = reckon(parsed.procedures, options, prices.prices);
  if (typeof reckoned === 'string') return refuse(reckoned, options, io);
  const { cost, counts } = reckoned;
  const { region, date } = prices.prices;
  if (options.json) {
    const shown = { ok: true, region, pricesOf: date, dossiers: options.dossiers, scenario: counts.scenario, ...cost };
    io.stdout(`${JSON.stringify({ ...shown, counts }, null, 2)}\n`);
  } else io.stdout(tell(cost, counts, prices.prices, options.dossiers));
  return 0;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { dossiers: text, counts: text, prices: text, json: { type: 'boolean' } },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined) throw new Error('expected one procedure');
    const dossiers = Number(values.dossiers ?? 'none');
    if (!Number.isInteger(dossiers) || dossiers < 1)
      throw new Error(`--dossiers: expected a whole number from 1 on, got ${values.dossiers ?? 'none'}`);
    const path = resolve(io.cwd, file);
    const counts = values.counts ?? join(dirname(path), `${basename(path, '.yaml')}.counts.json`);
    const prices = values.prices === undefined ? PRICES : resolve(io.cwd, values.prices);
    if (typeof prices === 'string' && !existsSync(prices)) throw new Error(`${prices}: there is no such file`);
    return { file, dossiers, prices, counts: resolve(io.cwd, counts), json: values.json ?? false };
  } catch (error) {
    io.stderr(`onetrack cost: ${error instanceof Error ? error.message : String(error)}\n`);
    io.stderr(`usage: onetrack cost ${usage}\n`);
    return undefined;
  }
}

/** The cost, or why it cannot be told. */
function reckon(
  procedures: readonly ParsedProcedure[],
  { counts: file, dossiers }: Options,
  prices: PriceTable,
): { cost: Cost; counts: MeasuredCounts } | string {
  const [parsed, second] = procedures;
  if (!parsed || second) return 'expected a file with one procedure';
  const { procedure, definition } = parsed;
  const name = `${procedure.procedure} ${procedure.version}`;
  if (!existsSync(file)) return `${name} was never measured: there is no ${file}; see docs/cost.md`;
  const read = MeasuredCounts.safeParse(readJson(file));
  if (!read.success) return `${file}: ${z.prettifyError(read.error)}`;
  const counts = read.data;
  const transitions = countTransitions(compile(procedure, { functions: FUNCTIONS }).definition, counts.way);
  if (counts.definition !== sha256(canonical(definition)) || transitions === undefined)
    return `${file} was measured of another text than ${name}: measure it again, see docs/cost.md`;
  return { counts, cost: costOf(counts, transitions, prices, dossiers) };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function refuse(detail: string, { json }: Options, io: CommandIo): ExitCode {
  if (json) io.stdout(`${JSON.stringify({ ok: false, refusal: { code: 'refused', detail } }, null, 2)}\n`);
  else io.stderr(`${detail}\n`);
  return 1;
}

function tell(cost: Cost, counts: MeasuredCounts, prices: PriceTable, dossiers: number): string {
  const { procedure, version, scenario, dossiers: measured } = counts;
  const rows = cost.items.map(({ what, count, usd, verified }) => [
    what,
    count.toFixed(count < 1 ? 6 : 1),
    `$${usd.toFixed(7)}`,
    NOTES[verified],
  ]);
  const width = (column: number): number => Math.max(...rows.map((row) => (row[column] ?? '').length));
  const lines = rows.map(([what = '', count = '', usd = '', note = '']) =>
    `  ${what.padEnd(width(0))}  ${count.padStart(width(1))}  ${usd}  ${note}`.trimEnd(),
  );
  return [
    `${procedure} ${version} on AWS ${prices.region}, prices of ${prices.date}, without free tiers and taxes.`,
    `Of one dossier, measured over ${measured}: ${scenario}`,
    ...lines,
    `  one dossier $${cost.perDossier.toFixed(6)}, ${dossiers} dossiers $${(cost.perDossier * dossiers).toFixed(2)}`,
    `  each month that a dossier is kept $${cost.keptPerMonth.toFixed(7)} (${kilobytes(counts.tableBytes)} in the table, ${kilobytes(counts.objectBytes)} of documents)`,
    `  each month without a dossier $${cost.standing.toFixed(2)}`,
    '',
  ].join('\n');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
