import type { StatementSync } from 'node:sqlite';
import type { Listing, OutboxRow, Page } from '../../domain/ports/dossier-store.ts';
import { decodeCursor, encodeCursor } from '../../domain/ports/cursor.ts';
import type { Database } from './sqlite.ts';

interface StoredRow {
  id: string;
  grp: string;
  dead: number;
  due: number | null;
  at: number;
  attempts: number;
  kind: OutboxRow['kind'];
  dossier: string;
  body: string;
  error: string | null;
}

/**
 * Work to be done after a commit. Only the first live row of a group carries `due`, so what is due is one range of an index however many rows wait
 * behind a blocked one; the next row is called when the first is done or given up.
 */
export class SqliteOutbox {
  readonly #database: Database;
  readonly #insert: StatementSync;
  readonly #isFirst: StatementSync;
  readonly #due: StatementSync;
  readonly #next: StatementSync;
  readonly #delete: StatementSync;
  readonly #put: StatementSync;
  readonly #yield: StatementSync;
  readonly #call: StatementSync;
  readonly #dead: StatementSync;
  readonly #group: StatementSync;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#database = database;
    this.#insert = prepare(
      `INSERT INTO outbox (id, grp, dead, due, at, attempts, kind, dossier, body, error)
       VALUES (?1, ?2, ?3, CASE ?3 WHEN 0 THEN ?4 END, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING`,
    );
    this.#isFirst = prepare('SELECT 1 FROM outbox WHERE grp = ? AND dead = 0 LIMIT 1');
    this.#due = prepare('SELECT * FROM outbox WHERE due <= ? ORDER BY due, id LIMIT ?');
    this.#next = prepare('SELECT min(due) AS due FROM outbox WHERE due IS NOT NULL');
    this.#delete = prepare('DELETE FROM outbox WHERE id = ? RETURNING grp, due');
    this.#put = prepare(
      'UPDATE outbox SET at = ?, attempts = ?, error = ?, dead = ?, due = NULL WHERE id = ? RETURNING grp',
    );
    this.#yield = prepare(
      `UPDATE outbox SET due = NULL WHERE grp = ?1 AND dead = 0 AND due IS NOT NULL
       AND id <> (SELECT id FROM outbox WHERE grp = ?1 AND dead = 0 ORDER BY id LIMIT 1)`,
    );
    this.#call = prepare(
      'UPDATE outbox SET due = at WHERE due IS NULL AND id = (SELECT id FROM outbox WHERE grp = ? AND dead = 0 ORDER BY id LIMIT 1)',
    );
    this.#dead = prepare('SELECT * FROM outbox WHERE dead = 1 AND id > ? ORDER BY id LIMIT ?');
    this.#group = prepare('SELECT * FROM outbox WHERE grp = ? ORDER BY id');
  }

  /** Inside a work of the database. `body` is the row's body as JSON. */
  insert(row: OutboxRow, body: string): void {
    const { id, group, at, attempts, kind, dossier, error } = row;
    const alone = row.dead !== true && this.#isFirst.get(group) === undefined;
    this.#insert.run(id, group, row.dead ? 1 : 0, at, attempts, kind, dossier, body, error ?? null);
    if (!alone) this.#reorder(group);
  }

  due(now: number, limit: number): OutboxRow[] {
    return (this.#due.all(now, limit) as unknown as StoredRow[]).map(readRow);
  }

  next(): number | undefined {
    const row = this.#next.get() as { due: number | null } | undefined;
    return row?.due ?? undefined;
  }

  done(ids: readonly string[]): Promise<void> {
    return this.#database.write(() => {
      for (const id of ids) {
        const gone = this.#delete.get(id) as { grp: string; due: number | null } | undefined;
        if (gone && gone.due !== null) this.#call.run(gone.grp);
      }
    });
  }

  retry(row: { id: string; at: number; attempts: number; error: string; dead?: boolean }): Promise<void> {
    return this.#database.write(() => {
      const put = this.#put.get(row.at, row.attempts, row.error, row.dead ? 1 : 0, row.id) as
        { grp: string } | undefined;
      if (put) this.#reorder(put.grp);
    });
  }

  dead(page: Page): Listing<OutboxRow> {
    const after = page.after === undefined ? '' : String(decodeCursor(page.after, ['string'])[0]);
    const rows = (this.#dead.all(after, page.limit + 1) as unknown as StoredRow[]).map(readRow);
    const items = rows.slice(0, page.limit);
    const last = items.at(-1);
    return rows.length > page.limit && last ? { items, next: encodeCursor([last.id]) } : { items };
  }

  byGroup(group: string): OutboxRow[] {
    return (this.#group.all(group) as unknown as StoredRow[]).map(readRow);
  }

  /** Of the live rows of a group the lowest id alone is due. */
  #reorder(group: string): void {
    this.#yield.run(group);
    this.#call.run(group);
  }
}

function readRow(row: StoredRow): OutboxRow {
  return {
    id: row.id,
    group: row.grp,
    kind: row.kind,
    dossier: row.dossier,
    at: row.at,
    attempts: row.attempts,
    body: JSON.parse(row.body) as OutboxRow['body'],
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.dead === 1 ? { dead: true } : {}),
  };
}
