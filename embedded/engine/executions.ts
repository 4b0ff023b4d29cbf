import type { Database } from '../../adapters/local/sqlite.ts';
import { executionArn } from './arns.ts';
import { readCheckpoint } from './checkpoint.ts';
import { dueOf, isActive, newBranch } from './execution.ts';
import type { Execution } from './execution.ts';
import type { ExecutionRow, Journal } from './journal.ts';
import type { KnownMachine, Machines } from './machines.ts';
import { Schedule } from './schedule.ts';

/** Executions that wait for an answer are kept in memory up to this number; the others are read again when the answer comes. */
const KEPT = 2000;
/** After a failed commit an execution is read from the journal again and goes on from there; milliseconds. */
const RELOAD_AFTER = 1000;
const HOUR_MS = 3_600_000;
/** What is due within so long is kept in memory, the rest is found in the journal in time. */
const AHEAD_MS = 3 * HOUR_MS;
/** Whoever lets time pass looks once an hour at least: until then whatever fails is within the horizon. */
const LEAST_AHEAD_MS = 2 * HOUR_MS;

interface Batch {
  executions: Execution[];
  saved: Promise<void>;
}

/** The executions in memory, and how they get into the journal: all that changed since the last commit of the shared database, in one work of the next. */
export class Executions {
  /** Of all that is due by the horizon. */
  readonly #schedule = new Schedule();
  #horizon = -Infinity;
  readonly #db: Database;
  readonly #journal: Journal;
  readonly #machines: Machines;
  readonly #now: () => number;
  readonly #live = new Map<number, Execution>();
  readonly #names = new Map<string, Execution>();
  readonly #onLoss: (execution: Execution) => void;
  #open: Batch | undefined;
  #watcher: (() => void) | undefined;

  constructor(parts: {
    db: Database;
    journal: Journal;
    machines: Machines;
    now: () => number;
    onLoss: (execution: Execution) => void;
  }) {
    this.#db = parts.db;
    this.#journal = parts.journal;
    this.#machines = parts.machines;
    this.#now = parts.now;
    this.#onLoss = parts.onLoss;
  }

  /** Calls the listener whenever the next due instant may have changed. */
  watch(listener: (() => void) | undefined): void {
    this.#watcher = listener;
  }

  /** Says when the execution is due next; nothing when it waits for no time. */
  plan(id: number, due: number | undefined): void {
    this.#schedule.set(id, due !== undefined && due <= this.#horizon ? due : undefined);
  }

  /** The next instant at which an execution is due. */
  nextDue(): number | undefined {
    return this.#schedule.next() ?? this.#journal.nextDue(this.#horizon);
  }

