import { ATTEMPTS_KEPT_MS, type DeliveryAttempt, type DeliveryLog } from '../../domain/ports/delivery-log.ts';
import type { Listing, Page } from '../../domain/ports/dossier-store.ts';
import { decodeCursor, encodeCursor } from '../../domain/ports/cursor.ts';
import type { Database } from './sqlite.ts';

const MIGRATIONS = [
  {
    id: 'delivery-001',
    sql: `
      CREATE TABLE delivery (
        subscription TEXT NOT NULL, at INTEGER NOT NULL, message TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (subscription, at, message)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX delivery_at ON delivery (at);
    `,
  },
];

/** Attempts in the one machine's database. What is too old goes when something new comes. */
export class SqliteDeliveryLog implements DeliveryLog {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  async add(attempt: DeliveryAttempt): Promise<void> {
    const { subscription, at, message } = attempt;
    await this.#database.write(() => {
      this.#database
        .prepare(
          'INSERT INTO delivery (subscription, at, message, json) VALUES (?, ?, ?, ?) ON CONFLICT (subscription, at, message) DO NOTHING',
        )
        .run(subscription, at, message, JSON.stringify(attempt));
      this.#database.prepare('DELETE FROM delivery WHERE at < ?').run(at - ATTEMPTS_KEPT_MS);
    });
  }

  async list(subscription: string, { limit, after }: Page): Promise<Listing<DeliveryAttempt>> {
    const [at = 0, message = ''] =
      after === undefined ? [Number.MAX_SAFE_INTEGER, ''] : decodeCursor(after, ['number', 'string']);
    const rows = this.#database.read(() =>
      this.#database
        .prepare(
          'SELECT json FROM delivery WHERE subscription = ? AND (at, message) < (?, ?) ORDER BY at DESC, message DESC LIMIT ?',
        )
        .all(subscription, at, message, limit + 1),
    );
    const items = rows.slice(0, limit).map(({ json }) => JSON.parse(String(json)) as DeliveryAttempt);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return this.#database.durable({ items, ...(last && { next: encodeCursor([last.at, last.message]) }) });
  }
}
