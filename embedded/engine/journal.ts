import type { Database } from '../../adapters/local/sqlite.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { dueOf, isActive } from './execution.ts';
import type { Execution, Status } from './execution.ts';
import type { StoredEvent } from './history.ts';

const STATUSES: readonly Status[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];
/** Executions forgotten at one start of the engine, so that a long absence does not hold it up. */
const FORGET_AT_MOST = 1000;

/** The `due` of an execution with something under way. */
const AT_ONCE = 0;

const MIGRATIONS = [
  {
    id: 'engine-001',
    sql: `
      CREATE TABLE engine_machine (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL, created INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE engine_execution (
        id INTEGER PRIMARY KEY, machine INTEGER NOT NULL REFERENCES engine_machine (id), name TEXT NOT NULL,
        status INTEGER NOT NULL, started INTEGER NOT NULL, stopped INTEGER, timeout INTEGER,
        input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
        events INTEGER NOT NULL, tail INTEGER NOT NULL,
        due INTEGER, active INTEGER NOT NULL, checkpoint TEXT,
        UNIQUE (machine, name)
      ) STRICT;
      CREATE INDEX engine_running ON engine_execution (id) WHERE status = 0;
      -- previous is the row before it of the same execution: a chain, so that appending touches one page and no index.
      CREATE TABLE engine_history (id INTEGER PRIMARY KEY, previous INTEGER NOT NULL, events TEXT NOT NULL) STRICT;
    `,
  },
  {
    id: 'engine-002',
    // What is under way is due at once. Of those that wait, only the next ones are looked for.
    sql: `
      DROP INDEX engine_running;
      UPDATE engine_execution SET due = ${AT_ONCE} WHERE active = 1;
      CREATE INDEX engine_due ON engine_execution (due) WHERE due IS NOT NULL;
    `,
  },
];

export interface MachineRow {
  id: number;
  name: string;
  definition: string;
}

export interface ExecutionRow {
  id: number;
  machineId: number;
  name: string;
  status: Status;
  startedAt: number;
  stoppedAt: number | undefined;
  timeoutAt: number | undefined;
  inputText: string;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  events: number;
  tail: number;
  checkpoint: string | undefined;
}

type Row = Record<string, string | number | null>;

/** The engine's tables. Whatever `write...` does must be called inside a work of the shared database; the rest reads what is committed. */
export class Journal {
  readonly #db: Database;
  #lastExecution: number;
  #lastHistory: number;

  constructor(db: Database) {
    this.#db = db;
    db.migrate(MIGRATIONS);
    this.#lastExecution = this.#number('SELECT max(id) FROM engine_execution');
    this.#lastHistory = this.#number('SELECT max(id) FROM engine_history');
  }

  nextExecution(): number {
    this.#lastExecution += 1;
    return this.#lastExecution;
  }

