import type { Template } from './expression.ts';

/** A state machine or the processor of a Parallel branch or Map, ready to run. */
export interface Graph {
  start: State;
  states: ReadonlyMap<string, State>;
  /** Names assigned anywhere in this scope; an inner scope may not assign them (developer guide, "Variable scope"). */
  assigned: ReadonlySet<string>;
}

export interface Machine extends Graph {
  /** Seconds after which an execution ends as TIMED_OUT. */
  timeoutSeconds: number | undefined;
}

export type State =
  TaskState | ChoiceState | WaitState | PassState | SucceedState | FailState | ParallelState | MapState;

/** `Assign` and `Output` of a state, a Choice rule or a catcher: both are evaluated over the same values. */
export interface Transfer {
  assign: Template | undefined;
  output: Template | undefined;
}

interface Named {
  name: string;
}

/** Where a state goes when it is done; nothing when it ends its scope. */
interface Flowing extends Named, Transfer {
  next: string | undefined;
}

interface Guarded extends Flowing {
  retry: readonly Retrier[];
  catch: readonly Catcher[];
}

export interface Retrier {
  errorEquals: readonly string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  maxDelaySeconds: number | undefined;
  fullJitter: boolean;
}

export interface Catcher extends Transfer {
  errorEquals: readonly string[];
  next: string;
}

/** `invoke` is `arn:aws:states:::lambda:invoke`, `callback` the same with `.waitForTaskToken`, `direct` the ARN of a function. */
export interface TaskState extends Guarded {
  type: 'Task';
  integration: 'invoke' | 'callback' | 'direct';
  resource: string;
  arguments: Template;
  timeoutSeconds: Template | undefined;
  heartbeatSeconds: Template | undefined;
}

export interface ChoiceState extends Named, Transfer {
  type: 'Choice';
  choices: readonly ChoiceRule[];
  default: string | undefined;
}

export interface ChoiceRule extends Transfer {
  condition: Template;
  next: string;
}

export interface WaitState extends Flowing {
  type: 'Wait';
  seconds: Template | undefined;
  timestamp: Template | undefined;
}

export interface PassState extends Flowing {
  type: 'Pass';
}

export interface SucceedState extends Named {
  type: 'Succeed';
  output: Template | undefined;
}

export interface FailState extends Named {
  type: 'Fail';
  error: Template | undefined;
  cause: Template | undefined;
}

export interface ParallelState extends Guarded {
  type: 'Parallel';
  arguments: Template | undefined;
  branches: readonly Graph[];
}

export interface MapState extends Guarded {
  type: 'Map';
  items: Template | undefined;
  itemSelector: Template | undefined;
  maxConcurrency: Template | undefined;
  processor: Graph;
}
