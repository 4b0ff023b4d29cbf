import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical, sha256 } from '../../domain/chain.ts';
import { MeasuredCounts } from '../../schemas/cost.ts';
import { compile } from '../../workflows/compiler/compile.ts';
import { costOf } from '../../workflows/cost/cost.ts';
import { readPrices } from '../../workflows/cost/read-prices.ts';
import { countTransitions } from '../../workflows/cost/transitions.ts';
import { GOLDEN_FUNCTIONS, repositoryProcedures } from '../workflows/golden-asl.ts';
import { BUDGET, overBudget } from './budget.ts';
import { COUNTS_FILES, measureFile } from './counts-files.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const countsIn = (path: string): MeasuredCounts => MeasuredCounts.parse(JSON.parse(read(path)));
const prices = readPrices(read('workflows/cost/aws-ap-southeast-1.yaml'));
if (!prices.ok) throw new Error(prices.problem);
const table = prices.prices;

/** The procedure that was measured, as the repository has it now. */
function subjectOf(counts: MeasuredCounts) {
  const found = repositoryProcedures(root).find(({ procedure }) => procedure.procedure === counts.procedure);
  if (!found) throw new Error(`expected procedure ${counts.procedure}`);
  return { ...found, machine: compile(found.procedure, { functions: GOLDEN_FUNCTIONS }).definition };
}

describe.each(Object.keys(COUNTS_FILES))('%s', (path) => {
  const counts = countsIn(path);
  const { definition, machine } = subjectOf(counts);

  it('is of the text as it stands, and its way is the machine’s', () => {
    expect(counts.definition).toBe(sha256(canonical(definition)));
    // Those entered, and one each for start and end.
    expect(countTransitions(machine, counts.way)).toBe(counts.statesEntered + 2);
  });

  it('holds what is measured now; scripts/measure.mjs writes it anew', async () => {
    const { tableBytes, objectBytes, ...now } = await measureFile(root, path);
    expect({ ...now, tableBytes: counts.tableBytes, objectBytes: counts.objectBytes }).toEqual(counts);
    // Certificates and signatures are a few bytes longer or shorter each time.
    expect(Math.abs(tableBytes / counts.tableBytes - 1)).toBeLessThan(0.05);
    expect(Math.abs(objectBytes / counts.objectBytes - 1)).toBeLessThan(0.05);
  }, 180_000);
});

describe('a dossier of the benchmark', () => {
  const counts = countsIn('bench/bench.counts.json');
  const transitions = countTransitions(subjectOf(counts).machine, counts.way) ?? Number.NaN;

  it('keeps within its budget', () => {
    expect(overBudget(counts, transitions, costOf(counts, transitions, table, 1))).toEqual([]);
  });

  it('would be found beyond it, in each of its parts', () => {
    const api = counts.functions['api']!;
    const grown = {
      ...counts,
      signatures: 100,
      functions: { ...counts.functions, api: { ...api, invocations: 20, writeUnits: 200 } },
    };
    const found = overBudget(grown, 13, costOf(grown, 13, table, 1));
    expect(found.map((fault) => fault.split(':')[0])).toEqual(Object.keys(BUDGET));
  });
});
