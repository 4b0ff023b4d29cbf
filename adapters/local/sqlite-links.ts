import type { KeptLink, Links } from '../../domain/ports/links.ts';
import type { Database } from './sqlite.ts';

const MIGRATIONS = [
  {
    id: 'link-001',
    sql: `
      CREATE TABLE link (digest TEXT PRIMARY KEY, until INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX link_until ON link (until);
    `,
  },
];

/** So long after its end a link still tells why it does not hold, in milliseconds. */
const REMEMBERED_MS = 30 * 86_400_000;

/** Links in the one machine's database. What is long over goes when something new comes. */
export class SqliteLinks implements Links {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  async put(link: KeptLink): Promise<void> {
    await this.#database.write(() => {
      this.#database
        .prepare('INSERT INTO link (digest, until, json) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING')
        .run(link.digest, link.until, JSON.stringify(link));
      this.#database.prepare('DELETE FROM link WHERE until < ?').run(link.until - REMEMBERED_MS);
    });
  }

  async get(digest: string): Promise<KeptLink | undefined> {
    const row = this.#database.read(() => this.#database.prepare('SELECT json FROM link WHERE digest = ?').get(digest));
    return row && (JSON.parse(String(row['json'])) as KeptLink);
  }
}
