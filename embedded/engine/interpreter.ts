import { copyJson, isTooLarge } from './json.ts';
import { instantOf, MAX_SECONDS } from './compile-state.ts';
import type { Catcher, ChoiceState, State, TaskState, Transfer, WaitState } from './definition.ts';
import { appendEvent, newBranch, openBranches } from './execution.ts';
import type { Branch, Call, Execution, Pending, PendingJoin, PendingTask, Status } from './execution.ts';
import type { Scope } from './expression.ts';
import { ERROR, StateFailed, takes } from './failure.ts';
import type { Failure } from './failure.ts';
import type { EventType, StoredDetails } from './history.ts';
import { joinOf } from './join.ts';
import type { Sources } from './jsonata.ts';
import { graphOf } from './checkpoint.ts';
import { retryDelay } from './retry-delay.ts';
import { contextOf } from './context.ts';
import { eventsOf, taskEventDetails } from './task-events.ts';

/** What the interpreter needs of the engine around it. */
export interface Surface extends Sources {
  invoke: (call: Call, of: { execution: Execution; branch: Branch; token: string | undefined }) => Promise<unknown>;
  /** The execution has changed: it is written with the next commit. */
  touch: (execution: Execution) => void;
  /** Something began or ended that is neither waiting for a token nor for a time. */
  busy: (change: 1 | -1) => void;
}

/** An event that is written only when the step it belongs to is done: a step changes everything at once, or nothing. */
interface Draft {
  type: EventType;
  details?: StoredDetails;
}

interface Leaving {
  assign: Record<string, unknown> | undefined;
  output: unknown;
}

/** Quota of Step Functions: 10 MiB for all variables of an execution; looked at only when there are enough of 256 KiB each to exceed it. */
const VARIABLES_BYTES = 10_485_760;
const VARIABLES_UNSEEN = 40;

/**
 * Moves executions through their states. A step evaluates first and then changes branch and history in one go, so that whatever commit falls between
 * two steps holds a state from which the execution can go on.
 */
export class Interpreter {
  readonly #surface: Surface;

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  /** Enters the first state of a new execution and goes as far as it can. */
  begin(execution: Execution): void {
    const { root } = execution;
    const at = this.#surface.now();
    appendEvent(execution, root, { type: 'ExecutionStarted', at });
    // Step Functions writes the first state's entry as following nothing.
    root.lastEvent = 0;
    this.#enter(execution, root, root.state, execution.input);
    this.drive(execution, root);
  }

  /** Goes on with an execution that has just been read from the journal: evaluates and invokes again what was under way. */
  revive(execution: Execution): void {
    for (const branch of [...openBranches(execution.root)]) {
      const { pending } = branch;
      if (pending === undefined) this.drive(execution, branch);
      else if (pending.kind === 'join') this.#goOn(execution, branch, pending);
      else if (pending.kind === 'task' && !pending.submitted) this.#reviveTask(execution, branch, pending);
    }
  }

  /** Works in everything that is due by now. */
  fire(execution: Execution, now: number): void {
    if (execution.timeoutAt !== undefined && execution.timeoutAt <= now) {
      this.finish(execution, 'TIMED_OUT', { type: 'ExecutionTimedOut', details: { error: ERROR.timeout } });
      return;
    }
    for (const branch of [...openBranches(execution.root)]) {
      const { pending } = branch;
      if (execution.over || branch.over || pending === undefined || pending.claimed || pending.kind === 'join')
        continue;
      if (pending.kind === 'task') this.#expire(execution, branch, pending, now);
      else if (pending.due <= now) this.#wake(execution, branch, pending);
    }
  }

  /** The answer to a token: what the state's result is, or why it failed. */
  answer(
    execution: Execution,
    branch: Branch,
    answer: { output: unknown } | { failure: Failure },
  ): void | Promise<void> {
    const { pending, state } = branch;
    if (pending?.kind !== 'task' || state.type !== 'Task') return;
    return 'failure' in answer
      ? this.#taskFailed(execution, branch, pending, answer.failure)
      : this.#taskSucceeded(execution, branch, pending, answer.output);
  }

