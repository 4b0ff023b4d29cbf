import type { Allowance, Tries } from '../../domain/ports/tries.ts';
import type { Database } from './sqlite.ts';

const MIGRATIONS = [
  {
    id: 'tries-001',
    sql: `
      CREATE TABLE tries (name TEXT NOT NULL, until INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (name, until)) STRICT, WITHOUT ROWID;
      CREATE INDEX tries_until ON tries (until);
    `,
  },
];

/** Tries in the one machine's database. What is over goes when something new comes. */
export class SqliteTries implements Tries {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  take({ of, until, most }: Allowance, now: number): Promise<boolean> {
    return this.#database.write(() => {
      this.#database.prepare('DELETE FROM tries WHERE until <= ?').run(now);
      const counted = this.#database
        .prepare(
          `INSERT INTO tries (name, until, count) VALUES (?, ?, 1)
           ON CONFLICT (name, until) DO UPDATE SET count = count + 1 WHERE count < ?`,
        )
        .run(of, until, most);
      return counted.changes > 0;
    });
  }

  async giveBack({ of, until }: Allowance): Promise<void> {
    await this.#database.write(() => {
      this.#database
        .prepare('UPDATE tries SET count = count - 1 WHERE name = ? AND until = ? AND count > 0')
        .run(of, until);
    });
  }
}
