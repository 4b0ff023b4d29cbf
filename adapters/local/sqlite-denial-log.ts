import {
  type Denial,
  denialAt,
  DENIALS_KEPT_MS,
  type DenialLog,
  type DeniedAccess,
  MOST_DENIALS,
  placeOf,
} from '../../domain/ports/denial-log.ts';
import type { Listing, Page } from '../../domain/ports/dossier-store.ts';
import { decodePlaceInTime, encodeCursor } from '../../domain/ports/cursor.ts';
import type { Database } from './sqlite.ts';

/** After every place: each begins with the digits of a year. */
const BEHIND = '~';

const MIGRATIONS = [
  {
    id: 'denial-001',
    sql: `
      CREATE TABLE denial (
        dossier TEXT NOT NULL, place TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (dossier, place)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX denial_last ON denial (last);
      CREATE TABLE denials_of (day TEXT NOT NULL, official TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, official)) STRICT, WITHOUT ROWID;
    `,
  },
];

/** Denials in the one machine's database. What is too old goes when something new comes. */
export class SqliteDenialLog implements DenialLog {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  async add(denied: DeniedAccess): Promise<boolean> {
    const { dossier, official, at } = denied;
    const { day, place } = placeOf(denied);
    return this.#database.write(() => {
      const counted = this.#database
        .prepare(
          `INSERT INTO denials_of (day, official, count) VALUES (?, ?, 1)
           ON CONFLICT (day, official) DO UPDATE SET count = count + 1 WHERE count < ?`,
        )
        .run(day, official, MOST_DENIALS);
      if (counted.changes === 0) return false;
      this.#database
        .prepare(
          `INSERT INTO denial (dossier, place, first, last, count) VALUES (?, ?, ?, ?, 1)
           ON CONFLICT (dossier, place) DO UPDATE SET count = count + 1, last = max(last, excluded.last)`,
        )
        .run(dossier, place, at, at);
      this.#database.prepare('DELETE FROM denial WHERE last < ?').run(at - DENIALS_KEPT_MS);
      this.#database.prepare('DELETE FROM denials_of WHERE day < ?').run(day);
      return true;
    });
  }

  async list(dossier: string, { limit, after }: Page): Promise<Listing<Denial>> {
    const before = after === undefined ? BEHIND : decodePlaceInTime(after);
    const rows = this.#database.read(() =>
      this.#database
        .prepare(
          'SELECT place, first, last, count FROM denial WHERE dossier = ? AND place < ? ORDER BY place DESC LIMIT ?',
        )
        .all(dossier, before, limit + 1),
    );
    const items = rows
      .slice(0, limit)
      .map(({ place, first, last, count }) =>
        denialAt(String(place), { first: Number(first), last: Number(last), count: Number(count) }),
      );
    const last = rows[limit - 1];
    return this.#database.durable({
      items,
      ...(rows.length > limit && last && { next: encodeCursor([String(last['place'])]) }),
    });
  }
}
