import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteDossierStore } from '../../../adapters/local/sqlite-dossier-store.ts';
import { Database, openDatabase } from '../../../adapters/local/sqlite.ts';
import type { DossierStore, TaskQuery } from '../../../domain/ports/dossier-store.ts';
import { describeDossierStore } from '../../contracts/dossier-store.ts';
import { DOSSIER_MIGRATIONS, STATUS_NUMBER } from '../../../adapters/local/sqlite-schema.ts';
import { aCommit, aHead, aTask, dossierId } from '../../builders/dossiers.ts';

const patience = { wait: 100, grace: 20, hold: 10_000 };

describeDossierStore('SQLite in memory', async (wait = patience.wait) => {
  const database = openDatabase(':memory:');
  return {
    store: new SqliteDossierStore(database, { patience: { ...patience, wait } }),
    close: () => database.close(),
  };
});

/** Every way to read, so that none is forgotten: what acts is named, too. */
const READS: { [K in keyof DossierStore]: ((store: DossierStore) => Promise<unknown>) | 'acts' } = {
  commit: 'acts',
  head: (store) => store.head(dossierId(1)),
  events: (store) => store.events(dossierId(1)),
  wrappedKey: (store) => store.wrappedKey(dossierId(1)),
  byCode: (store) => store.byCode('C-1'),
  byReference: (store) => store.byReference('R-1'),
  byApplicant: (store) => store.byApplicant('a', { limit: 9 }),
  byUnit: (store) => store.byUnit({ unit: 'ward-1', order: 'due' }, { limit: 9 }),
  openDossiers: (store) => store.openDossiers({ procedure: 'p', version: '1.0.0' }, { limit: 9 }),
  closedDossiers: (store) =>
    store.closedDossiers({ unit: 'ward-1', procedure: 'p', version: '1.0.0', before: '2030-01-01' }, { limit: 9 }),
  task: (store) => store.task('t'),
  openTasks: (store) => store.openTasks({ queues: [{ unit: 'ward-1' }] }, { limit: 9 }),
  countTasks: (store) => store.countTasks({ unit: 'ward-1' }, { most: 9 }),
  glanceAtTasks: (store) => store.glanceAtTasks({ unit: 'ward-1' }, 9),
  workDoneIn: (store) => store.workDoneIn({ unit: 'ward-1', since: '2026-01-01T00:00:00.000Z' }, 9),
  openTasksOf: (store) => store.openTasksOf(dossierId(1)),
  moneyOf: (store) => store.moneyOf({ unit: 'ward-1', from: '2026-01-01', before: '2030-01-01' }, { limit: 9 }),
  feed: (store) => store.feed(undefined, 9),
  timersDue: (store) => store.timersDue(Date.now(), 9),
  nextTimer: (store) => store.nextTimer(),
  outboxDue: (store) => store.outboxDue(Date.now(), 9),
  nextOutbox: (store) => store.nextOutbox(),
  outboxDone: 'acts',
  outboxRetry: 'acts',
  outboxDead: (store) => store.outboxDead({ limit: 9 }),
  outboxByGroup: (store) => store.outboxByGroup('g'),
  outboxAdd: 'acts',
  putToken: 'acts',
  tokenFor: (store) => store.tokenFor(dossierId(1), 'receive', 1),
  idempotent: (store) => store.idempotent('s', 'k'),
  forgetAnswers: 'acts',
  nextCount: 'acts',
  nextNumber: 'acts',
  lastNumber: (store) => store.lastNumber('s'),
  releaseNumber: 'acts',
  putUpload: 'acts',
  upload: (store) => store.upload('u'),
  uploadsExpired: (store) => store.uploadsExpired(Date.now(), 9),
  forgetUpload: 'acts',
  putAnchors: 'acts',
  anchors: (store) => store.anchors(dossierId(1)),
  erase: 'acts',
  close: 'acts',
};

describe('SQLite whose log is being synced', () => {
  it.each(Object.entries(READS).filter(([, read]) => read !== 'acts'))(
    'answers %s only once what it may have read is durable',
    async (_, read) => {
      const syncs: (() => void)[] = [];
      const log = {
        sync: () => new Promise<void>((resolve) => syncs.push(resolve)),
        syncNow: () => undefined,
        close: () => undefined,
      };
      const database = new Database(new DatabaseSync(':memory:'), { log, onLost: () => undefined, readOnly: false });
      const store = new SqliteDossierStore(database, { patience });
      const committed = store.commit(aCommit({ dossier: dossierId(1) }));
      await new Promise((resolve) => setImmediate(resolve));
      expect(syncs).toHaveLength(1);
      let answered = false;
      const answer = (read as (store: DossierStore) => Promise<unknown>)(store).then(() => (answered = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(answered).toBe(false);
      syncs[0]?.();
      await Promise.all([committed, answer]);
      await database.close();
    },
  );
});

describe('SQLite in a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onetrack-store-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  let files = 0;
  describeDossierStore('store', async (wait = patience.wait) => {
    const database = openDatabase(join(folder, `${(files += 1)}.db`));
    return {
      store: new SqliteDossierStore(database, { patience: { ...patience, wait } }),
      close: () => database.close(),
    };
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
