import { FUNCTION_SIZES } from '../../schemas/function-sizes.ts';
import {
  CHARGED,
  type Charged,
  type FunctionCounts,
  type MeasuredCounts,
  type PriceTable,
} from '../../schemas/cost.ts';

/** One line of the bill of a dossier. */
export interface CostItem {
  item: Charged;
  /** As the price list names it. */
  what: string;
  /** For one dossier. */
  count: number;
  /** For one dossier, US dollars. */
  usd: number;
  verified: PriceTable['prices'][Charged]['verified'];
}

export interface Cost {
  items: CostItem[];
  /** For one dossier, US dollars. */
  perDossier: number;
  /** For all of them. */
  total: number;
  /** A month of what stays of one dossier. */
  keptPerMonth: number;
  /** A month without a dossier. */
  standing: number;
}

/** What so many dossiers cost, by the counts measured of one and the transitions of its machine. Free tiers are left out. */
export function costOf(counts: MeasuredCounts, transitions: number, table: PriceTable, dossiers: number): Cost {
  const quantities = quantitiesOf(counts, transitions, table);
  const items = CHARGED.map((item): CostItem => {
    const { usd, per, what, verified } = table.prices[item];
    return { item, what, count: quantities[item], usd: (quantities[item] * usd) / per, verified };
  });
  const perDossier = items.reduce((sum, { usd }) => sum + usd, 0);
  const standing = table.standing.reduce((sum, { usd }) => sum + usd, 0);
  const { tableGigabyte, objectGigabyte } = table.kept;
  const keptPerMonth = (counts.tableBytes * tableGigabyte.usd + counts.objectBytes * objectGigabyte.usd) / 1e9;
  return { items, perDossier, total: perDossier * dossiers, keptPerMonth, standing };
}

function quantitiesOf(counts: MeasuredCounts, transitions: number, table: PriceTable): Record<Charged, number> {
  const functions = Object.entries(counts.functions);
  const sum = (of: (each: FunctionCounts) => number): number =>
    functions.reduce((total, [, each]) => total + of(each), 0);
  const invocations = sum((each) => each.invocations);
  return {
    transition: transitions,
    invocation: invocations,
    gigabyteSecond: functions.reduce((total, [name, each]) => total + gigabyteSeconds(name, each, table), 0),
    apiRequest: counts.apiRequests,
    writeUnit: sum((each) => each.writeUnits),
    readUnit: sum((each) => each.readUnits),
    objectWrite: counts.objectWrites,
    objectRead: counts.objectReads,
    signature: counts.signatures,
    keyRequest: counts.keyRequests,
    mail: counts.mails,
    logGigabyte: (invocations * table.logBytes) / 1e9,
  };
}

/** Memory times time: that of an invocation's own work and of its calls, as if one came after the other. */
function gigabyteSeconds(name: string, counts: FunctionCounts, { milliseconds }: PriceTable): number {
  const size = Object.entries(FUNCTION_SIZES).find(([known]) => known === name)?.[1];
  if (!size) throw new Error(`counts: expected a function that is deployed, got ${name}`);
  const calls = Object.entries(counts.calls) as [keyof FunctionCounts['calls'], number][];
  const time = calls.reduce(
    (total, [service, count]) => total + count * milliseconds[service],
    counts.invocations * milliseconds.work,
  );
  return (size.memory / 1024) * (time / 1000);
}
