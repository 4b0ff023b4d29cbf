import type { Database } from '../../adapters/local/sqlite.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { ExecutionDescription, HistoryEvent, WorkflowEngine } from '../../domain/ports/workflow-engine.ts';
import { executionArn, executionNamesOf, machineArn } from './arns.ts';
import { dueOf, openBranches } from './execution.ts';
import type { Branch, Execution } from './execution.ts';
import { Executions } from './executions.ts';
import type { Failure } from './failure.ts';
import { expandHistory } from './history.ts';
import { Interpreter } from './interpreter.ts';
import { Journal } from './journal.ts';
import type { ExecutionRow } from './journal.ts';
import { copyJson, isTooLarge, PAYLOAD_BYTES } from './json.ts';
import type { Sources } from './jsonata.ts';
import { checkName, InvalidRequest, Machines } from './machines.ts';

/** Quota of Step Functions: an execution's name is free again, and its history gone, 90 days after its end. */
const KEPT_MS = 90 * 24 * 3600 * 1000;

/** For whom a function is invoked. */
export interface InvocationContext {
  executionArn: string;
  executionName: string;
  machineName: string;
  stateName: string;
  /** Retries made before this attempt. An attempt that a restart repeats has the same number. */
  retryCount: number;
}

/** Calls a function and answers its result, as JSON. The name of an error thrown is the error name that Retry and Catch match. */
export type InvokeFunction = (functionArn: string, payload: unknown, context: InvocationContext) => Promise<unknown>;

export interface EmbeddedEngineOptions {
  /** Shared with whatever else must be committed in the same order. */
  database: Database;
  clock: Clock;
  invoke: InvokeFunction;
  /** A new version 4 UUID from a cryptographic source: task tokens are made of it. */
  newId: () => string;
  /** A number of [0, 1), for jitter. */
  random: () => number;
}

/**
 * Step Functions Standard workflows on one machine: Amazon States Language with JSONata, journaled in SQLite. Time passes only through `fireDue`: a
 * ticker calls it in real time, a scenario in virtual time. Nothing runs before `resume` has been called once after opening the file.
 */
export class EmbeddedEngine implements WorkflowEngine {
  readonly #db: Database;
  readonly #journal: Journal;
  readonly #machines: Machines;
  readonly #executions: Executions;
  readonly #interpreter: Interpreter;
  readonly #sources: Sources;
  #busy = 0;
  #idlers: (() => void)[] = [];

