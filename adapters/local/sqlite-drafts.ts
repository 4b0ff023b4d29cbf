import type { Drafts, KeptDraft } from '../../domain/ports/drafts.ts';
import type { Database } from './sqlite.ts';

const MIGRATIONS = [
  {
    id: 'draft-001',
    sql: `
      CREATE TABLE draft (
        owner TEXT NOT NULL, id TEXT NOT NULL, procedure TEXT NOT NULL, version TEXT NOT NULL, revision INTEGER NOT NULL,
        saved INTEGER NOT NULL, expires INTEGER NOT NULL, wrapped_key BLOB NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (owner, id)
      ) STRICT;
      CREATE INDEX draft_expires ON draft (expires);
    `,
  },
  { id: 'draft-002', sql: 'ALTER TABLE draft ADD COLUMN task TEXT;' },
];

type Row = Record<string, unknown>;

/** Drafts in the one machine's database. */
export class SqliteDrafts implements Drafts {
  readonly #database: Database;

  constructor(database: Database) {
    database.migrate(MIGRATIONS);
    this.#database = database;
  }

  async put(draft: KeptDraft, now: number): Promise<'put' | 'conflict'> {
    const { owner, id, procedure, task, version, revision, saved, expires, wrappedKey, sealed } = draft;
    return this.#database.write(() => {
      this.#database.prepare('DELETE FROM draft WHERE expires <= ?').run(now);
      const known = this.#database.prepare('SELECT revision FROM draft WHERE owner = ? AND id = ?').get(owner, id);
      if (Number(known?.['revision'] ?? 0) !== revision - 1) return 'conflict';
      this.#database
        .prepare('INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(owner, id, procedure, version, revision, saved, expires, wrappedKey, sealed, task ?? null);
      return 'put';
    });
  }

  async get(owner: string, id: string, now: number): Promise<KeptDraft | undefined> {
    const row = this.#database.read(() =>
      this.#database.prepare('SELECT * FROM draft WHERE owner = ? AND id = ? AND expires > ?').get(owner, id, now),
    );
    return this.#database.durable(row && draftOf(row));
  }

  async list(owner: string, now: number): Promise<KeptDraft[]> {
    const rows = this.#database.read(() =>
      this.#database
        .prepare('SELECT * FROM draft WHERE owner = ? AND expires > ? ORDER BY saved DESC, id')
        .all(owner, now),
    );
    return this.#database.durable(rows.map(draftOf));
  }

  async remove(owner: string, id: string): Promise<void> {
    await this.#database.write(() => {
      this.#database.prepare('DELETE FROM draft WHERE owner = ? AND id = ?').run(owner, id);
    });
  }

  async removeExpired(now: number): Promise<void> {
    await this.#database.write(() => {
      this.#database.prepare('DELETE FROM draft WHERE expires <= ?').run(now);
    });
  }
}

function draftOf(row: Row): KeptDraft {
  return {
    owner: String(row['owner']),
    id: String(row['id']),
    procedure: String(row['procedure']),
    ...(typeof row['task'] === 'string' && { task: row['task'] }),
    version: String(row['version']),
    revision: Number(row['revision']),
    saved: Number(row['saved']),
    expires: Number(row['expires']),
    wrappedKey: Uint8Array.from(row['wrapped_key'] as Uint8Array),
    sealed: Uint8Array.from(row['sealed'] as Uint8Array),
  };
}
