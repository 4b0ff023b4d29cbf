import type { Database } from './sqlite.ts';

const MIGRATIONS = [
  { id: 'cursor-001', sql: 'CREATE TABLE cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID' },
];

/** How far readers of a feed have come, kept over restarts. */
export class SqliteCursors {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  get(name: string): string | undefined {
    const row = this.#database.read(() => this.#database.prepare('SELECT value FROM cursor WHERE name = ?').get(name));
    return typeof row?.['value'] === 'string' ? row['value'] : undefined;
  }

  /** Durable when it resolves. */
  async put(name: string, value: string): Promise<void> {
    await this.#database.write(() => {
      this.#database
        .prepare(
          'INSERT INTO cursor (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        )
        .run(name, value);
    });
  }
}
