import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteDossierStore } from '../../../adapters/local/sqlite-dossier-store.ts';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import type { TaskQuery } from '../../../domain/ports/dossier-store.ts';
import { describeDossierStore } from '../../contracts/dossier-store.ts';
import { DOSSIER_MIGRATIONS, STATUS_NUMBER } from '../../../adapters/local/sqlite-schema.ts';
import { aCommit, aHead, aTask, dossierId } from '../../builders/dossiers.ts';

const patience = { wait: 100, grace: 20, hold: 10_000 };

describeDossierStore('SQLite in memory', async () => {
  const database = openDatabase(':memory:');
  return { store: new SqliteDossierStore(database, { patience }), close: () => database.close() };
});

describe('SQLite in a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onetrack-store-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  let files = 0;
  describeDossierStore('store', async () => {
    const database = openDatabase(join(folder, `${(files += 1)}.db`));
    return { store: new SqliteDossierStore(database, { patience }), close: () => database.close() };
  });

  it('continues after a restart: counts beyond those answered, numbers without a gap, the feed from its cursor', async () => {
    const path = join(folder, 'restart.db');
    const before = openDatabase(path);
    const first = new SqliteDossierStore(before);
    expect([await first.nextCount('c'), await first.nextCount('c')]).toEqual([1, 2]);
    const number = await first.nextNumber('s');
    await first.commit(aCommit({ dossier: dossierId(1), numbers: [{ series: 's', number }] }));
    const { cursor } = await first.feed(undefined, 9);
    await before.close();

    const after = openDatabase(path);
    const second = new SqliteDossierStore(after);
    expect(await second.nextCount('c')).toBeGreaterThan(2);
    expect(await second.nextNumber('s')).toBe(2);
    await second.commit(aCommit({ dossier: dossierId(2) }));
    expect((await second.feed(cursor, 9)).events.map(({ event }) => event.event.dossier)).toEqual([dossierId(2)]);
    await after.close();
  });

  it('erases once nobody reads: until then a copy of the destroyed key lies in the log or the file', async () => {
    const path = join(folder, 'erase.db');
    const database = openDatabase(path);
    const store = new SqliteDossierStore(database);
    const key = Buffer.from('the wrapped key of one dossier, sixty bytes long, as it lies');
    const dossier = dossierId(1);
    // Enough others that pages split, before and after.
    for (let n = 2; n < 400; n += 1)
      await store.commit(aCommit({ dossier: dossierId(n), wrappedKey: Buffer.alloc(60, n) }));
    await store.commit(aCommit({ dossier, wrappedKey: key }));
    for (let n = 400; n < 800; n += 1)
      await store.commit(aCommit({ dossier: dossierId(n), wrappedKey: Buffer.alloc(60, n) }));
    const found = () => [path, `${path}-wal`].filter((file) => readFileSync(file).includes(key.subarray(0, 16)));
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec('BEGIN; SELECT count(*) FROM dossier');
    reader.prepare('SELECT count(*) FROM dossier').get();
    const head = { status: 'closed' } as const;
    await store.commit(aCommit({ dossier, expectedVersion: 1, head, destroyKey: true }));
    await expect(store.erase(dossier)).rejects.toMatchObject({ name: 'TaskRetryable' });
    expect(found()).not.toEqual([]);
    reader.close();
    await store.erase(dossier);
    expect(found()).toEqual([]);
    await database.close();
  });

  it('finds the open dossiers of a file that an older release has written', async () => {
    const database = openDatabase(join(folder, 'older.db'));
    const [older] = DOSSIER_MIGRATIONS;
    database.migrate([older!]);
    const heads = [aHead({ id: dossierId(1) }), aHead({ id: dossierId(2), status: 'closed' })];
    await database.write((db) => {
      const insert = db.prepare(
        `INSERT INTO dossier (id, version, reference, applicant, unit, status, due, updated, head) VALUES (?, 1, ?, 'a', 'u', ?, '~', 0, ?)`,
      );
      for (const head of heads) insert.run(head.id, head.reference, STATUS_NUMBER[head.status], JSON.stringify(head));
    });
    const store = new SqliteDossierStore(database);
    const { items } = await store.openDossiers({ procedure: 'library-card', version: '1.0.0' }, { limit: 9 });
    expect(items).toEqual([heads[0]]);
    await database.close();
  });

  it('lists the open tasks of a file that an older release has written, by due and by who has taken them, and counts its notes apart', async () => {
    const database = openDatabase(join(folder, 'older-tasks.db'));
    database.migrate(DOSSIER_MIGRATIONS.slice(0, 3));
    const dossier = dossierId(1);
    const tasks = [
      aTask({ dossier, stage: 'later', due: '2026-12-02' }),
      aTask({ dossier, stage: 'sooner', due: '2026-12-01', claimedBy: 'lan' }),
      aTask({ dossier, stage: 'undated' }),
      aTask({ dossier, stage: 'lateness', kind: 'lateness', outcomes: ['noted'], due: '2026-11-30' }),
    ];
    await database.write((db) => {
      const insert = db.prepare(
        `INSERT INTO task (id, unit, role, opened, json) VALUES (?, 'ward-1', 'case-officer', ?, ?)`,
      );
      for (const task of tasks) insert.run(task.id, Date.parse(task.opened), JSON.stringify(task));
    });
    const store = new SqliteDossierStore(database);
    const stages = async (query: TaskQuery) =>
      (await store.openTasks(query, { limit: 9 })).items.map(({ stage }) => stage);
    expect(await stages({ queues: [{ unit: 'ward-1' }] })).toEqual(['lateness', 'sooner', 'later', 'undated']);
    expect(await store.countTasks({ unit: 'ward-1' }, { most: 9 })).toBe(3);
    expect(await stages({ queues: [{ unit: 'ward-1', person: 'lan' }] })).toEqual(['sooner']);
    expect(await stages({ queues: [{ unit: 'ward-1' }], stage: 'later' })).toEqual(['later']);
    await database.close();
  });

  it('gives back counts that nobody took when it is closed', async () => {
    const path = join(folder, 'counts.db');
    const before = openDatabase(path);
    const first = new SqliteDossierStore(before);
    expect(await first.nextCount('c')).toBe(1);
    await first.close();
    await before.close();
    const after = openDatabase(path);
    expect(await new SqliteDossierStore(after).nextCount('c')).toBe(2);
    await after.close();
  });
});