  /** Takes the execution that is due first, if it is due by now. It is due again only when `plan` says so. */
  takeDue(now: number): number | undefined {
    if (now + LEAST_AHEAD_MS > this.#horizon) for (const { id, due } of this.lookAhead(now)) this.plan(id, due);
    return this.#schedule.take(now);
  }

  /** Moves the horizon on, and answers the executions of the journal that are due by it, those with something under way among them. */
  lookAhead(now: number): { id: number; due: number | undefined; underWay: boolean }[] {
    this.#horizon = now + AHEAD_MS;
    return this.#journal.dueBy(this.#horizon).map((row) => {
      const live = this.#live.get(row.id);
      // What it does just now is not written yet.
      return live ? { ...row, due: dueOf(live) } : row;
    });
  }

  named(machineId: number, name: string): Execution | undefined {
    return this.#names.get(keyOf(machineId, name));
  }

  has(id: number): boolean {
    return this.#live.has(id);
  }

  get(id: number): Execution | undefined {
    return this.#live.get(id);
  }

  create(known: KnownMachine, name: string, input: { value: unknown; text: string }): Execution {
    const now = this.#now();
    const timeout = known.machine.timeoutSeconds;
    const execution = newExecution(known, {
      id: this.#journal.nextExecution(),
      name,
      startedAt: now,
      timeoutAt: timeout === undefined ? undefined : now + timeout * 1000,
      input,
    });
    this.#keep(execution);
    return execution;
  }

  /** Reads a running execution from the journal; nothing when it has ended or never was. */
  load(id: number): Execution | undefined {
    const row = this.#journal.execution({ id });
    return row?.status === 'RUNNING' && row.checkpoint !== undefined ? this.#restore(row, row.checkpoint) : undefined;
  }

  #restore(row: ExecutionRow, checkpoint: string): Execution {
    const known = this.#machines.ofId(row.machineId);
    const execution = newExecution(known, {
      ...row,
      input: { value: JSON.parse(row.inputText) as unknown, text: row.inputText },
    });
    execution.root = readCheckpoint(checkpoint, known.machine);
    execution.events = row.events;
    execution.tail = row.tail;
    execution.isNew = false;
    this.#keep(execution);
    this.plan(execution.id, dueOf(execution));
    return execution;
  }

  #keep(execution: Execution): void {
    this.#live.set(execution.id, execution);
    this.#names.set(keyOf(execution.machineId, execution.name), execution);
  }

  #drop(execution: Execution): void {
    this.#live.delete(execution.id);
    this.#names.delete(keyOf(execution.machineId, execution.name));
  }

  /** Queues the execution for the next commit: what is queued in the database after this call is committed after it, or with it. */
  touch(execution: Execution): void {
    if (execution.dirty || execution.lost) return;
    execution.dirty = true;
    this.#open ??= this.#newBatch();
    this.#open.executions.push(execution);
  }

  /** Resolves when all that has happened to the execution so far is durable. Rejects when it could not be written: then it has not happened. */
  async saved(execution: Execution): Promise<void> {
    this.#db.hurry();
    if (execution.dirty) await this.#open?.saved;
    if (execution.lost)
      throw new Error(`The execution ${execution.arn} could not be written and goes on from its last written state.`);
  }

  /** Whether something waits for a commit; resolves when it is through, written or not. */
  flushed(): Promise<void> | undefined {
    this.#db.hurry();
    return this.#open?.saved.catch(() => undefined);
  }

  #newBatch(): Batch {
    const executions: Execution[] = [];
    const saved = this.#db.writeSoon(() => {
      this.#open = undefined;
      for (const execution of executions) {
        execution.dirty = false;
        this.#journal.writeExecution(execution);
        this.plan(execution.id, execution.over ? undefined : dueOf(execution));
      }
    });
    const batch = { executions, saved };
    saved.then(
      () => {
        this.#tidy(executions);
      },
      () => {
        this.#lose(batch);
      },
    );
    return batch;
  }

  #tidy(executions: readonly Execution[]): void {
    for (const execution of executions) if (execution.over && !execution.dirty) this.#drop(execution);
    let tries = executions.length + 1;
    for (const [id, execution] of this.#live) {
      if (this.#live.size <= KEPT || tries === 0) break;
      tries -= 1;
      if (!execution.dirty && !isActive(execution)) {
        this.#drop(execution);
      } else {
        this.#live.delete(id);
        this.#live.set(id, execution);
      }
    }
    this.#watcher?.();
  }

  /** The commit failed: what these executions did since the last one has not happened. They are read again after a while. */
  #lose(batch: Batch): void {
    if (this.#open === batch) this.#open = undefined;
    for (const execution of batch.executions) {
      this.#drop(execution);
      execution.lost = true;
      execution.over = true;
      this.#onLoss(execution);
      this.plan(execution.id, this.#now() + RELOAD_AFTER);
    }
    this.#watcher?.();
  }
}

function keyOf(machineId: number, name: string): string {
  return `${String(machineId)}:${name}`;
}

function newExecution(
  known: KnownMachine,
  of: {
    id: number;
    name: string;
    startedAt: number;
    timeoutAt: number | undefined;
    input: { value: unknown; text: string };
  },
): Execution {
  return {
    id: of.id,
    arn: executionArn(known.name, of.name),
    name: of.name,
    machine: known.machine,
    machineId: known.id,
    machineName: known.name,
    status: 'RUNNING',
    startedAt: of.startedAt,
    stoppedAt: undefined,
    timeoutAt: of.timeoutAt,
    input: of.input.value,
    inputText: of.input.text,
    output: undefined,
    error: undefined,
    cause: undefined,
    root: newBranch(known.machine, undefined, of.input.value),
    events: 0,
    unsaved: [],
    tail: 0,
    full: false,
    isNew: true,
    dirty: false,
    over: false,
    lost: false,
  };
}
