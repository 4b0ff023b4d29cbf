import type { Amount } from '../../schemas/events/money.ts';
import type { MoneyEntry, Reconciliation, StatementLine } from '../../schemas/payments.ts';

/** What is recorded so soon after the first midnight may stand in the statement of the day before, in milliseconds. */
const EDGE_MS = 3_600_000;

export type Comparison = Omit<Reconciliation, 'unit' | 'from' | 'until' | 'system'>;

/**
 * Compares the lines of a statement with the entries of the same payment system. `entries` reach a day beyond the span on either side: what a
 * statement has on one day may be recorded on the next.
 */
export function reconcile(
  lines: readonly StatementLine[],
  entries: readonly MoneyEntry[],
  span: { from: string; before: string },
): Comparison {
  const stated = Map.groupBy(lines, keyOf);
  const recorded = Map.groupBy(entries, (entry) => keyOf({ kind: sideOf(entry), payment: entry.payment }));
  const within = entries.filter(({ at }) => at >= span.from && at < span.before);
  const pairs = [...stated].flatMap(([key, [line]]) => {
    const [entry] = recorded.get(key) ?? [];
    return line && entry ? [{ line, entry }] : [];
  });
  const isSame = ({ line, entry }: (typeof pairs)[number]): boolean => equal(line.amount, entry.amount);
  const agreed = pairs.filter(isSame);
  const differing = pairs
    .filter((pair) => !isSame(pair))
    .map(({ line, entry }) => ({ ...placeOf(entry), stated: line.amount, recorded: entry.amount }));
  const unrecorded = [...stated].flatMap(([key, [line]]) => (line && !recorded.has(key) ? [line] : []));
  const alone = within.filter((entry) => !stated.has(keyOf({ kind: sideOf(entry), payment: entry.payment })));
  const isEarly = ({ at }: MoneyEntry): boolean => Date.parse(at) < Date.parse(span.from) + EDGE_MS;
  const told = (entry: MoneyEntry) => ({ ...placeOf(entry), amount: entry.amount });
  const unstated = alone.filter((entry) => !isEarly(entry)).map(told);
  const early = alone.filter(isEarly).map(told);
  const repeated = [...repeatedIn(stated, 'statement'), ...repeatedIn(recorded, 'record')];
  return {
    balanced: [differing, unrecorded, unstated, early, repeated].every((each) => each.length === 0),
    stated: sumsOf(lines),
    recorded: sumsOf(within.map((entry) => ({ kind: sideOf(entry), amount: entry.amount }))),
    agreed: agreed.length,
    elsewhen: agreed
      .map(({ entry }) => entry)
      .filter(({ at }) => at < span.from || at >= span.before)
      .map(placeOf),
    differing,
    unrecorded,
    unstated,
    early,
    repeated,
  };
}

type Side = StatementLine['kind'];

function sideOf({ kind }: MoneyEntry): Side {
  return kind === 'refunded' ? 'out' : 'in';
}

function keyOf({ kind, payment }: { kind: Side; payment: string }): string {
  return `${kind} ${payment}`;
}

function placeOf(entry: MoneyEntry): Reconciliation['elsewhen'][number] {
  const { payment, dossier, at } = entry;
  return { kind: sideOf(entry), payment, dossier, at };
}

function equal(a: Amount, b: Amount): boolean {
  return a.value === b.value && a.currency === b.currency;
}

function repeatedIn(
  groups: ReadonlyMap<string, readonly (StatementLine | MoneyEntry)[]>,
  where: 'statement' | 'record',
): Reconciliation['repeated'] {
  return [...groups].flatMap(([key, { length: times }]) => {
    const kind = key.startsWith('out ') ? 'out' : 'in';
    return times > 1 ? [{ kind, payment: key.slice(kind.length + 1), where, times } as const] : [];
  });
}

function sumsOf(moves: readonly { kind: Side; amount: Amount }[]): Reconciliation['stated'] {
  return [...Map.groupBy(moves, ({ amount }) => amount.currency)].map(([currency, each]) => ({
    currency,
    in: sumOf(each.filter(({ kind }) => kind === 'in')),
    out: sumOf(each.filter(({ kind }) => kind === 'out')),
  }));
}

/** How many, and how much together. */
export function sumOf(moves: readonly { amount: Amount }[]): { count: number; value: number } {
  return { count: moves.length, value: moves.reduce((total, { amount }) => total + amount.value, 0) };
}
