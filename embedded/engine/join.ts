import type { MapState, ParallelState } from './definition.ts';
import type { PendingJoin } from './execution.ts';
import type { Scope } from './expression.ts';
import { ERROR, StateFailed } from './failure.ts';
import { isTooLarge } from './json.ts';

/** Quota of Step Functions: iterations of an Inline Map that run at once. */
const MAX_CONCURRENCY = 40;

/** What a Parallel or Map state is about to run: one branch per graph, or one iteration per item. Throws or rejects with `StateFailed`. */
export function joinOf(state: ParallelState | MapState, scope: Scope): PendingJoin | Promise<PendingJoin> {
  if (state.type === 'Map') return mapJoin(state, scope);
  const given = state.arguments === undefined ? scope.input : state.arguments.evaluate(scope);
  const join = (value: unknown): PendingJoin => {
    if (isTooLarge(value))
      throw new StateFailed(ERROR.dataLimit, `The arguments of ${state.name} are larger than 256 KiB.`);
    return newJoin(
      undefined,
      state.branches.map(() => value),
      state.branches.length,
    );
  };
  return given instanceof Promise ? given.then(join) : join(given);
}

async function mapJoin(state: MapState, scope: Scope): Promise<PendingJoin> {
  const items = itemsOf(state.items === undefined ? scope.input : await state.items.evaluate(scope));
  const concurrency = (await state.maxConcurrency?.evaluate(scope)) ?? 0;
  if (typeof concurrency !== 'number' || !Number.isInteger(concurrency) || concurrency < 0) {
    throw new StateFailed(
      ERROR.query,
      'MaxConcurrency must be a whole number that is not negative.',
      '/MaxConcurrency',
    );
  }
  const limit = concurrency === 0 ? MAX_CONCURRENCY : Math.min(concurrency, MAX_CONCURRENCY);
  if (state.itemSelector === undefined) return newJoin(items, items, limit);
  const inputs: unknown[] = [];
  for (const [Index, Value] of items.entries()) {
    const context = { ...(scope.context() as object), Map: { Item: { Index, Value } } };
    inputs.push(await state.itemSelector.evaluate({ ...scope, context: () => context }));
  }
  return newJoin(items, inputs, limit);
}

/** An object gives one item of key and value per member (developer guide, "Map state, Items"). */
function itemsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).map(([Key, Value]) => ({ Key, Value: Value as unknown }));
  }
  throw new StateFailed(ERROR.query, 'Items must be a list or an object.', '/Items');
}

function newJoin(items: unknown[] | undefined, inputs: unknown[], limit: number): PendingJoin {
  return {
    kind: 'join',
    items,
    inputs,
    limit,
    started: 0,
    running: 0,
    starting: false,
    outputs: inputs.map(() => undefined),
    children: inputs.map(() => undefined),
    claimed: false,
  };
}
