import type { Cursors } from '../../domain/ports/cursors.ts';
import type { Database } from './sqlite.ts';

const MIGRATIONS = [
  { id: 'cursor-001', sql: 'CREATE TABLE cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID' },
];

/** Cursors in the one machine's database. */
export class SqliteCursors implements Cursors {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  async get(name: string): Promise<string | undefined> {
    const row = this.#database.read(() => this.#database.prepare('SELECT value FROM cursor WHERE name = ?').get(name));
    return typeof row?.['value'] === 'string' ? row['value'] : undefined;
  }

  async advance(name: string, from: string | undefined, to: string): Promise<void> {
    await this.#database.write(() => {
      this.#database
        .prepare(
          from === undefined
            ? 'INSERT INTO cursor (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING'
            : 'UPDATE cursor SET value = ?2 WHERE name = ?1 AND value = ?3',
        )
        .run(...[name, to, ...(from === undefined ? [] : [from])]);
    });
  }
}
