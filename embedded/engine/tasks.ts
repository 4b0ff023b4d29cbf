import { copyJson, isTooLarge } from './json.ts';
import type { TaskState } from './definition.ts';
import { appendEvent } from './execution.ts';
import type { Branch, Call, Execution, PendingTask } from './execution.ts';
import { ERROR, StateFailed } from './failure.ts';
import type { Failure } from './failure.ts';
import type { EventType } from './history.ts';
import { secondsOf } from './seconds.ts';
import { both, then } from './soon.ts';
import type { Draft, Stepper } from './stepper.ts';
import { eventsOf, taskEventDetails } from './task-events.ts';

/** Task states: functions are invoked, and their returns, answered tokens, timeouts and heartbeats worked in. */
export class Tasks {
  readonly #stepper: Stepper;

  constructor(stepper: Stepper) {
    this.#stepper = stepper;
  }

  /** Schedules the task and invokes its function. */
  start(execution: Execution, branch: Branch, state: TaskState): void | Promise<void> {
    const token =
      state.integration === 'callback' ? `${String(execution.id)}.${this.#stepper.surface.newId()}` : undefined;
    const scope = this.#stepper.scope(execution, branch, token);
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
      const at = this.#stepper.surface.now();
      const pending: PendingTask = {
        kind: 'task',
        token,
        submitted: false,
        timeoutAt: timeout === undefined ? undefined : at + timeout * 1000,
        timeoutMs: timeout === undefined ? undefined : timeout * 1000,
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
      this.#stepper.wait(execution, branch, pending);
      if (execution.full) {
        this.#stepper.overflow(execution);
        return;
      }
      void this.#invoke(execution, branch, pending, call);
    });
  }

  /** After a restart: the same call with the same token. An attempt without a token gets its whole time again; a token keeps its own. */
  revive(execution: Execution, branch: Branch, pending: PendingTask): void {
    const { state } = branch;
    if (state.type !== 'Task') return;
    if (pending.token === undefined) {
      const now = this.#stepper.surface.now();
      if (pending.timeoutMs !== undefined) pending.timeoutAt = now + pending.timeoutMs;
      if (pending.heartbeatMs !== undefined) pending.heartbeatAt = now + pending.heartbeatMs;
    }
    this.#stepper.surface.touch(execution);
    const again = (call: Call): void => {
      void this.#invoke(execution, branch, pending, call);
    };
    if (pending.call !== undefined) {
      again(pending.call);
      return;
    }
    const scope = this.#stepper.scope(execution, branch, pending.token);
    void this.#stepper.settle(execution, branch, [], () =>
      then(state.arguments.evaluate(scope), (value) => {
        again(callOf(state, value));
      }),
    );
  }

  async #invoke(execution: Execution, branch: Branch, pending: PendingTask, call: Call): Promise<void> {
    if (execution.over || branch.pending !== pending) return;
    pending.inFlight = true;
    this.#stepper.surface.busy(1);
    let outcome: { result: unknown } | { error: unknown };
    try {
      // The payload is copied: a function in this process must not reach into the execution's state.
      const payload = copyJson(call.payload);
      await Promise.resolve();
      outcome = {
        result: copyJson(await this.#stepper.surface.invoke({ ...call, payload }, { execution, branch })),
      };
    } catch (error) {
      outcome = { error };
    }
    await this.#returned(execution, branch, pending, outcome);
    this.#stepper.land(pending);
  }

  #returned(
    execution: Execution,
    branch: Branch,
    pending: PendingTask,
    outcome: { result: unknown } | { error: unknown },
  ): void | Promise<void> {
    const { state } = branch;
    // It may have timed out, been answered or been stopped meanwhile: then nobody listens any more.
    if (execution.over || branch.pending !== pending || pending.claimed || state.type !== 'Task') return;
    if ('error' in outcome) return this.fail(execution, branch, pending, failureOfFunction(outcome.error));
    const result =
      state.integration === 'direct'
        ? outcome.result
        : { ExecutedVersion: '$LATEST', Payload: outcome.result, StatusCode: 200 };
    if (pending.token === undefined) return this.succeed(execution, branch, pending, result);
    if (isTooLarge(result)) return this.fail(execution, branch, pending, tooLarge(state.name));
    const details = { ...taskEventDetails(state), output: result };
    appendEvent(execution, branch, { type: 'TaskSubmitted', at: this.#stepper.surface.now(), details });
    pending.submitted = true;
    if (execution.full) this.#stepper.overflow(execution);
    else this.#stepper.surface.touch(execution);
  }

  /** Works in the result of the task: a function's return, or the answer to its token. */
  succeed(execution: Execution, branch: Branch, pending: PendingTask, result: unknown): void | Promise<void> {
    const state = branch.state as TaskState;
    if (isTooLarge(result)) return this.fail(execution, branch, pending, tooLarge(state.name));
    pending.claimed = true;
    const drafts: Draft[] = [
      { type: eventsOf(state).succeeded, details: { ...taskEventDetails(state), output: result } },
    ];
    const scope = { ...this.#stepper.scope(execution, branch, pending.token), result };
    return this.#stepper.settle(execution, branch, drafts, () =>
      then(this.#stepper.evaluate(state, scope, result), (leaving) => {
        this.#stepper.leave(execution, branch, { next: state.next, leaving, drafts, carried: result });
      }),
    );
  }

  /** Works in the failure of the task: a function's error, or what its token reports. */
  fail(execution: Execution, branch: Branch, pending: PendingTask, failure: Failure): void | Promise<void> {
    pending.claimed = true;
    return this.#taskEnded(execution, branch, failure, eventsOf(branch.state as TaskState).failed);
  }

  #taskEnded(execution: Execution, branch: Branch, failure: Failure, type: EventType): void | Promise<void> {
    const { error, cause } = failure;
    const state = branch.state as TaskState;
    const details = { ...taskEventDetails(state), error, ...(cause === '' ? {} : { cause }) };
    return this.#stepper.settle(execution, branch, [], () =>
      this.#stepper.handle(execution, branch, failure, [{ type, details }]),
    );
  }

  /** Fails the task if its time, or the time for its heartbeat, has passed by `now`. */
  expire(execution: Execution, branch: Branch, pending: PendingTask, now: number): void {
    const type = eventsOf(branch.state as TaskState).timedOut;
    const timedOut = pending.timeoutAt !== undefined && pending.timeoutAt <= now;
    const silent = pending.heartbeatAt !== undefined && pending.heartbeatAt <= now;
    if (!timedOut && !silent) return;
    pending.claimed = true;
    const failure: Failure = { error: ERROR.timeout, cause: '', ...(timedOut ? {} : { heartbeat: true as const }) };
    void this.#taskEnded(execution, branch, failure, type);
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
