import type { MeasuredCounts } from '../../schemas/cost.ts';
import type { Cost } from '../../workflows/cost/cost.ts';

/** What one dossier of the frozen procedure may take on AWS. */
export const BUDGET = { transitions: 12, invocations: 15, writeUnits: 200, usd: 0.001 } as const;

/** Where a dossier takes more than its budget. */
export function overBudget(counts: MeasuredCounts, transitions: number, cost: Cost): string[] {
  const functions = Object.values(counts.functions);
  const sum = (of: (each: (typeof functions)[number]) => number): number =>
    functions.reduce((total, each) => total + of(each), 0);
  // AWS does not say whether a transaction's writes to indexes count once or twice: the budget holds either way.
  const writeUnits = sum((each) => each.writeUnits + each.indexUnits);
  const found = { transitions, invocations: sum((each) => each.invocations), writeUnits, usd: cost.perDossier };
  return (Object.keys(BUDGET) as (keyof typeof BUDGET)[])
    .filter((what) => found[what] > BUDGET[what])
    .map((what) => `${what}: expected at most ${BUDGET[what]}, found ${found[what]}`);
}
