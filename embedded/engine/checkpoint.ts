import type { Graph } from './definition.ts';
import { newBranch } from './execution.ts';
import type { Branch, Pending, PendingDelay, PendingJoin, PendingTask } from './execution.ts';

/** A branch as it is journaled; a member that would be empty is left out. */
interface StoredBranch {
  s: string;
  i: unknown;
  e: number;
  l: number;
  v?: Record<string, unknown>;
  r?: number[];
  n?: number;
  p?: StoredTask | StoredDelay | StoredJoin;
}

type StoredTask = {
  k: 't';
  o?: 1;
  h?: string;
  u?: number;
  d?: number;
  b?: number;
  m?: number;
  c?: PendingTask['call'];
};
interface StoredDelay {
  k: 'w' | 'r';
  d: number;
}
interface StoredJoin {
  k: 'j';
  m?: unknown[];
  q: unknown[];
  x: number;
  n: number;
  o: PendingJoin['outputs'];
  b: (StoredBranch | null)[];
}

/** The text from which `readCheckpoint` makes the same branch again. A claimed answer is not in it: until it is worked in, it has not come. */
export function writeCheckpoint(branch: Branch): string {
  return JSON.stringify(storeBranch(branch));
}

/** The branch of a checkpoint. Throws when the machine has no such state: machines never change, so the file is damaged. */
export function readCheckpoint(text: string, graph: Graph): Branch {
  return restoreBranch(JSON.parse(text) as StoredBranch, graph, undefined);
}

function storeBranch(branch: Branch): StoredBranch {
  const stored: StoredBranch = { s: branch.state.name, i: branch.input, e: branch.enteredAt, l: branch.lastEvent };
  for (const name in branch.variables) {
    if (Object.hasOwn(branch.variables, name)) {
      stored.v = branch.variables;
      break;
    }
  }
  if (branch.retryCount > 0) {
    stored.r = branch.retries;
    stored.n = branch.retryCount;
  }
  if (branch.pending !== undefined) stored.p = storePending(branch.pending);
  return stored;
}

function storePending(pending: Pending): StoredTask | StoredDelay | StoredJoin {
  if (pending.kind === 'task') return storeTask(pending);
  if (pending.kind !== 'join') return { k: pending.kind === 'wait' ? 'w' : 'r', d: pending.due };
  return {
    k: 'j',
    ...(pending.items === undefined ? {} : { m: pending.items }),
    q: pending.inputs,
    x: pending.limit,
    n: pending.started,
    o: pending.outputs,
    b: pending.children.map((child) => (child === undefined || child.over ? null : storeBranch(child))),
  };
}

function storeTask(pending: PendingTask): StoredTask {
  const stored: StoredTask = { k: 't' };
  if (pending.token !== undefined) stored.h = pending.token;
  if (pending.submitted) stored.o = 1;
  if (pending.timeoutAt !== undefined) stored.u = pending.timeoutAt;
  if (pending.token === undefined && pending.timeoutMs !== undefined) stored.d = pending.timeoutMs;
  if (pending.heartbeatAt !== undefined) stored.b = pending.heartbeatAt;
  if (pending.heartbeatMs !== undefined) stored.m = pending.heartbeatMs;
  if (pending.call !== undefined) stored.c = pending.call;
  return stored;
}

function restoreBranch(stored: StoredBranch, graph: Graph, parent: Branch['parent']): Branch {
  const state = graph.states.get(stored.s);
  if (state === undefined) throw new Error(`The checkpoint stands at ${stored.s}, which is no state of the machine.`);
  const branch = newBranch(graph, parent, stored.i);
  branch.state = state;
  branch.enteredAt = stored.e;
  branch.lastEvent = stored.l;
  if (stored.v !== undefined) Object.assign(branch.variables, stored.v);
  branch.retries = stored.r ?? [];
  branch.retryCount = stored.n ?? 0;
  if (stored.p !== undefined) branch.pending = restorePending(stored.p, branch);
  return branch;
}

function restorePending(stored: StoredTask | StoredDelay | StoredJoin, branch: Branch): Pending {
  if (stored.k === 't') {
    return {
      kind: 'task',
      token: stored.h,
      submitted: stored.o === 1,
      timeoutAt: stored.u,
      timeoutMs: stored.d,
      heartbeatAt: stored.b,
      heartbeatMs: stored.m,
      call: stored.c,
      claimed: false,
      inFlight: false,
    };
  }
  if (stored.k !== 'j') {
    const delay: PendingDelay = { kind: stored.k === 'w' ? 'wait' : 'retry', due: stored.d, claimed: false };
    return delay;
  }
  const children = stored.b.map((child, index) =>
    child === null ? undefined : restoreBranch(child, graphOf(branch, index), { branch, index }),
  );
  return {
    kind: 'join',
    items: stored.m,
    inputs: stored.q,
    limit: stored.x,
    started: stored.n,
    running: children.filter((child) => child !== undefined).length,
    starting: false,
    outputs: stored.o.map((box) => box ?? undefined),
    children,
    claimed: false,
  };
}

/** The graph that a branch of this Parallel or an iteration of this Map runs. */
export function graphOf(branch: Branch, index: number): Graph {
  const { state } = branch;
  const graph = state.type === 'Map' ? state.processor : state.type === 'Parallel' ? state.branches[index] : undefined;
  if (graph === undefined) throw new Error(`The state ${state.name} has no branch ${String(index)}.`);
  return graph;
}
