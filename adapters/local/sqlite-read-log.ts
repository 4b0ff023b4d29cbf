import { decodePlaceInTime, encodeCursor } from '../../domain/ports/cursor.ts';
import type { Listing, Page } from '../../domain/ports/dossier-store.ts';
import { type Reading, placeOf, type Read, readAt, type ReadLog, READS_KEPT_MS } from '../../domain/ports/read-log.ts';
import type { Database } from './sqlite.ts';

/** After every place: each begins with the digits of a year. */
const BEHIND = '~';

const MIGRATIONS = [
  {
    id: 'reading-001',
    sql: `
      CREATE TABLE reading (dossier TEXT NOT NULL, place TEXT NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (dossier, place)) STRICT, WITHOUT ROWID;
      CREATE INDEX reading_first ON reading (first);
    `,
  },
];

/** Who read what, in the one machine's database. What is too old goes when something new comes. */
export class SqliteReadLog implements ReadLog {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  async add(read: Reading): Promise<void> {
    const { dossier, at } = read;
    await this.#database.write(() => {
      this.#database
        .prepare('INSERT INTO reading (dossier, place, first) VALUES (?, ?, ?) ON CONFLICT (dossier, place) DO NOTHING')
        .run(dossier, placeOf(read), at);
      this.#database.prepare('DELETE FROM reading WHERE first < ?').run(at - READS_KEPT_MS);
    });
  }

  async list(dossier: string, { limit, after }: Page): Promise<Listing<Read>> {
    const before = after === undefined ? BEHIND : decodePlaceInTime(after);
    const rows = this.#database.read(() =>
      this.#database
        .prepare('SELECT place, first FROM reading WHERE dossier = ? AND place < ? ORDER BY place DESC LIMIT ?')
        .all(dossier, before, limit + 1),
    );
    const items = rows.slice(0, limit).map(({ place, first }) => readAt(String(place), Number(first)));
    const last = rows[limit - 1];
    return this.#database.durable({
      items,
      ...(rows.length > limit && last && { next: encodeCursor([String(last['place'])]) }),
    });
  }
}
