import { graphOf } from './checkpoint.ts';
import { appendEvent, newBranch } from './execution.ts';
import type { Branch, Execution, PendingJoin } from './execution.ts';
import { ERROR, StateFailed } from './failure.ts';
import type { Failure } from './failure.ts';
import type { EventType, StoredDetails } from './history.ts';
import { isTooLarge } from './json.ts';
import { then } from './soon.ts';
import type { Draft, Stepper } from './stepper.ts';

/** Parallel and Map states: their branches are started, joined, and failed together. */
export class Joins {
  readonly #stepper: Stepper;

  constructor(stepper: Stepper) {
    this.#stepper = stepper;
  }

  /** A branch has ended: its output is kept until all have. */
  ended(execution: Execution, branch: Branch, output: unknown): void {
    if (branch.parent === undefined) return;
    const { branch: outer, index } = branch.parent;
    const { pending, state } = outer;
    this.#stepper.close(branch);
    if (pending?.kind !== 'join') return;
    if (state.type === 'Map') this.#iteration(execution, branch, 'MapIterationSucceeded', { name: state.name, index });
    pending.outputs[index] = { value: output };
    pending.children[index] = undefined;
    pending.running -= 1;
    outer.lastEvent = branch.lastEvent;
    this.#stepper.surface.touch(execution);
    this.goOn(execution, outer, pending);
  }

  #iteration(execution: Execution, branch: Branch, type: EventType, details: StoredDetails): void {
    appendEvent(execution, branch, { type, at: this.#stepper.surface.now(), details });
  }

  /** Enters into the branches of a Parallel or the iterations of a Map. */
  start(execution: Execution, branch: Branch, join: PendingJoin): void {
    const { state } = branch;
    const details = state.type === 'Map' ? { details: { length: join.outputs.length } } : {};
    const type = state.type === 'Map' ? 'MapStateStarted' : 'ParallelStateStarted';
    appendEvent(execution, branch, { type, at: this.#stepper.surface.now(), ...details });
    this.#stepper.wait(execution, branch, join);
    this.goOn(execution, branch, join);
  }

  /** Starts as many branches as may run at once; when all have ended, leaves the state with their outputs. */
  goOn(execution: Execution, outer: Branch, join: PendingJoin): void {
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
    void this.#stepper.settle(execution, outer, drafts, () => {
      if (isTooLarge(result))
        throw new StateFailed(ERROR.dataLimit, `The result of ${state.name} is larger than 256 KiB.`);
      const scope = { ...this.#stepper.scope(execution, outer), result };
      return then(this.#stepper.evaluate(state, scope, result), (leaving) => {
        this.#stepper.leave(execution, outer, { next: state.next, leaving, drafts, carried: undefined });
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
    const { input } = child;
    this.#stepper.enter(execution, child, { state: graph.start, input, details: { input } });
    this.#stepper.drive(execution, child);
  }

  /** A branch has failed: the others are closed, and the state around them retries, catches or fails. */
  failed(execution: Execution, branch: Branch, failure: Failure): void {
    if (branch.parent === undefined) return;
    const { branch: outer, index } = branch.parent;
    const { pending, state } = outer;
    if (pending?.kind !== 'join' || pending.claimed) return;
    pending.claimed = true;
    if (state.type === 'Map') this.#iteration(execution, branch, 'MapIterationFailed', { name: state.name, index });
    outer.lastEvent = branch.lastEvent;
    const { error, cause } = failure;
    const type = state.type === 'Map' ? 'MapStateFailed' : 'ParallelStateFailed';
    this.#stepper.closeChildren(outer);
    void this.#stepper.settle(execution, outer, [], () =>
      this.#stepper.handle(execution, outer, failure, [{ type, details: { error, cause } }]),
    );
  }
}