  /** Ends the execution, whatever it was doing. */
  finish(execution: Execution, status: Status, end: Draft & { branch?: Branch; output?: unknown }): void {
    if (execution.over) return;
    const at = this.#surface.now();
    const details = end.details ?? {};
    for (const branch of [...openBranches(execution.root)]) this.#close(branch);
    execution.status = status;
    execution.stoppedAt = at;
    execution.output = end.output;
    execution.error = details['error'] as string | undefined;
    execution.cause = details['cause'] as string | undefined;
    appendEvent(execution, end.branch ?? execution.root, { type: end.type, at, ...(end.details ? { details } : {}) });
    execution.over = true;
    this.#surface.touch(execution);
  }

  /** Stops counting what a lost execution was doing. */
  abandon(execution: Execution): void {
    for (const branch of [...openBranches(execution.root)]) this.#close(branch);
  }

  /** Lets the branch work until it waits or ends. */
  drive(execution: Execution, branch: Branch): void {
    while (!execution.over && !branch.over && !branch.acting && branch.pending === undefined) {
      if (execution.full) {
        this.#overflow(execution);
        return;
      }
      const step = this.#guarded(execution, branch, [], () => this.#act(execution, branch));
      if (step instanceof Promise) {
        this.#await(execution, branch, step);
        return;
      }
    }
  }

