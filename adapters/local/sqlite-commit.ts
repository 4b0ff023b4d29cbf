import type { StatementSync } from 'node:sqlite';
import { isNote, personOf, workDone } from '../../domain/dossier/project.ts';
import type { Head, Task } from '../../schemas/dossier.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { checkEventSize } from '../../domain/ports/commit-limits.ts';
import { moneyPlace } from '../../domain/ports/money-place.ts';
import type { Commit, CommitResult, IdempotencyRecord, StageToken } from '../../domain/ports/dossier-store.ts';
import type { Database } from './sqlite.ts';
import { DESTROY_KEY } from './sqlite-keys.ts';
import type { SqliteOutbox } from './sqlite-outbox.ts';
import { NO_DUE, NO_UNIT, notesOf, STATUS_NUMBER } from './sqlite-schema.ts';

type Conflict = Extract<CommitResult, { ok: false }>['conflict'];

/** Thrown inside a work so that its savepoint is rolled back. */
export class CommitConflict extends Error {
  override readonly name = 'CommitConflict';
  readonly conflict: Conflict;
  constructor(conflict: Conflict) {
    super(`The commit conflicts: ${conflict}.`);
    this.conflict = conflict;
  }
}

interface DossierRow {
  no: number;
  version: number;
  code: string | null;
  unit: string;
  status: number;
  due: string;
}

/** Writes the rows of one commit. Texts are made outside the transaction, checks come before writes, and indexed columns are written only when they change. */
export class SqliteCommit {
  readonly #outbox: SqliteOutbox;
  readonly #row: StatementSync;
  readonly #insert: StatementSync;
  readonly #touch: StatementSync;
  readonly #move: StatementSync;
  readonly #close: StatementSync;
  readonly #dispose: StatementSync;
  readonly #destroyKey: StatementSync;
  readonly #code: StatementSync;
  readonly #event: StatementSync;
  readonly #task: StatementSync;
  readonly #setTimer: StatementSync;
  readonly #clearTimer: StatementSync;
  readonly #token: StatementSync;
  readonly #key: StatementSync;
  readonly #known: StatementSync;
  readonly #remember: StatementSync;
  readonly #take: StatementSync;
  readonly #lastNumber: StatementSync;
  readonly #setNumber: StatementSync;
  readonly #book: StatementSync;

