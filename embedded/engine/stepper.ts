import { isTooLarge } from './json.ts';
import type { Catcher, State, Transfer } from './definition.ts';
import { appendEvent, openBranches } from './execution.ts';
import type { Branch, Call, Execution, Pending, PendingTask, Status } from './execution.ts';
import type { Scope } from './expression.ts';
import { ERROR, StateFailed, takes } from './failure.ts';
import type { Failure } from './failure.ts';
import type { EventType, StoredDetails } from './history.ts';
import type { Sources } from './jsonata.ts';
import { contextOf } from './context.ts';
import { retryDelay } from './retry-delay.ts';
import { both } from './soon.ts';

/** What the interpreter needs of the engine around it. */
export interface Surface extends Sources {
  invoke: (call: Call, of: { execution: Execution; branch: Branch }) => Promise<unknown>;
  /** The execution has changed: it is written with the next commit. */
  touch: (execution: Execution) => void;
  /** Something began or ended that is neither waiting for a token nor for a time. */
  busy: (change: 1 | -1) => void;
}

/** What the kinds of states do when the stepper comes to them. */
export interface Hooks {
  /** Works on the state that the branch has entered. */
  act: (execution: Execution, branch: Branch) => void | Promise<void>;
  /** A branch of a Parallel or Map has ended with this output. */
  ended: (execution: Execution, branch: Branch, output: unknown) => void;
  /** A branch of a Parallel or Map has failed, past its retriers and catchers. */
  failed: (execution: Execution, branch: Branch, failure: Failure) => void;
}

/** An event that is written only when the step it belongs to is done: a step changes everything at once, or nothing. */
export interface Draft {
  type: EventType;
  details?: StoredDetails;
}

/** What a state leaves behind: variables and output. */
export interface Leaving {
  assign: Record<string, unknown> | undefined;
  output: unknown;
}

/** Quota of Step Functions: 10 MiB for all variables of an execution; looked at only when there are enough of 256 KiB each to exceed it. */
const VARIABLES_BYTES = 10_485_760;
const VARIABLES_UNSEEN = 40;

/**
 * The way from state to state, whatever their kinds. A step evaluates first and then changes branch and history in one go, so that whatever commit falls
 * between two steps holds a state from which the execution can go on.
 */
export class Stepper {
  readonly surface: Surface;
  readonly #hooks: Hooks;

  constructor(surface: Surface, hooks: Hooks) {
    this.surface = surface;
    this.#hooks = hooks;
  }

  /** Ends the execution, whatever it was doing. */
  finish(execution: Execution, status: Status, end: Draft & { branch?: Branch; output?: unknown }): void {
    if (execution.over) return;
    const at = this.surface.now();
    const details = end.details ?? {};
    for (const branch of [...openBranches(execution.root)]) this.close(branch);
    execution.status = status;
    execution.stoppedAt = at;
    execution.output = end.output;
    execution.error = details['error'] as string | undefined;
    execution.cause = details['cause'] as string | undefined;
    appendEvent(execution, end.branch ?? execution.root, { type: end.type, at, ...(end.details ? { details } : {}) });
    execution.over = true;
    this.surface.touch(execution);
  }

  /** Stops counting what a lost execution was doing. */
  abandon(execution: Execution): void {
    for (const branch of [...openBranches(execution.root)]) this.close(branch);
  }

  /** Lets the branch work until it waits or ends. */
  drive(execution: Execution, branch: Branch): void {
    while (!execution.over && !branch.over && !branch.acting && branch.pending === undefined) {
      if (execution.full) {
        this.overflow(execution);
        return;
      }
      const step = this.#guarded(execution, branch, [], () => this.#hooks.act(execution, branch));
      if (step instanceof Promise) {
        void this.#await(execution, branch, step);
        return;
      }
    }
  }

  /** Fails an execution whose history is full. */
  overflow(execution: Execution): void {
    this.finish(execution, 'FAILED', {
      type: 'ExecutionFailed',
      details: { error: ERROR.runtime, cause: 'The execution reached the maximum number of history events (25000).' },
    });
  }

