import type { ExecutionDescription } from '../../domain/ports/workflow-engine.ts';
import type { Graph, Machine, State } from './definition.ts';
import { MAX_EVENTS, storedEvent } from './history.ts';
import type { EventType, StoredDetails, StoredEvent } from './history.ts';

export type Status = ExecutionDescription['status'];

/** What a branch waits for; without one it is about to work on its state. `claimed`: an answer has come and is being worked in. */
export type Pending = PendingTask | PendingDelay | PendingJoin;

export interface PendingTask {
  kind: 'task';
  token: string | undefined;
  /** The function has returned, and only the token's answer is awaited: after a restart there is nothing to invoke again. */
  submitted: boolean;
  timeoutAt: number | undefined;
  /** The whole time of an attempt, which one that a restart repeats gets again. */
  timeoutMs: number | undefined;
  heartbeatAt: number | undefined;
  heartbeatMs: number | undefined;
  /** Function and payload, kept when evaluating them again after a restart might give others. */
  call: Call | undefined;
  claimed: boolean;
  /** An invocation in this process has not come back yet. */
  inFlight: boolean;
}

export interface Call {
  functionArn: string;
  payload: unknown;
}

export interface PendingDelay {
  kind: 'wait' | 'retry';
  due: number;
  claimed: boolean;
}

/** A Parallel or Map whose branches run. `outputs` holds a box for each branch that has ended. */
export interface PendingJoin {
  kind: 'join';
  /** The items of a Map, for the context object. */
  items: unknown[] | undefined;
  inputs: unknown[];
  /** How many may run at once. */
  limit: number;
  started: number;
  running: number;
  starting: boolean;
  outputs: ({ value: unknown } | undefined)[];
  children: (Branch | undefined)[];
  claimed: boolean;
}

/** One line of control: the execution itself, a branch of a Parallel or an iteration of a Map. */
export interface Branch {
  graph: Graph;
  parent: { branch: Branch; index: number } | undefined;
  state: State;
  input: unknown;
  enteredAt: number;
  /** Own variables; those of outer scopes are inherited through the prototype. */
  variables: Record<string, unknown>;
  /** Retries made by each retrier of the state, and in all. */
  retries: number[];
  retryCount: number;
  lastEvent: number;
  pending: Pending | undefined;
  /** An expression is being evaluated; nobody else may move the branch. */
  acting: boolean;
  over: boolean;
}

export interface Execution {
  id: number;
  arn: string;
  name: string;
  machine: Machine;
  machineId: number;
  machineName: string;
  status: Status;
  startedAt: number;
  stoppedAt: number | undefined;
  timeoutAt: number | undefined;
  input: unknown;
  inputText: string;
  output: unknown;
  error: string | undefined;
  cause: string | undefined;
  root: Branch;
  /** Events written and to be written; the id of the last one. */
  events: number;
  /** Events that the journal does not hold yet. */
  unsaved: StoredEvent[];
  /** The journal's last row of history, 0 before the first. */
  tail: number;
  /** An event had no place in the history (25,000 events): the execution fails with `States.Runtime`. */
  full: boolean;
  isNew: boolean;
  dirty: boolean;
  /** Ended, or its last state was lost to a failed commit: whatever still comes for it is not heard. */
  over: boolean;
  lost: boolean;
}

/** A line of control that has entered no state yet. */
export function newBranch(graph: Graph, parent: Branch['parent'], input: unknown): Branch {
  return {
    graph,
    parent,
    state: graph.start,
    input,
    enteredAt: 0,
    variables: Object.create(parent?.branch.variables ?? null) as Record<string, unknown>,
    retries: [],
    retryCount: 0,
    lastEvent: 0,
    pending: undefined,
    acting: false,
    over: false,
  };
}

/**
 * Appends an event to the execution's history, after the last event of the branch. The last place is kept for the end of the execution: past it,
 * nothing is written and the execution is `full`.
 */
export function appendEvent(
  execution: Execution,
  branch: Branch,
  event: { type: EventType; at: number; details?: StoredDetails },
): void {
  if (!isEnd(event.type) && execution.events + 1 >= MAX_EVENTS) {
    execution.full = true;
    return;
  }
  execution.events += 1;
  execution.unsaved.push(storedEvent(event.type, event.at, branch.lastEvent, event.details ?? 0));
  branch.lastEvent = execution.events;
}

function isEnd(type: EventType): boolean {
  return type.startsWith('Execution');
}

/** Every line of control that has not ended, outer ones first. */
export function* openBranches(branch: Branch): Generator<Branch> {
  if (branch.over) return;
  yield branch;
  if (branch.pending?.kind !== 'join') return;
  for (const child of branch.pending.children) if (child !== undefined) yield* openBranches(child);
}

/** The next instant at which something happens by itself; nothing when the execution waits for an answer only. */
export function dueOf(execution: Execution): number | undefined {
  let due = execution.timeoutAt ?? Infinity;
  for (const { pending } of openBranches(execution.root)) {
    if (pending === undefined || pending.claimed) continue;
    if (pending.kind === 'task') due = Math.min(due, pending.timeoutAt ?? Infinity, pending.heartbeatAt ?? Infinity);
    else if (pending.kind !== 'join') due = Math.min(due, pending.due);
  }
  return due === Infinity ? undefined : due;
}

/** Whether a restart has something to do at once: an expression to evaluate or a function to invoke. */
export function isActive(execution: Execution): boolean {
  for (const { pending } of openBranches(execution.root)) {
    if (pending === undefined || pending.claimed) return true;
    if (pending.kind === 'task' && !pending.submitted) return true;
  }
  return false;
}