  constructor({ database, clock, invoke, newId, random }: EmbeddedEngineOptions) {
    const sources = { now: () => clock.now(), newId, random };
    this.#sources = sources;
    this.#db = database;
    this.#journal = new Journal(database);
    this.#machines = new Machines(database, this.#journal, sources);
    this.#interpreter = new Interpreter({
      ...sources,
      touch: (execution) => {
        this.#executions.touch(execution);
      },
      busy: (change) => {
        this.#count(change);
      },
      invoke: ({ functionArn, payload }, { execution, branch }) =>
        invoke(functionArn, payload, {
          executionArn: execution.arn,
          executionName: execution.name,
          machineName: execution.machineName,
          stateName: branch.state.name,
          retryCount: branch.retryCount,
        }),
    });
    this.#executions = new Executions({
      db: database,
      journal: this.#journal,
      machines: this.#machines,
      now: sources.now,
      onLoss: (execution) => {
        this.#interpreter.abandon(execution);
      },
    });
  }

  createMachine(machine: { name: string; definition: string }): Promise<{ arn: string }> {
    return this.#machines.create(machine);
  }

  async start(request: {
    machineArn: string;
    name: string;
    input: unknown;
  }): Promise<{ arn: string; result: 'started' | 'taken' }> {
    checkName(request.name);
    const known = this.#machines.ofArn(request.machineArn);
    const text = JSON.stringify(request.input === undefined ? {} : request.input);
    if (Buffer.byteLength(text) > PAYLOAD_BYTES) throw new InvalidRequest('The input is larger than 256 KiB.');
    const arn = executionArn(known.name, request.name);
    const earlier = this.#executions.named(known.id, request.name);
    if (earlier !== undefined) {
      await this.#executions.saved(earlier);
      return { arn, result: !earlier.over && earlier.inputText === text ? 'started' : 'taken' };
    }
    const row = this.#journal.execution({ machineId: known.id, name: request.name });
    if (row !== undefined && !this.#isForgettable(row)) {
      return { arn, result: row.status === 'RUNNING' && row.inputText === text ? 'started' : 'taken' };
    }
    if (row !== undefined) this.#forget(row.id);
    const execution = this.#executions.create(known, request.name, { value: JSON.parse(text), text });
    this.#interpreter.begin(execution);
    await this.#executions.saved(execution);
    return { arn, result: 'started' };
  }

  #isForgettable({ stoppedAt }: ExecutionRow): boolean {
    return stoppedAt !== undefined && stoppedAt < this.#sources.now() - KEPT_MS;
  }

  /** Queued before the new execution of the same name, so committed before it. If it fails, the new one cannot be written and is not acknowledged. */
  #forget(id: number): void {
    this.#db
      .write(() => {
        this.#journal.writeForgotten(id);
      })
      .catch(() => undefined);
  }

  async complete(token: string, output: unknown): Promise<'told' | 'gone'> {
    const copy = copyJson(output);
    if (isTooLarge(copy)) throw new InvalidRequest('The output is larger than 256 KiB.');
    return this.#answer(token, { output: copy });
  }

  fail(token: string, failure: { error: string; cause: string }): Promise<'told' | 'gone'> {
    return this.#answer(token, { failure: { error: failure.error, cause: failure.cause } });
  }

  async #answer(token: string, answer: { output: unknown } | { failure: Failure }): Promise<'told' | 'gone'> {
    const { execution, branch } = this.#waiting(token);
    if (execution === undefined) return 'gone';
    if (branch !== undefined) await this.#interpreter.answer(execution, branch, answer);
    await this.#executions.saved(execution);
    return branch === undefined ? 'gone' : 'told';
  }

  async heartbeat(token: string): Promise<'told' | 'gone'> {
    const { execution, branch } = this.#waiting(token);
    if (execution === undefined || branch?.pending?.kind !== 'task') return 'gone';
    const { heartbeatMs } = branch.pending;
    if (heartbeatMs === undefined) return 'told';
    branch.pending.heartbeatAt = this.#sources.now() + heartbeatMs;
    this.#executions.touch(execution);
    await this.#executions.saved(execution);
    return 'told';
  }

  /** The execution that the token names, and its branch if that still waits for the token. */
  #waiting(token: string): { execution?: Execution; branch?: Branch } {
    const id = Number(token.slice(0, token.indexOf('.')));
    const execution = Number.isSafeInteger(id) ? this.#find(id) : undefined;
    if (execution === undefined) return {};
    for (const branch of openBranches(execution.root)) {
      const { pending } = branch;
      if (pending?.kind === 'task' && pending.token === token && !pending.claimed) return { execution, branch };
    }
    return { execution };
  }

  #find(id: number): Execution | undefined {
    const live = this.#executions.get(id);
    if (live !== undefined) return live;
    const loaded = this.#executions.load(id);
    if (loaded !== undefined) this.#interpreter.revive(loaded);
    return loaded;
  }

  async stop(arn: string, reason: { error: string; cause: string }): Promise<void> {
    const row = await this.#row(arn);
    const execution = row === undefined ? undefined : this.#find(row.id);
    if (execution === undefined) return;
    this.#interpreter.stop(execution, reason);
    await this.#executions.saved(execution);
  }

  async describe(arn: string): Promise<ExecutionDescription | undefined> {
    const row = await this.#row(arn);
    if (row === undefined) return undefined;
    return {
      arn,
      machineArn: machineArn(this.#machines.ofId(row.machineId).name),
      name: row.name,
      status: row.status,
      startedAt: new Date(row.startedAt).toISOString(),
      ...(row.stoppedAt === undefined ? {} : { stoppedAt: new Date(row.stoppedAt).toISOString() }),
      ...(row.output === undefined ? {} : { output: JSON.parse(row.output) as unknown }),
      ...(row.error === undefined ? {} : { error: row.error }),
      ...(row.cause === undefined ? {} : { cause: row.cause }),
    };
  }

  async history(arn: string, after = 0): Promise<HistoryEvent[]> {
    const row = await this.#row(arn);
    if (row === undefined) return [];
    return expandHistory(this.#journal.history(row.tail), JSON.parse(row.inputText)).slice(after);
  }

  /** The execution's row, once everything that has happened is written. */
  async #row(arn: string): Promise<ExecutionRow | undefined> {
    await this.#executions.flushed();
    const names = executionNamesOf(arn);
    const known = names === undefined ? undefined : this.#machines.ofName(names.machine);
    if (names === undefined || known === undefined) return undefined;
    return this.#journal.execution({ machineId: known.id, name: names.execution });
  }

  /**
   * Goes on with every running execution of the file: repeats the functions that were under way, and knows again what is due when. Those that only
   * wait are not read. Also forgets executions that ended 90 days ago.
   */
  async resume(): Promise<void> {
    const now = this.#sources.now();
    await this.#db.write(() => {
      this.#journal.writeForgottenBefore(now - KEPT_MS);
    });
    for (const { id, due, underWay } of this.#executions.lookAhead(now)) {
      if (this.#executions.has(id)) continue;
      if (underWay) this.#find(id);
      else this.#executions.plan(id, due);
    }
  }

  /** The next instant at which something happens by itself, in milliseconds since the epoch. */
  nextDue(): number | undefined {
    return this.#executions.nextDue();
  }

  /** Works in all that is due by `now`: timeouts, missed heartbeats, waits, retries. What follows from it runs on; see `idle`. */
  fireDue(now: number): void {
    for (let id = this.#executions.takeDue(now); id !== undefined; id = this.#executions.takeDue(now)) {
      const execution = this.#find(id);
      if (execution === undefined) continue;
      this.#interpreter.fire(execution, now);
      this.#executions.plan(id, execution.over ? undefined : dueOf(execution));
    }
  }

  /** Calls the listener whenever `nextDue` may have changed; one listener at a time, none to stop. */
  watchDue(listener: (() => void) | undefined): void {
    this.#executions.watch(listener);
  }

  /** Resolves when no execution does anything but wait for a token or a time, and all is written. */
  async idle(): Promise<void> {
    for (;;) {
      const flushed = this.#executions.flushed();
      if (flushed !== undefined) await flushed;
      else if (this.#busy > 0) await new Promise<void>((resolve) => this.#idlers.push(resolve));
      else return;
    }
  }

  #count(change: 1 | -1): void {
    this.#busy += change;
    if (this.#busy > 0 || this.#idlers.length === 0) return;
    const idlers = this.#idlers;
    this.#idlers = [];
    for (const resolve of idlers) resolve();
  }
}
