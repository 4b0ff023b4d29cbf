import { recordJson } from '../../domain/ports/registry.ts';
import type { RecordKind, RecordOf, RecordWrite, Registry, Versioned } from '../../domain/ports/registry.ts';
import { REGISTRY_MIGRATIONS } from './sqlite-schema.ts';
import type { Database } from './sqlite.ts';

/** Revisions as they are in each file, read once: one process owns a file, so all its changes come through here. */
const revisions = new WeakMap<Database, number>();

/** The organisation's records on SQLite. What was read is kept in memory for as long as the registry's revision stays the same. */
export class SqliteRegistry implements Registry {
  readonly #database: Database;
  readonly #kept = new Map<string, Versioned<unknown>>();
  #keptRevision = -1;

  /** Migrates the file; reads nothing else. */
  constructor(database: Database) {
    database.migrate(REGISTRY_MIGRATIONS);
    this.#database = database;
  }

  async get<K extends RecordKind>(kind: K, id: string): Promise<Versioned<RecordOf[K]> | undefined> {
    const revision = this.#revision();
    if (revision !== this.#keptRevision) {
      this.#kept.clear();
      this.#keptRevision = revision;
    }
    const name = `${kind}/${id}`;
    // The key names the kind, and so the type of what is kept under it.
    const kept = this.#kept.get(name) as Versioned<RecordOf[K]> | undefined;
    if (kept) return kept;
    const row = this.#database
      .prepare('SELECT id, revision, json FROM record WHERE kind = ? AND id = ?')
      .get(kind, id) as StoredRecord | undefined;
    if (!row) return undefined;
    const found = await this.#database.durable(read<RecordOf[K]>(row));
    this.#kept.set(name, found);
    return found;
  }

  async list<K extends RecordKind>(
    kind: K,
    { prefix = '', after, limit }: { prefix?: string; after?: string; limit: number },
  ): Promise<{ items: Versioned<RecordOf[K]>[]; next?: string }> {
    const rows = this.#database
      .prepare(
        'SELECT id, revision, json FROM record WHERE kind = ? AND id > ? AND id >= ? AND id < ? ORDER BY id LIMIT ?',
      )
      .all(kind, after ?? '', prefix, `${prefix}\u{10ffff}`, limit + 1) as unknown as StoredRecord[];
    const items = rows.slice(0, limit).map((row) => read<RecordOf[K]>(row));
    const last = items.at(-1);
    return this.#database.durable(rows.length > limit && last ? { items, next: last.id } : { items });
  }

  async put<K extends RecordKind>(
    kind: K,
    id: string,
    record: RecordOf[K],
    expected: number,
  ): Promise<'put' | 'conflict'> {
    const put = await this.putAll(kind, [{ id, record, expected }]);
    return put === 'put' ? put : 'conflict';
  }

  async putAll<K extends RecordKind>(
    kind: K,
    writes: readonly RecordWrite<K>[],
  ): Promise<'put' | { conflict: string }> {
    const rows = writes.map(({ id, record, expected }) => ({ id, expected, json: recordJson(kind, id, record) }));
    return this.#change(() => {
      const revisionOf = this.#database.prepare('SELECT revision FROM record WHERE kind = ? AND id = ?');
      const changed = rows.find(({ id, expected }) => Number(revisionOf.get(kind, id)?.['revision'] ?? 0) !== expected);
      if (changed) return { conflict: changed.id };
      const insert = this.#database.prepare(
        'INSERT INTO record (kind, id, revision, json) VALUES (?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision, json = excluded.json',
      );
      const revision = this.#raise();
      for (const { id, json } of rows) insert.run(kind, id, revision, json);
      return 'put';
    });
  }

  async remove(kind: RecordKind, id: string): Promise<void> {
    await this.#change(() => {
      const { changes } = this.#database.prepare('DELETE FROM record WHERE kind = ? AND id = ?').run(kind, id);
      if (changes > 0) this.#raise();
    });
  }

  async revision(): Promise<number> {
    return this.#revision();
  }

  #revision(): number {
    const known = revisions.get(this.#database);
    if (known !== undefined) return known;
    const revision = Number(this.#database.prepare('SELECT revision FROM registry_revision').get()?.['revision']);
    revisions.set(this.#database, revision);
    return revision;
  }

  #change<T>(work: () => T): Promise<T> {
    return this.#database.write(() => {
      // Forgotten before it changes: if the commit fails, what is read again is the old one.
      revisions.delete(this.#database);
      return work();
    });
  }

  /** Inside a work of the database. */
  #raise(): number {
    const raise = 'UPDATE registry_revision SET revision = revision + 1 RETURNING revision';
    return Number(this.#database.prepare(raise).get()?.['revision']);
  }
}

interface StoredRecord {
  id: string;
  revision: number;
  json: string;
}

function read<T>({ id, revision, json }: StoredRecord): Versioned<T> {
  return { id, revision, record: JSON.parse(json) as T };
}