  #overflow(execution: Execution): void {
    this.finish(execution, 'FAILED', {
      type: 'ExecutionFailed',
      details: { error: ERROR.runtime, cause: 'The execution reached the maximum number of history events (25000).' },
    });
  }

  /** Waits for a step that evaluates slowly, then drives on. */
  #await(execution: Execution, branch: Branch, step: Promise<void>): Promise<void> {
    branch.acting = true;
    this.#surface.busy(1);
    return step.then(() => {
      branch.acting = false;
      this.#surface.busy(-1);
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

  #act(execution: Execution, branch: Branch): void | Promise<void> {
    const { state } = branch;
    switch (state.type) {
      case 'Task':
        return this.#startTask(execution, branch, state);
      case 'Choice':
        return this.#choose(execution, branch, state);
      case 'Wait':
        return this.#startWait(execution, branch, state);
      case 'Pass':
        return this.#pass(execution, branch, state, state.next);
      case 'Succeed':
        return this.#pass(execution, branch, { assign: undefined, output: state.output }, undefined);
      case 'Fail':
        return both(
          state.error?.evaluate(this.#scope(execution, branch)),
          state.cause?.evaluate(this.#scope(execution, branch)),
          (error, cause) => {
            this.#die(execution, branch, { error: textOf(error, '/Error'), cause: textOf(cause, '/Cause') }, []);
          },
        );
      case 'Parallel':
      case 'Map':
        return then(joinOf(state, this.#scope(execution, branch)), (join) => {
          this.#startJoin(execution, branch, join);
        });
    }
  }

  #pass(execution: Execution, branch: Branch, transfer: Transfer, next: string | undefined): void | Promise<void> {
    return then(this.#evaluate(transfer, this.#scope(execution, branch), branch.input), (leaving) => {
      this.#leave(execution, branch, { next, leaving, drafts: [], carried: branch.input });
    });
  }

  async #chooseSlowly(state: ChoiceState, scope: Scope): Promise<ChoiceState['choices'][number] | undefined> {
    for (const rule of state.choices) if (truthOf(await rule.condition.evaluate(scope))) return rule;
    return undefined;
  }

  #choose(execution: Execution, branch: Branch, state: ChoiceState): void | Promise<void> {
    const scope = this.#scope(execution, branch);
    const go = (rule: ChoiceState['choices'][number] | undefined): void | Promise<void> => {
      const next = rule?.next ?? state.default;
      if (next === undefined)
        throw new StateFailed(ERROR.noChoice, `No rule of ${state.name} matched, and it has no Default.`);
      return this.#pass(execution, branch, rule ?? state, next);
    };
    for (const rule of state.choices) {
      const holds = rule.condition.evaluate(scope);
      if (holds instanceof Promise) return this.#chooseSlowly(state, scope).then(go);
      if (truthOf(holds)) return go(rule);
    }
    return go(undefined);
  }

  #startWait(execution: Execution, branch: Branch, state: WaitState): void | Promise<void> {
    const template = state.seconds ?? state.timestamp;
    return then(template?.evaluate(this.#scope(execution, branch)), (value) => {
      const due =
        state.seconds === undefined ? instantOf(value) : branch.enteredAt + secondsOf(value, '/Seconds', 0) * 1000;
      if (due === undefined) throw new StateFailed(ERROR.query, 'The Timestamp is not one of RFC 3339.', '/Timestamp');
      this.#wait(execution, branch, { kind: 'wait', due, claimed: false });
    });
  }

  #startTask(execution: Execution, branch: Branch, state: TaskState): void | Promise<void> {
    const token = state.integration === 'callback' ? `${String(execution.id)}.${this.#surface.newId()}` : undefined;
    const scope = this.#scope(execution, branch, token);
    const limits = both(
      state.timeoutSeconds?.evaluate(scope),
      state.heartbeatSeconds?.evaluate(scope),
      (timeout, heartbeat) => ({
        timeout: timeout === undefined ? undefined : secondsOf(timeout, '/TimeoutSeconds', 1),
        heartbeat: heartbeat === undefined ? undefined : secondsOf(heartbeat, '/HeartbeatSeconds', 1),
      }),
    );
    return both(state.arguments.evaluate(scope), limits, (parameters, { timeout, heartbeat }) => {
      if (isTooLarge(parameters))
        throw new StateFailed(ERROR.dataLimit, `The arguments of ${state.name} are larger than 256 KiB.`);
      const call = callOf(state, parameters);
      const at = this.#surface.now();
      const pending: PendingTask = {
        kind: 'task',
        token,
        submitted: false,
        timeoutAt: timeout === undefined ? undefined : at + timeout * 1000,
        heartbeatAt: heartbeat === undefined ? undefined : at + heartbeat * 1000,
        heartbeatMs: heartbeat === undefined ? undefined : heartbeat * 1000,
        call: state.arguments.repeatable ? undefined : call,
        claimed: false,
        inFlight: false,
      };
      const events = eventsOf(state);
      const details = taskEventDetails(state, { parameters, timeout, heartbeat });
      appendEvent(execution, branch, { type: events.scheduled, at, details });
      appendEvent(execution, branch, { type: events.started, at, details: taskEventDetails(state) });
      this.#wait(execution, branch, pending);
      void this.#invoke(execution, branch, pending, call);
    });
  }

  /** After a restart: the same call with the same token. The attempt gets its whole time again, the token keeps its own. */
  #reviveTask(execution: Execution, branch: Branch, pending: PendingTask): void {
    const { state } = branch;
    if (state.type !== 'Task') return;
    const scope = this.#scope(execution, branch, pending.token);
    const again = (call: Call): void => void this.#invoke(execution, branch, pending, call);
    if (pending.call !== undefined) {
      again(pending.call);
      return;
    }
    const step = this.#guarded(execution, branch, [], () =>
      then(state.arguments.evaluate(scope), (value) => again(callOf(state, value))),
    );
    if (step instanceof Promise) void this.#await(execution, branch, step);
  }

  async #invoke(execution: Execution, branch: Branch, pending: PendingTask, call: Call): Promise<void> {
    if (execution.over || branch.pending !== pending) return;
    pending.inFlight = true;
    this.#surface.busy(1);
    let outcome: { result: unknown } | { error: unknown };
    try {
      // The payload is copied: a function in this process must not reach into the execution's state.
      const payload = copyJson(call.payload);
      await undefined;
      outcome = {
        result: copyJson(await this.#surface.invoke({ ...call, payload }, { execution, branch, token: pending.token })),
      };
    } catch (error) {
      outcome = { error };
    }
    if (branch.pending === pending && !execution.over) await this.#returned(execution, branch, pending, outcome);
    if (!pending.inFlight) return;
    pending.inFlight = false;
    this.#surface.busy(-1);
  }

  #returned(
    execution: Execution,
    branch: Branch,
    pending: PendingTask,
    outcome: { result: unknown } | { error: unknown },
  ): void | Promise<void> {
    const { state } = branch;
    if (state.type !== 'Task' || pending.claimed) return;
    if ('error' in outcome) return this.#taskFailed(execution, branch, pending, failureOfFunction(outcome.error));
    const result =
      state.integration === 'direct'
        ? outcome.result
        : { ExecutedVersion: '$LATEST', Payload: outcome.result, StatusCode: 200 };
    if (pending.token === undefined) return this.#taskSucceeded(execution, branch, pending, result);
    if (isTooLarge(result)) return this.#taskFailed(execution, branch, pending, tooLarge(state.name));
    const details = { ...taskEventDetails(state), output: result };
    appendEvent(execution, branch, { type: 'TaskSubmitted', at: this.#surface.now(), details });
    pending.submitted = true;
    if (execution.full) this.#overflow(execution);
    else this.#surface.touch(execution);
  }

  #taskSucceeded(execution: Execution, branch: Branch, pending: PendingTask, result: unknown): void | Promise<void> {
    const state = branch.state as TaskState;
    if (isTooLarge(result)) return this.#taskFailed(execution, branch, pending, tooLarge(state.name));
    pending.claimed = true;
    const drafts: Draft[] = [
      { type: eventsOf(state).succeeded, details: { ...taskEventDetails(state), output: result } },
    ];
    const scope = { ...this.#scope(execution, branch, pending.token), result };
    return this.#settle(execution, branch, drafts, () =>
      then(this.#evaluate(state, scope, result), (leaving) => {
        this.#leave(execution, branch, { next: state.next, leaving, drafts, carried: result });
      }),
    );
  }

  #taskFailed(execution: Execution, branch: Branch, pending: PendingTask, failure: Failure): void | Promise<void> {
    pending.claimed = true;
    return this.#taskEnded(execution, branch, failure, eventsOf(branch.state as TaskState).failed);
  }

  #taskEnded(execution: Execution, branch: Branch, failure: Failure, type: EventType): void | Promise<void> {
    const { error, cause } = failure;
    const state = branch.state as TaskState;
    const details = { ...taskEventDetails(state), error, ...(cause === '' ? {} : { cause }) };
    return this.#settle(execution, branch, [], () => this.#handle(execution, branch, failure, [{ type, details }]));
  }

  /** Runs a step that ends the waiting, then drives on. */
  #settle(
    execution: Execution,
    branch: Branch,
    drafts: readonly Draft[],
    step: () => void | Promise<void>,
  ): void | Promise<void> {
    const result = this.#guarded(execution, branch, drafts, step);
    if (result instanceof Promise) return this.#await(execution, branch, result);
    this.drive(execution, branch);
  }

  #expire(execution: Execution, branch: Branch, pending: PendingTask, now: number): void {
    const type = eventsOf(branch.state as TaskState).timedOut;
    const timedOut = pending.timeoutAt !== undefined && pending.timeoutAt <= now;
    const silent = pending.heartbeatAt !== undefined && pending.heartbeatAt <= now;
    if (!timedOut && !silent) return;
    pending.claimed = true;
    const failure: Failure = { error: ERROR.timeout, cause: '', ...(timedOut ? {} : { heartbeat: true as const }) };
    void this.#taskEnded(execution, branch, failure, type);
  }

  #wake(execution: Execution, branch: Branch, pending: Pending): void {
    if (pending.kind === 'retry') {
      this.#drop(branch);
      this.#surface.touch(execution);
      this.drive(execution, branch);
      return;
    }
    const { state } = branch;
    if (state.type !== 'Wait') return;
    pending.claimed = true;
    void this.#settle(execution, branch, [], () => this.#pass(execution, branch, state, state.next));
  }

  #wait(execution: Execution, branch: Branch, pending: Pending): void {
    this.#drop(branch);
    branch.pending = pending;
    this.#surface.touch(execution);
  }

  /** Forgets what the branch waited for. An invocation under way is no longer counted: its answer will not be heard. */
  #drop(branch: Branch): void {
    const { pending } = branch;
    branch.pending = undefined;
    if (pending?.kind !== 'task' || !pending.inFlight) return;
    pending.inFlight = false;
    this.#surface.busy(-1);
  }

  #close(branch: Branch): void {
    branch.over = true;
    this.#drop(branch);
  }

  #enter(execution: Execution, branch: Branch, state: State, input: unknown, details: StoredDetails = {}): void {
    const at = this.#surface.now();
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
    this.#surface.touch(execution);
  }

  #leave(
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
      appendEvent(execution, branch, { type: `${type}StateExited`, at: this.#surface.now(), details });
    const next = how.next === undefined ? undefined : branch.graph.states.get(how.next);
    if (next !== undefined) this.#enter(execution, branch, next, output);
    else if (execution.full) this.#overflow(execution);
    else this.#endBranch(execution, branch, output);
  }

  #write(execution: Execution, branch: Branch, drafts: readonly Draft[]): void {
    for (const draft of drafts) appendEvent(execution, branch, { ...draft, at: this.#surface.now() });
  }

  #endBranch(execution: Execution, branch: Branch, output: unknown): void {
    if (branch.parent === undefined) {
      this.finish(execution, 'SUCCEEDED', { type: 'ExecutionSucceeded', output });
      return;
    }
    const { branch: outer, index } = branch.parent;
    const { pending, state } = outer;
    this.#close(branch);
    if (pending?.kind !== 'join') return;
    if (state.type === 'Map') this.#iteration(execution, branch, 'MapIterationSucceeded', { name: state.name, index });
    pending.outputs[index] = { value: output };
    pending.children[index] = undefined;
    pending.running -= 1;
    outer.lastEvent = branch.lastEvent;
    this.#surface.touch(execution);
    this.#goOn(execution, outer, pending);
  }

  #iteration(execution: Execution, branch: Branch, type: EventType, details: StoredDetails): void {
    appendEvent(execution, branch, { type, at: this.#surface.now(), details });
  }

  #startJoin(execution: Execution, branch: Branch, join: PendingJoin): void {
    const { state } = branch;
    const details = state.type === 'Map' ? { details: { length: join.outputs.length } } : {};
    const type = state.type === 'Map' ? 'MapStateStarted' : 'ParallelStateStarted';
    appendEvent(execution, branch, { type, at: this.#surface.now(), ...details });
    this.#wait(execution, branch, join);
    this.#goOn(execution, branch, join);
  }

  /** Starts as many branches as may run at once; when all have ended, leaves the state with their outputs. */
  #goOn(execution: Execution, outer: Branch, join: PendingJoin): void {
    // A child that ends at once comes back here: the loop below goes on with it.
    if (join.starting) return;
    join.starting = true;
    while (
      join.started < join.outputs.length &&
      join.running < join.limit &&
      outer.pending === join &&
      !execution.over
    ) {
      this.#startChild(execution, outer, join);
    }
    join.starting = false;
    if (outer.pending !== join || join.claimed || execution.over || join.running > 0) return;
    join.claimed = true;
    const { state } = outer;
    if (state.type !== 'Parallel' && state.type !== 'Map') return;
    const result = join.outputs.map((box) => box?.value);
    const drafts: Draft[] = [{ type: `${state.type}StateSucceeded` }];
    void this.#settle(execution, outer, drafts, () => {
      if (isTooLarge(result))
        throw new StateFailed(ERROR.dataLimit, `The result of ${state.name} is larger than 256 KiB.`);
      const scope = { ...this.#scope(execution, outer), result };
      return then(this.#evaluate(state, scope, result), (leaving) => {
        this.#leave(execution, outer, { next: state.next, leaving, drafts, carried: undefined });
      });
    });
  }

  #startChild(execution: Execution, outer: Branch, join: PendingJoin): void {
    const index = join.started;
    join.started += 1;
    join.running += 1;
    const graph = graphOf(outer, index);
    const child = newBranch(graph, { branch: outer, index }, join.inputs[index]);
    child.lastEvent = outer.lastEvent;
    join.children[index] = child;
    if (outer.state.type === 'Map')
      this.#iteration(execution, child, 'MapIterationStarted', { name: outer.state.name, index });
    this.#enter(execution, child, graph.start, child.input, { input: child.input });
    this.drive(execution, child);
  }

  /** Whatever a step threw: the failure is written and handled, after the events that came before it. */
  #fail(execution: Execution, branch: Branch, error: unknown, drafts: readonly Draft[]): void | Promise<void> {
    const known = error instanceof StateFailed;
    const failure = known ? error.failure : { error: ERROR.runtime, cause: `The engine failed: ${messageOf(error)}` };
    const all = known && failure.error === ERROR.query ? [...drafts, evaluationFailed(branch.state, error)] : drafts;
    return this.#handle(execution, branch, failure, all);
  }

  /** Retries, catches, or fails what is around: the first retrier or catcher that takes the failure decides. */
  #handle(execution: Execution, branch: Branch, failure: Failure, drafts: readonly Draft[]): void | Promise<void> {
    if (execution.over || branch.over) return;
    const { state } = branch;
    if (!('retry' in state)) {
      this.#die(execution, branch, failure, drafts);
      return;
    }
    const i = state.retry.findIndex((retrier) => takes(retrier.errorEquals, failure));
    const retrier = state.retry[i];
    const made = branch.retries[i] ?? 0;
    if (retrier !== undefined && made < retrier.maxAttempts) {
      this.#closeChildren(branch);
      this.#write(execution, branch, drafts);
      branch.retries = state.retry.map((_, k) => (branch.retries[k] ?? 0) + (k === i ? 1 : 0));
      branch.retryCount += 1;
      const due = this.#surface.now() + retryDelay(retrier, made, this.#surface.random);
      this.#wait(execution, branch, { kind: 'retry', due, claimed: false });
      return;
    }
    const catcher = state.catch.find(({ errorEquals }) => takes(errorEquals, failure));
    if (catcher === undefined) this.#die(execution, branch, failure, drafts);
    else return this.#catch(execution, branch, catcher, { failure, drafts });
  }

  #catch(
    execution: Execution,
    branch: Branch,
    catcher: Catcher,
    { failure, drafts }: { failure: Failure; drafts: readonly Draft[] },
  ): void | Promise<void> {
    const errorOutput = { Error: failure.error, Cause: failure.cause };
    const scope = { ...this.#scope(execution, branch), errorOutput };
    const give = (error: unknown): void => {
      if (!(error instanceof StateFailed)) throw error;
      this.#die(execution, branch, error.failure, [...drafts, evaluationFailed(branch.state, error)]);
    };
    const go = (leaving: Leaving): void => {
      this.#closeChildren(branch);
      this.#leave(execution, branch, { next: catcher.next, leaving, drafts, carried: undefined });
    };
    try {
      const leaving = this.#evaluate(catcher, scope, errorOutput);
      if (leaving instanceof Promise) return leaving.then(go, give);
      go(leaving);
    } catch (error) {
      give(error);
    }
  }

  #closeChildren(branch: Branch): void {
    if (branch.pending?.kind !== 'join') return;
    for (const child of branch.pending.children) {
      if (child !== undefined) for (const open of [...openBranches(child)]) this.#close(open);
    }
  }

  /** The branch fails, and with it the Parallel or Map around it, or the execution. */
  #die(execution: Execution, branch: Branch, failure: Failure, drafts: readonly Draft[]): void {
    this.#write(execution, branch, drafts);
    const { error, cause } = failure;
    if (branch.parent === undefined) {
      const details = { error, ...(cause === '' ? {} : { cause }) };
      this.finish(execution, 'FAILED', { type: 'ExecutionFailed', details, branch });
      return;
    }
    const { branch: outer, index } = branch.parent;
    const { pending, state } = outer;
    this.#close(branch);
    if (pending?.kind !== 'join' || pending.claimed) return;
    pending.claimed = true;
    if (state.type === 'Map') this.#iteration(execution, branch, 'MapIterationFailed', { name: state.name, index });
    outer.lastEvent = branch.lastEvent;
    const type = state.type === 'Map' ? 'MapStateFailed' : 'ParallelStateFailed';
    this.#closeChildren(outer);
    void this.#settle(execution, outer, [], () =>
      this.#handle(execution, outer, failure, [{ type, details: { error, cause } }]),
    );
  }

  #evaluate(transfer: Transfer, scope: Scope, fallback: unknown): Leaving | Promise<Leaving> {
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

  #scope(execution: Execution, branch: Branch, token?: string): Scope {
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

