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

  take({ of, until, most, amount = 1 }: Allowance, now: number): Promise<boolean> {
    return this.#database.write(() => {
      this.#database.prepare('DELETE FROM tries WHERE until <= ?').run(now);
      const counted = this.#database
        .prepare(
          `INSERT INTO tries (name, until, count) SELECT ?1, ?2, ?3 WHERE ?3 <= ?4
           ON CONFLICT (name, until) DO UPDATE SET count = count + ?3 WHERE count + ?3 <= ?4`,
        )
        .run(of, until, amount, most);
      return counted.changes > 0;
    });
  }

  async giveBack({ of, until, amount = 1 }: Allowance): Promise<void> {
    await this.#database.write(() => {
      this.#database
        .prepare('UPDATE tries SET count = count - ?3 WHERE name = ?1 AND until = ?2 AND count >= ?3')
        .run(of, until, amount);
    });
  }
}
