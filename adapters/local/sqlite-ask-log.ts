import { type AskLog, ASKS_KEPT_MS, type OwnAsk, placeOfAsk } from '../../domain/ports/ask-log.ts';
import { decodePlaceInTime, encodeCursor } from '../../domain/ports/cursor.ts';
import type { Listing, Page } from '../../domain/ports/dossier-store.ts';
import type { Database } from './sqlite.ts';

/** After every place: each begins with the digits of a year. */
const BEHIND = '~';

const MIGRATIONS = [
  {
    id: 'asking-001',
    sql: `
      CREATE TABLE asking (owner TEXT NOT NULL, place TEXT NOT NULL, at INTEGER NOT NULL, ask TEXT NOT NULL, PRIMARY KEY (owner, place)) STRICT, WITHOUT ROWID;
      CREATE INDEX asking_at ON asking (at);
    `,
  },
];

/** Registers asked at a person's own wish, in the one machine's database. What is too old goes when something new comes. */
export class SqliteAskLog implements AskLog {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  async put(ask: OwnAsk): Promise<void> {
    await this.#database.write(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO asking (owner, place, at, ask) VALUES (?, ?, ?, ?)')
        .run(ask.owner, placeOfAsk(ask), ask.at, JSON.stringify(ask));
      this.#database.prepare('DELETE FROM asking WHERE at < ?').run(ask.at - ASKS_KEPT_MS);
    });
  }

  async list(owner: string, { limit, after }: Page): Promise<Listing<OwnAsk>> {
    const before = after === undefined ? BEHIND : decodePlaceInTime(after);
    const rows = this.#database.read(() =>
      this.#database
        .prepare('SELECT place, ask FROM asking WHERE owner = ? AND place < ? ORDER BY place DESC LIMIT ?')
        .all(owner, before, limit + 1),
    );
    const items = rows.slice(0, limit).map(({ ask }) => JSON.parse(String(ask)) as OwnAsk);
    const last = rows[limit - 1];
    return this.#database.durable({
      items,
      ...(rows.length > limit && last && { next: encodeCursor([String(last['place'])]) }),
    });
  }
}