function callOf(state: TaskState, parameters: unknown): Call {
  if (state.integration === 'direct') return { functionArn: state.resource, payload: parameters };
  const { FunctionName, Payload } = (parameters ?? {}) as { FunctionName?: unknown; Payload?: unknown };
  if (typeof FunctionName !== 'string') {
    throw new StateFailed(ERROR.runtime, `The Arguments of ${state.name} name no function.`);
  }
  return { functionArn: FunctionName, payload: Payload ?? {} };
}

/** As Lambda reports a thrown error: its name is the error, name and message are the cause. */
function failureOfFunction(error: unknown): Failure {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  const errorType = typeof name === 'string' && name !== '' ? name : 'Error';
  return { error: errorType, cause: JSON.stringify({ errorType, errorMessage: String(message ?? error) }) };
}

function tooLarge(state: string): Failure {
  return { error: ERROR.dataLimit, cause: `The result of ${state} is larger than 256 KiB.` };
}

function evaluationFailed(state: State, error: StateFailed): Draft {
  const location = error.location === undefined ? {} : { location: error.location.split(`States/${state.name}`).pop() };
  return { type: 'EvaluationFailed', details: { ...error.failure, ...location, state: state.name } };
}

function truthOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new StateFailed(
    ERROR.query,
    `A Condition must be true or false, not ${value === null ? 'null' : typeof value}.`,
    '/Choices',
  );
}

function textOf(value: unknown, location: string): string {
  if (value === undefined || typeof value === 'string') return value ?? '';
  throw new StateFailed(ERROR.query, `Expected a text at ${location}, not ${typeof value}.`, location);
}

function secondsOf(value: unknown, location: string, least: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_SECONDS) return value;
  throw new StateFailed(
    ERROR.query,
    `Expected a whole number of seconds from ${String(least)} at ${location}.`,
    location,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function both<A, B, R>(a: A | Promise<A>, b: B | Promise<B>, next: (a: A, b: B) => R): R | Promise<R> {
  if (a instanceof Promise || b instanceof Promise) return Promise.all([a, b]).then(([x, y]) => next(x, y));
  return next(a, b);
}