  #number(sql: string): number {
    return Number(Object.values(this.#db.prepare(sql).get() ?? {})[0] ?? 0);
  }

  machine(by: { name: string } | { id: number }): MachineRow | undefined {
    const row = ('name' in by
      ? this.#db.prepare('SELECT id, name, definition FROM engine_machine WHERE name = ?').get(by.name)
      : this.#db.prepare('SELECT id, name, definition FROM engine_machine WHERE id = ?').get(by.id)) as unknown as
      MachineRow | undefined;
    return row;
  }

  /** Adds the machine unless one of that name exists; answers the one that now has the name. */
  writeMachine(name: string, definition: string, created: number): MachineRow {
    this.#db
      .prepare('INSERT INTO engine_machine (name, definition, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(name, definition, created);
    const row = this.machine({ name });
    if (row === undefined) throw new Error(`The machine ${name} was not written.`);
    return row;
  }

  execution(by: { id: number } | { machineId: number; name: string }): ExecutionRow | undefined {
    const row = ('id' in by
      ? this.#db.prepare('SELECT * FROM engine_execution WHERE id = ?').get(by.id)
      : this.#db
          .prepare('SELECT * FROM engine_execution WHERE machine = ? AND name = ?')
          .get(by.machineId, by.name)) as unknown as Row | undefined;
    return row === undefined ? undefined : executionRow(row);
  }

  /** Running executions that have something to do by an instant, the oldest first: something under way, or something due. */
  dueBy(instant: number): { id: number; due: number; underWay: boolean }[] {
    const rows = this.#db
      .prepare('SELECT id, due FROM engine_execution WHERE due <= ? ORDER BY id')
      .all(instant) as unknown as { id: number; due: number }[];
    return rows.map(({ id, due }) => ({ id, due, underWay: due === AT_ONCE }));
  }

  /** The first instant after this one at which an execution has something to do. */
  nextDue(after: number): number | undefined {
    const row = this.#db.prepare('SELECT min(due) AS due FROM engine_execution WHERE due > ?').get(after);
    return typeof row?.['due'] === 'number' ? row['due'] : undefined;
  }

  /** The events of an execution, oldest first, by its last row of history. */
  history(tail: number): StoredEvent[] {
    const find = this.#db.prepare('SELECT previous, events FROM engine_history WHERE id = ?');
    const parts: StoredEvent[][] = [];
    for (let id = tail; id !== 0;) {
      const row = find.get(id);
      if (row === undefined) throw new Error(`The history row ${String(id)} is missing.`);
      parts.push(JSON.parse(String(row['events'])) as StoredEvent[]);
      id = Number(row['previous']);
    }
    return parts.reverse().flat();
  }

  /** Writes what has changed since the last time: one row of history, and the execution's own row. */
  writeExecution(execution: Execution): void {
    if (execution.unsaved.length > 0) {
      this.#lastHistory += 1;
      this.#db
        .prepare('INSERT INTO engine_history (id, previous, events) VALUES (?, ?, ?)')
        .run(this.#lastHistory, execution.tail, JSON.stringify(execution.unsaved));
      execution.tail = this.#lastHistory;
      execution.unsaved = [];
    }
    if (execution.isNew) this.#insert(execution);
    else if (execution.status === 'RUNNING') this.#update(execution);
    else this.#end(execution);
    execution.isNew = false;
  }

  #insert(execution: Execution): void {
    const running = execution.status === 'RUNNING';
    this.#db
      .prepare(
        `INSERT INTO engine_execution (id, machine, name, status, started, timeout, input, events, tail, due, active, checkpoint)
         VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        execution.id,
        execution.machineId,
        execution.name,
        execution.startedAt,
        execution.timeoutAt ?? null,
        execution.inputText,
        execution.events,
        execution.tail,
        running ? rowDue(execution) : null,
        running && isActive(execution) ? 1 : 0,
        running ? writeCheckpoint(execution.root) : null,
      );
    if (!running) this.#end(execution);
  }

  #update(execution: Execution): void {
    this.#db
      .prepare('UPDATE engine_execution SET events = ?, tail = ?, due = ?, active = ?, checkpoint = ? WHERE id = ?')
      .run(
        execution.events,
        execution.tail,
        rowDue(execution),
        isActive(execution) ? 1 : 0,
        writeCheckpoint(execution.root),
        execution.id,
      );
  }

  #end(execution: Execution): void {
    this.#db
      .prepare(
        `UPDATE engine_execution SET status = ?, stopped = ?, output = ?, error = ?, cause = ?, events = ?, tail = ?,
           due = NULL, active = 0, checkpoint = NULL WHERE id = ?`,
      )
      .run(
        STATUSES.indexOf(execution.status),
        execution.stoppedAt ?? null,
        execution.status === 'SUCCEEDED' ? JSON.stringify(execution.output) : null,
        execution.error ?? null,
        execution.cause ?? null,
        execution.events,
        execution.tail,
        execution.id,
      );
  }

  /** Removes an ended execution with its history: its name is free again. */
  writeForgotten(id: number): void {
    const row = this.execution({ id });
    if (row === undefined || row.status === 'RUNNING') return;
    const find = this.#db.prepare('SELECT previous FROM engine_history WHERE id = ?');
    const remove = this.#db.prepare('DELETE FROM engine_history WHERE id = ?');
    for (let tail = row.tail; tail !== 0;) {
      const previous = Number(find.get(tail)?.['previous'] ?? 0);
      remove.run(tail);
      tail = previous;
    }
    this.#db.prepare('DELETE FROM engine_execution WHERE id = ?').run(id);
  }

  /** Forgets the oldest executions that ended before the instant. */
  writeForgottenBefore(instant: number): void {
    const oldest = this.#db
      .prepare('SELECT id, stopped FROM engine_execution ORDER BY id LIMIT ?')
      .all(FORGET_AT_MOST) as unknown as { id: number; stopped: number | null }[];
    for (const { id, stopped } of oldest) if (stopped !== null && stopped < instant) this.writeForgotten(id);
  }
}

function rowDue(execution: Execution): number | null {
  return isActive(execution) ? AT_ONCE : (dueOf(execution) ?? null);
}

function executionRow(row: Row): ExecutionRow {
  const text = (key: string): string | undefined => (row[key] === null ? undefined : String(row[key]));
  const number = (key: string): number | undefined => (row[key] === null ? undefined : Number(row[key]));
  return {
    id: Number(row['id']),
    machineId: Number(row['machine']),
    name: String(row['name']),
    status: STATUSES[Number(row['status'])] ?? 'FAILED',
    startedAt: Number(row['started']),
    stoppedAt: number('stopped'),
    timeoutAt: number('timeout'),
    inputText: String(row['input']),
    output: text('output'),
    error: text('error'),
    cause: text('cause'),
    events: Number(row['events']),
    tail: Number(row['tail']),
    checkpoint: text('checkpoint'),
  };
}
