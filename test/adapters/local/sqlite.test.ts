import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Database, openDatabase } from '../../../adapters/local/sqlite.ts';

const NOTE = { id: 'note-001', sql: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT' };
const settled = async (promises: Promise<unknown>[]) =>
  (await Promise.allSettled(promises)).map((result) => (result.status === 'fulfilled' ? result.value : 'rejected'));

describe('Database', () => {
  let folder: string;
  let db: Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
    db = openDatabase(join(folder, 'test.db'));
    db.migrate([NOTE]);
  });
  afterEach(async () => {
    await db.close();
    rmSync(folder, { recursive: true });
  });

  const add = (text: string) => db.write(() => db.prepare('INSERT INTO note (text) VALUES (?)').run(text).changes);
  const texts = (from: Database = db) =>
    from.read(() =>
      from
        .prepare('SELECT text FROM note ORDER BY id')
        .all()
        .map((row) => row['text']),
    );

  it('refuses work after close', async () => {
    await db.close();
    await expect(add('late')).rejects.toThrow('closed');
  });

  it('refuses a work that is not synchronous', async () => {
    await expect(db.write(() => Promise.resolve())).rejects.toThrow('synchronous');
  });

  it('refuses a migration whose text has changed', () => {
    expect(() => {
      db.migrate([{ ...NOTE, sql: `${NOTE.sql} ` }]);
    }).toThrow('note-001');
  });

  it('applies no migration of a list of which one fails', () => {
    expect(() => {
      db.migrate([NOTE, { id: 'a', sql: 'CREATE TABLE a (x)' }, { id: 'b', sql: 'CREATE TABLE b (' }]);
    }).toThrow();
    expect(() => db.prepare('SELECT * FROM a')).toThrow('no such table');
  });

  it('rolls back and rejects alone a work that throws', async () => {
    const half = db.write(() => {
      db.prepare('INSERT INTO note (text) VALUES (?)').run('half');
      throw new Error('no');
    });
    expect(await settled([add('a'), half, add('a'), add('b')])).toEqual([1, 'rejected', 'rejected', 1]);
    expect(texts()).toEqual(['a', 'b']);
  });

  it('rejects the whole batch when the commit fails, and goes on', async () => {
    db.migrate([
      { id: 'child', sql: 'CREATE TABLE child (note INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)' },
    ]);
    const orphan = db.write(() => db.prepare('INSERT INTO child (note) VALUES (99)').run());
    expect(await settled([add('a'), orphan, add('b')])).toEqual(['rejected', 'rejected', 'rejected']);
    await add('c');
    expect(texts()).toEqual(['c']);
  });

  it('rejects the whole batch when the disk is full, and goes on when there is room', async () => {
    db.read((raw) => {
      raw.exec('PRAGMA max_page_count = 20');
    });
    expect(await settled([add('a'), add('x'.repeat(200_000))])).toEqual(['rejected', 'rejected']);
    db.read((raw) => {
      raw.exec('PRAGMA max_page_count = 2000');
    });
    await add('b');
    expect(texts()).toEqual(['b']);
  });

  it('takes effect in the order of queueing', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, i) => add(`n${String(i)}`)));
    expect(texts()).toEqual(Array.from({ length: 100 }, (_, i) => `n${String(i)}`));
  });

  it('shows nothing before the commit, and to another connection all after it', async () => {
    const other = openDatabase(join(folder, 'test.db'));
    const written = add('a');
    expect(texts()).toEqual([]);
    await written;
    expect(texts(other)).toEqual(['a']);
    await other.close();
  });

  it('commits what is queued when it is closed', async () => {
    const written = add('a');
    await db.close();
    await written;
    db = openDatabase(join(folder, 'test.db'));
    db.migrate([NOTE]);
    expect(texts()).toEqual(['a']);
  });

  it('takes work that is queued by a work into the next batch', async () => {
    let inner: Promise<unknown> | undefined;
    await db.write(() => {
      inner = add('inner');
    });
    await inner;
    expect(texts()).toEqual(['inner']);
  });
});

describe('a database whose log cannot be synced', () => {
  const opened = (sync: () => Promise<void>) => {
    const lost: Error[] = [];
    const raw = new DatabaseSync(':memory:');
    const log = { sync, syncNow: () => undefined, close: () => undefined };
    const db = new Database(raw, { log, onLost: (error) => lost.push(error), readOnly: false });
    db.migrate([NOTE]);
    return {
      db,
      lost,
      add: (text: string) => db.write(() => db.prepare('INSERT INTO note (text) VALUES (?)').run(text)),
    };
  };

  it('acknowledges nothing, tells it once and takes nothing more', async () => {
    const { db, lost, add } = opened(() => Promise.reject(new Error('EIO')));
    expect(await settled([add('a'), add('b')])).toEqual(['rejected', 'rejected']);
    expect(await settled([add('c'), db.durable('read')])).toEqual(['rejected', 'rejected']);
    expect(lost).toHaveLength(1);
    expect(lost[0]?.cause).toMatchObject({ message: 'EIO' });
    await db.close();
  });

  it('acknowledges and answers only after the sync, and commits together what comes meanwhile', async () => {
    const syncs: (() => void)[] = [];
    const { db, add } = opened(() => new Promise((resolve) => syncs.push(resolve)));
    const told: string[] = [];
    const tell = (what: string) => () => void told.push(what);
    const first = add('a').then(tell('a'));
    await new Promise((resolve) => setImmediate(resolve));
    const others = [add('b').then(tell('b')), add('c').then(tell('c')), db.durable(1).then(tell('read'))];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toEqual([]);
    expect(syncs).toHaveLength(1);
    syncs[0]?.();
    await first;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toEqual(['a', 'read']);
    expect(syncs).toHaveLength(2);
    syncs[1]?.();
    await Promise.all(others);
    expect(told).toEqual(['a', 'read', 'b', 'c']);
    await db.close();
  });
});
