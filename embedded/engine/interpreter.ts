import { instantOf } from './compile-state.ts';
import type { ChoiceState, Transfer, WaitState } from './definition.ts';
import { appendEvent, openBranches } from './execution.ts';
import type { Branch, Execution, Pending } from './execution.ts';
import type { Scope } from './expression.ts';
import { ERROR, StateFailed } from './failure.ts';
import type { Failure } from './failure.ts';
import { joinOf } from './join.ts';
import { Joins } from './joins.ts';
import { secondsOf } from './seconds.ts';
import { both, then } from './soon.ts';
import { Stepper } from './stepper.ts';
import type { Surface } from './stepper.ts';
import { Tasks } from './tasks.ts';

/** Moves executions through their states, by the rules of the Amazon States Language. */
export class Interpreter {
  readonly #stepper: Stepper;
  readonly #tasks: Tasks;
  readonly #joins: Joins;

  constructor(surface: Surface) {
    this.#stepper = new Stepper(surface, {
      act: (execution, branch) => this.#act(execution, branch),
      ended: (execution, branch, output) => {
        this.#joins.ended(execution, branch, output);
      },
      failed: (execution, branch, failure) => {
        this.#joins.failed(execution, branch, failure);
      },
    });
    this.#tasks = new Tasks(this.#stepper);
    this.#joins = new Joins(this.#stepper);
  }

  /** Enters the first state of a new execution and goes as far as it can. */
  begin(execution: Execution): void {
    const { root } = execution;
    const at = this.#stepper.surface.now();
    appendEvent(execution, root, { type: 'ExecutionStarted', at });
    // Step Functions writes the first state's entry as following nothing.
    root.lastEvent = 0;
    this.#stepper.enter(execution, root, { state: root.state, input: execution.input });
    this.#stepper.drive(execution, root);
  }

  /** Goes on with an execution that has just been read from the journal: evaluates and invokes again what was under way. */
  revive(execution: Execution): void {
    for (const branch of [...openBranches(execution.root)]) {
      const { pending } = branch;
      if (pending === undefined) this.#stepper.drive(execution, branch);
      else if (pending.kind === 'join') this.#joins.goOn(execution, branch, pending);
      else if (pending.kind === 'task' && !pending.submitted) this.#tasks.revive(execution, branch, pending);
    }
  }

  /** Works in everything that is due by now. */
  fire(execution: Execution, now: number): void {
    if (execution.timeoutAt !== undefined && execution.timeoutAt <= now) {
      this.#stepper.finish(execution, 'TIMED_OUT', { type: 'ExecutionTimedOut', details: { error: ERROR.timeout } });
      return;
    }
    for (const branch of [...openBranches(execution.root)]) {
      const { pending } = branch;
      if (execution.over || branch.over || pending === undefined || pending.claimed || pending.kind === 'join')
        continue;
      if (pending.kind === 'task') this.#tasks.expire(execution, branch, pending, now);
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
      ? this.#tasks.fail(execution, branch, pending, answer.failure)
      : this.#tasks.succeed(execution, branch, pending, answer.output);
  }

  #act(execution: Execution, branch: Branch): void | Promise<void> {
    const { state } = branch;
    switch (state.type) {
      case 'Task':
        return this.#tasks.start(execution, branch, state);
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
          state.error?.evaluate(this.#stepper.scope(execution, branch)),
          state.cause?.evaluate(this.#stepper.scope(execution, branch)),
          (error, cause) => {
            this.#stepper.die(
              execution,
              branch,
              { error: textOf(error, '/Error'), cause: textOf(cause, '/Cause') },
              [],
            );
          },
        );
      case 'Parallel':
      case 'Map':
        return then(joinOf(state, this.#stepper.scope(execution, branch)), (join) => {
          this.#joins.start(execution, branch, join);
        });
    }
  }

  #pass(execution: Execution, branch: Branch, transfer: Transfer, next: string | undefined): void | Promise<void> {
    return then(this.#stepper.evaluate(transfer, this.#stepper.scope(execution, branch), branch.input), (leaving) => {
      this.#stepper.leave(execution, branch, { next, leaving, drafts: [], carried: branch.input });
    });
  }

  async #chooseSlowly(state: ChoiceState, scope: Scope): Promise<ChoiceState['choices'][number] | undefined> {
    for (const rule of state.choices) if (truthOf(await rule.condition.evaluate(scope))) return rule;
    return undefined;
  }

  #choose(execution: Execution, branch: Branch, state: ChoiceState): void | Promise<void> {
    const scope = this.#stepper.scope(execution, branch);
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
    return then(template?.evaluate(this.#stepper.scope(execution, branch)), (value) => {
      const due =
        state.seconds === undefined ? instantOf(value) : branch.enteredAt + secondsOf(value, '/Seconds', 0) * 1000;
      if (due === undefined) throw new StateFailed(ERROR.query, 'The Timestamp is not one of RFC 3339.', '/Timestamp');
      this.#stepper.wait(execution, branch, { kind: 'wait', due, claimed: false });
    });
  }

  #wake(execution: Execution, branch: Branch, pending: Pending): void {
    if (pending.kind === 'retry') {
      branch.pending = undefined;
      this.#stepper.surface.touch(execution);
      this.#stepper.drive(execution, branch);
      return;
    }
    const { state } = branch;
    if (state.type !== 'Wait') return;
    pending.claimed = true;
    void this.#stepper.settle(execution, branch, [], () => this.#pass(execution, branch, state, state.next));
  }

  /** Ends the execution because its user says so. */
  stop(execution: Execution, reason: { error: string; cause: string }): void {
    const { error, cause } = reason;
    this.#stepper.finish(execution, 'ABORTED', { type: 'ExecutionAborted', details: { error, cause } });
  }

  /** Stops counting what a lost execution was doing. */
  abandon(execution: Execution): void {
    this.#stepper.abandon(execution);
  }
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