  /** Waits for a step that evaluates slowly, then drives on. */
  #await(execution: Execution, branch: Branch, step: Promise<void>): Promise<void> {
    branch.acting = true;
    this.surface.busy(1);
    return step.then(() => {
      branch.acting = false;
      this.surface.busy(-1);
      this.drive(execution, branch);
    });
  }

  /** Runs a step; whatever it throws fails the state, after the drafted events. Never rejects. */
  #guarded(
    execution: Execution,
    branch: Branch,
    drafts: readonly Draft[],
    step: () => void | Promise<void>,
  ): void | Promise<void> {
    try {
      const result = step();
      if (!(result instanceof Promise)) return;
      return result.catch((error: unknown) => this.#fail(execution, branch, error, drafts));
    } catch (error) {
      return this.#fail(execution, branch, error, drafts);
    }
  }

  /** Runs a step that ends the waiting, then drives on. */
  settle(
    execution: Execution,
    branch: Branch,
    drafts: readonly Draft[],
    step: () => void | Promise<void>,
  ): void | Promise<void> {
    const result = this.#guarded(execution, branch, drafts, step);
    if (result instanceof Promise) return this.#await(execution, branch, result);
    this.drive(execution, branch);
  }

  /** Lets the branch wait for something else than before. */
  wait(execution: Execution, branch: Branch, pending: Pending): void {
    this.#drop(branch);
    branch.pending = pending;
    this.surface.touch(execution);
  }

  /** Forgets what the branch waited for. An invocation under way is no longer counted: its answer will not be heard. */
  #drop(branch: Branch): void {
    const { pending } = branch;
    branch.pending = undefined;
    if (pending?.kind === 'task') this.land(pending);
  }

  /** Counts an invocation as no longer under way, once. */
  land(pending: PendingTask): void {
    if (!pending.inFlight) return;
    pending.inFlight = false;
    this.surface.busy(-1);
  }

  /** Ends a line of control. */
  close(branch: Branch): void {
    branch.over = true;
    this.#drop(branch);
  }

  /** Ends the branches inside a Parallel or Map. */
  closeChildren(branch: Branch): void {
    if (branch.pending?.kind !== 'join') return;
    for (const child of branch.pending.children) {
      if (child !== undefined) for (const open of [...openBranches(child)]) this.close(open);
    }
  }

  #write(execution: Execution, branch: Branch, drafts: readonly Draft[]): void {
    for (const draft of drafts) appendEvent(execution, branch, { ...draft, at: this.surface.now() });
  }

  /** Enters a state. `details` are those that the event has besides the name; an input that the event before it did not carry must be among them. */
  enter(execution: Execution, branch: Branch, to: { state: State; input: unknown; details?: StoredDetails }): void {
    const { state, input, details } = to;
    const at = this.surface.now();
    this.#drop(branch);
    branch.state = state;
    branch.input = input;
    branch.enteredAt = at;
    if (branch.retryCount > 0) {
      branch.retries = [];
      branch.retryCount = 0;
    }
    appendEvent(execution, branch, {
      type: `${state.type}StateEntered`,
      at,
      details: { name: state.name, ...details },
    });
    this.surface.touch(execution);
  }

  /** Leaves the state with its variables and output, after the drafted events: to the next state, or to the end of its scope. `carried` is the value that the last event holds. */
  leave(
    execution: Execution,
    branch: Branch,
    how: { next: string | undefined; leaving: Leaving; drafts: readonly Draft[]; carried: unknown },
  ): void {
    if (execution.over || branch.over) return;
    const { assign, output } = how.leaving;
    this.#write(execution, branch, how.drafts);
    const details: StoredDetails = { name: branch.state.name };
    if (output !== how.carried) details['output'] = output;
    if (assign !== undefined) {
      details['assignedVariables'] = assign;
      Object.assign(branch.variables, assign);
    }
    const { type } = branch.state;
    if (type !== 'Fail')
      appendEvent(execution, branch, { type: `${type}StateExited`, at: this.surface.now(), details });
    const next = how.next === undefined ? undefined : branch.graph.states.get(how.next);
    if (next !== undefined) this.enter(execution, branch, { state: next, input: output });
    else if (execution.full) this.overflow(execution);
    else if (branch.parent !== undefined) this.#hooks.ended(execution, branch, output);
    else this.finish(execution, 'SUCCEEDED', { type: 'ExecutionSucceeded', output });
  }

  /** Whatever a step threw: the failure is written and handled, after the events that came before it. */
  #fail(execution: Execution, branch: Branch, error: unknown, drafts: readonly Draft[]): void | Promise<void> {
    const known = error instanceof StateFailed;
    const failure = known ? error.failure : { error: ERROR.runtime, cause: `The engine failed: ${messageOf(error)}` };
    const all = known && failure.error === ERROR.query ? [...drafts, evaluationFailed(branch.state, error)] : drafts;
    return this.handle(execution, branch, failure, all);
  }

  /** Retries, catches, or fails what is around: the first retrier or catcher that takes the failure decides. */
  handle(execution: Execution, branch: Branch, failure: Failure, drafts: readonly Draft[]): void | Promise<void> {
    if (execution.over || branch.over) return;
    const { state } = branch;
    if (!('retry' in state)) {
      this.die(execution, branch, failure, drafts);
      return;
    }
    const i = state.retry.findIndex((retrier) => takes(retrier.errorEquals, failure));
    const retrier = state.retry[i];
    const made = branch.retries[i] ?? 0;
    if (retrier !== undefined && made < retrier.maxAttempts) {
      this.closeChildren(branch);
      this.#write(execution, branch, drafts);
      branch.retries = state.retry.map((_, k) => (branch.retries[k] ?? 0) + (k === i ? 1 : 0));
      branch.retryCount += 1;
      const due = this.surface.now() + retryDelay(retrier, made, this.surface.random);
      this.wait(execution, branch, { kind: 'retry', due, claimed: false });
      return;
    }
    const catcher = state.catch.find(({ errorEquals }) => takes(errorEquals, failure));
    if (catcher === undefined) this.die(execution, branch, failure, drafts);
    else return this.#catch(execution, branch, catcher, { failure, drafts });
  }

  #catch(
    execution: Execution,
    branch: Branch,
    catcher: Catcher,
    { failure, drafts }: { failure: Failure; drafts: readonly Draft[] },
  ): void | Promise<void> {
    const errorOutput = { Error: failure.error, Cause: failure.cause };
    const scope = { ...this.scope(execution, branch), errorOutput };
    const give = (error: unknown): void => {
      if (!(error instanceof StateFailed)) throw error;
      this.die(execution, branch, error.failure, [...drafts, evaluationFailed(branch.state, error)]);
    };
    const go = (leaving: Leaving): void => {
      this.closeChildren(branch);
      this.leave(execution, branch, { next: catcher.next, leaving, drafts, carried: undefined });
    };
    try {
      const leaving = this.evaluate(catcher, scope, errorOutput);
      if (leaving instanceof Promise) return leaving.then(go, give);
      go(leaving);
    } catch (error) {
      give(error);
    }
  }

  /** The branch fails, and with it the Parallel or Map around it, or the execution. */
  die(execution: Execution, branch: Branch, failure: Failure, drafts: readonly Draft[]): void {
    this.#write(execution, branch, drafts);
    const { error, cause } = failure;
    if (branch.parent === undefined) {
      const details = { error, ...(cause === '' ? {} : { cause }) };
      this.finish(execution, 'FAILED', { type: 'ExecutionFailed', details, branch });
      return;
    }
    this.close(branch);
    this.#hooks.failed(execution, branch, failure);
  }

  /** Evaluates variables and output, both over the same values; `fallback` is the output of a state that names none. */
  evaluate(transfer: Transfer, scope: Scope, fallback: unknown): Leaving | Promise<Leaving> {
    if (transfer.assign === undefined && transfer.output === undefined) return { assign: undefined, output: fallback };
    return both(transfer.assign?.evaluate(scope), transfer.output?.evaluate(scope), (assign, output) => {
      const leaving = {
        assign: assign as Leaving['assign'],
        output: transfer.output === undefined ? fallback : output,
      };
      if (transfer.output !== undefined && isTooLarge(output)) {
        throw new StateFailed(ERROR.dataLimit, 'The output of the state is larger than 256 KiB.');
      }
      if (leaving.assign !== undefined) checkVariables(leaving.assign, scope);
      return leaving;
    });
  }

  /** What expressions of the state that the branch stands at may read. */
  scope(execution: Execution, branch: Branch, token?: string): Scope {
    let context: unknown;
    return {
      input: branch.input,
      variables: branch.variables,
      context: () => (context ??= contextOf(execution, branch, token)),
    };
  }
}

function checkVariables(assign: Record<string, unknown>, { variables }: Scope): void {
  if (isTooLarge(assign))
    throw new StateFailed(ERROR.dataLimit, 'The variables assigned in one state are larger than 256 KiB.');
  if (Object.keys(variables).length < VARIABLES_UNSEEN) return;
  if (Buffer.byteLength(JSON.stringify({ ...variables, ...assign })) > VARIABLES_BYTES) {
    throw new StateFailed(ERROR.dataLimit, 'The variables of the execution are larger than 10 MiB.');
  }
}

function evaluationFailed(state: State, error: StateFailed): Draft {
  const location = error.location === undefined ? {} : { location: error.location.split(`States/${state.name}`).pop() };
  return { type: 'EvaluationFailed', details: { ...error.failure, ...location, state: state.name } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