  constructor(database: Database, outbox: SqliteOutbox) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#outbox = outbox;
    this.#row = prepare('SELECT no, version, code, unit, status, due FROM dossier WHERE id = ?');
    this.#insert = prepare(
      'INSERT INTO dossier (id, version, reference, code, applicant, unit, status, due, updated, open, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#touch = prepare('UPDATE dossier SET version = ?, updated = ?, head = ? WHERE no = ?');
    this.#move = prepare(
      'UPDATE dossier SET version = ?, updated = ?, head = ?, unit = ?, status = ?, due = ? WHERE no = ?',
    );
    this.#close = prepare('UPDATE dossier SET open = NULL, kept = ?, closed = ? WHERE no = ?');
    this.#dispose = prepare("UPDATE dossier SET kept = NULL, applicant = '' WHERE no = ?");
    this.#destroyKey = prepare(DESTROY_KEY);
    this.#code = prepare('UPDATE dossier SET code = ? WHERE no = ?');
    this.#event = prepare('INSERT INTO event (dossier, seq, unit, receiving, json, secret) VALUES (?, ?, ?, ?, ?, ?)');
    this.#task = prepare(
      `INSERT INTO task (id, unit, role, person, applicant, due, opened, procedure, stage, json, worked, official, decided) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, role = excluded.role, person = excluded.person, applicant = excluded.applicant,
       due = excluded.due, opened = excluded.opened, json = excluded.json, worked = excluded.worked, official = excluded.official, decided = excluded.decided`,
    );
    this.#setTimer = prepare(
      `INSERT INTO timer (dossier, id, at, kind, stage, visit, outcome) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dossier, id) DO UPDATE SET
       at = excluded.at, kind = excluded.kind, stage = excluded.stage, visit = excluded.visit, outcome = excluded.outcome`,
    );
    this.#clearTimer = prepare('DELETE FROM timer WHERE dossier = ? AND id = ?');
    this.#token = prepare(
      `INSERT INTO token (dossier, stage, visit, run, token) VALUES (?, ?, ?, ?, ?) ON CONFLICT (dossier, stage, visit) DO UPDATE SET
       run = excluded.run, token = excluded.token WHERE excluded.run >= token.run`,
    );
    this.#key = prepare('INSERT INTO dossier_key (dossier, key) VALUES (?, ?)');
    this.#known = prepare('SELECT 1 FROM idempotency WHERE scope = ? AND key = ?');
    this.#remember = prepare(
      'INSERT INTO idempotency (scope, key, request, status, body, at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#take = prepare(
      `UPDATE upload SET state = 'taken', json = json_set(json, '$.state', 'taken') WHERE id = ? AND state <> 'taken'`,
    );
    this.#lastNumber = prepare('SELECT number FROM series WHERE name = ?');
    this.#book = prepare('INSERT INTO money (unit, place, json) VALUES (?, ?, ?)');
    this.#setNumber = prepare(
      'INSERT INTO series (name, number) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET number = excluded.number',
    );
  }

  /** The work for the queue of the database; throws `CommitConflict` and leaves nothing. */
  prepare(commit: Commit): () => void {
    const head = JSON.stringify(commit.head);
    const events = commit.events.map(({ event, hash, jws, secret }) => {
      const json = JSON.stringify({ event, hash, jws } satisfies ChainedEvent);
      checkEventSize(commit.dossier, json, secret);
      return { seq: event.seq, json, secret: secret ?? null };
    });
    const tasks = commit.tasks.map((task) => ({ task, json: JSON.stringify(task) }));
    const outbox = commit.outbox.map((row) => ({ row, body: JSON.stringify(row.body) }));
    return () => {
      const before = this.#check(commit);
      const no = before ? this.#change(commit, before, head) : this.#create(commit, head);
      for (const e of events) {
        this.#event.run(no, e.seq, commit.head.unit, commit.head.receivingUnit, e.json, e.secret);
      }
      for (const { task, json } of tasks) this.#writeTask(task, commit.head.applicantKey, json);
      for (const id of commit.timers.clear) this.#clearTimer.run(commit.dossier, id);
      for (const timer of commit.timers.set) {
        const { id, at, kind, stage, visit, outcome } = timer;
        this.#setTimer.run(commit.dossier, id, at, kind, stage, visit, outcome);
      }
      for (const { row, body } of outbox) this.#outbox.insert(row, body);
      for (const { unit, ...entry } of commit.money ?? [])
        this.#book.run(unit, moneyPlace(entry), JSON.stringify(entry));
      if (commit.token) this.writeToken(commit.token);
    };
  }

  writeToken({ dossier, stage, visit, run, token }: StageToken): void {
    this.#token.run(dossier, stage, visit, run, token);
  }

  /** In the order that the port promises. Idempotency, uploads and numbers are written at once: a later conflict rolls them back. */
  #check(commit: Commit): DossierRow | undefined {
    if (commit.idempotency) this.#rememberOnce(commit.idempotency);
    const before = this.#row.get(commit.dossier) as DossierRow | undefined;
    if ((before?.version ?? 0) !== commit.expectedVersion) throw new CommitConflict('version');
    if (commit.uploads) for (const upload of commit.uploads) this.#takeUpload(upload);
    for (const { series, number } of commit.numbers) {
      if (number !== this.lastNumber(series) + 1) throw new CommitConflict('number');
      this.#setNumber.run(series, number);
    }
    return before;
  }

  lastNumber(series: string): number {
    const row = this.#lastNumber.get(series) as { number: number } | undefined;
    return row?.number ?? 0;
  }

  #rememberOnce({ scope, key, request, status, body, at }: IdempotencyRecord): void {
    if (this.#known.get(scope, key)) throw new CommitConflict('idempotency');
    this.#remember.run(scope, key, request, status, body, at);
  }

  #takeUpload(id: string): void {
    if (this.#take.run(id).changes !== 1) throw new CommitConflict('upload');
  }

  #create(commit: Commit, json: string): number {
    const head = commit.head;
    const no = uniqueCode(() =>
      this.#insert.run(
        head.id,
        head.version,
        head.reference,
        head.code,
        head.applicantKey,
        head.unit ?? NO_UNIT,
        STATUS_NUMBER[head.status],
        head.due ?? NO_DUE,
        Date.parse(head.updated),
        head.status === 'closed' ? null : `${head.procedure}@${head.procedureVersion}`,
        json,
      ),
    ).lastInsertRowid;
    if (commit.wrappedKey) this.#key.run(no, commit.wrappedKey);
    if (head.status === 'closed') this.#close.run(keptAs(head), closedAt(head), no);
    return Number(no);
  }

  #change(commit: Commit, before: DossierRow, json: string): number {
    const head: Head = commit.head;
    const unit = head.unit ?? NO_UNIT;
    const status = STATUS_NUMBER[head.status];
    const due = head.due ?? NO_DUE;
    const updated = Date.parse(head.updated);
    if (before.unit === unit && before.status === status && before.due === due) {
      this.#touch.run(head.version, updated, json, before.no);
    } else {
      this.#move.run(head.version, updated, json, unit, status, due, before.no);
    }
    if (before.status !== status && head.status === 'closed') this.#close.run(keptAs(head), closedAt(head), before.no);
    if (commit.destroyKey) {
      this.#dispose.run(before.no);
      this.#destroyKey.run(before.no);
    }
    if (before.code !== head.code) uniqueCode(() => this.#code.run(head.code, before.no));
    return before.no;
  }

  #writeTask(task: Task, applicantKey: string, json: string): void {
    const open = task.status === 'open';
    const asked = open && task.party !== null;
    const unit = task.unit ?? NO_UNIT;
    this.#task.run(
      task.id,
      open && !asked ? (isNote(task) ? notesOf(unit) : unit) : null,
      task.role ?? '',
      open && !asked ? personOf(task) : null,
      asked ? applicantKey : null,
      task.due ?? NO_DUE,
      Date.parse(task.opened),
      task.procedure,
      task.stage,
      json,
      ...doneColumns(task),
    );
  }
}

function doneColumns(task: Task): [string, string, number] | [null, null, null] {
  const done = workDone(task);
  return done ? [done.unit, done.official, Date.parse(done.at)] : [null, null, null];
}

function keptAs(head: Head): string {
  return `${head.procedure}@${head.procedureVersion}`;
}

function closedAt(head: Head): string {
  return head.closed ?? head.updated;
}

/** Code and reference are the only columns that another dossier can hold already: the id was looked up before. */
function uniqueCode<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (/^UNIQUE constraint failed: dossier\.(code|reference)$/.test((error as Error).message)) {
      throw new CommitConflict('code');
    }
    throw error;
  }
}
