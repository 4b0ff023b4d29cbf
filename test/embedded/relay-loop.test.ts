import { SqliteDossierStore } from '../../adapters/local/sqlite-dossier-store.ts';
import { SqliteRegistry } from '../../adapters/local/sqlite-registry.ts';
import { openDatabase } from '../../adapters/local/sqlite.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import { RelayLoop } from '../../embedded/relay-loop.ts';
import { Catalogue } from '../../functions/procedures/catalogue.ts';
import type { Platform } from '../../functions/runtime/platform.ts';

const NOW = 1_000_000;

function opened({ stampFails = false } = {}) {
  const database = openDatabase(':memory:');
  const store = new SqliteDossierStore(database);
  const registry = new SqliteRegistry(database);
  let stamps = 0;
  const stamp = () => {
    stamps += 1;
    if (stampFails) return Promise.reject(new Error('away'));
    return Promise.resolve({ token: new Uint8Array([stamps]), time: NOW });
  };
  // The rows of these tests ask for a webhook or an anchor: nothing else of the platform is reached.
  const platform = {
    store,
    registry,
    clock: { now: () => NOW },
    timestamps: { stamp },
  } as Partial<Platform> as Platform;
  const loop = new RelayLoop(platform, new Catalogue(registry), (error) => {
    throw error;
  });
  const close = async () => {
    await loop.stop();
    await database.close();
  };
  return { store, loop, close, stamps: () => stamps };
}

const anchor = (seq: number): OutboxRow => ({
  id: `d1:${seq}:anchor`,
  group: `anchor:d1:${seq}`,
  kind: 'anchor',
  dossier: 'd1',
  at: NOW,
  attempts: 0,
  body: { seq, hash: seq.toString(16).padStart(64, '0') },
});
/** A row that is dealt with at once: its subscription is gone. `publish` has no handler and fails. */
const row = (id: string, kind: 'webhook' | 'publish' = 'webhook'): OutboxRow => ({
  id,
  group: 'g',
  kind,
  dossier: 'd1',
  at: NOW,
  attempts: 0,
  body: { subscription: 'gone', seq: 1 },
});

const until = async (holds: () => Promise<boolean>) => {
  for (let left = 300; left > 0 && !(await holds()); left -= 1) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('the relay of one machine', () => {
  it('leaves a fresh row to the sweep while an older one of its group waits', async () => {
    const { store, loop, close } = opened();
    await store.outboxAdd([{ ...row('g:1'), at: NOW + 60_000 }, row('g:2')]);
    loop.take([row('g:2')]);
    await loop.stop();
    expect((await store.outboxByGroup('g')).map(({ id }) => id)).toEqual(['g:1', 'g:2']);
    await close();
  });

  it('puts off what fails and does not overtake it', async () => {
    const { store, loop, close } = opened();
    const rows = [row('g:1', 'publish'), row('g:2')];
    await store.outboxAdd(rows);
    loop.take(rows);
    await until(async () => (await store.outboxByGroup('g'))[0]?.attempts === 1);
    await loop.stop();
    const left = await store.outboxByGroup('g');
    expect(left.map(({ id, attempts }) => [id, attempts])).toEqual([
      ['g:1', 1],
      ['g:2', 0],
    ]);
    await close();
  });

  it('deals in one sweep with all that waits behind the first row of a group, up to what was put off', async () => {
    const { store, loop, close } = opened();
    const later = { ...row('g:4'), at: NOW + 60_000 };
    await store.outboxAdd([row('g:1'), row('g:2'), row('g:3'), later, row('g:5')]);
    await loop.sweep();
    await until(async () => (await store.outboxByGroup('g')).length === 2);
    await loop.stop();
    expect((await store.outboxByGroup('g')).map(({ id }) => id)).toEqual(['g:4', 'g:5']);
    await close();
  });

  it('deals with what waits behind a row in the order of the group, also where more is handed over meanwhile', async () => {
    const { store, loop, close } = opened();
    await store.outboxAdd([row('g:1'), row('g:2', 'publish'), row('g:3')]);
    await loop.sweep();
    loop.take([row('g:3')]);
    await until(async () => (await store.outboxByGroup('g'))[0]?.attempts === 1);
    await loop.stop();
    expect((await store.outboxByGroup('g')).map(({ id, attempts }) => [id, attempts])).toEqual([
      ['g:2', 1],
      ['g:3', 0],
    ]);
    await close();
  });

  it('deletes what was dealt with, whether handed over or found', async () => {
    const { store, loop, close } = opened();
    await store.outboxAdd([row('g:1'), row('g:2'), row('g:3')]);
    loop.take([row('g:1'), row('g:2')]);
    await until(async () => (await store.outboxByGroup('g')).length === 1);
    await loop.sweep();
    await until(async () => (await store.outboxByGroup('g')).length === 0);
    expect(await store.outboxByGroup('g')).toEqual([]);
    await close();
  });

  it('puts many heads under one time-stamp', async () => {
    const { store, loop, close, stamps } = opened();
    const heads = [1, 2, 3, 4, 5].map(anchor);
    await store.outboxAdd(heads);
    loop.take(heads);
    await until(async () => (await store.nextOutbox()) === undefined);
    expect(await store.anchors('d1')).toHaveLength(5);
    expect(stamps()).toBe(1);
    await close();
  });

  it('keeps the heads when the authority is away', async () => {
    const { store, loop, close } = opened({ stampFails: true });
    await store.outboxAdd([anchor(1)]);
    loop.take([anchor(1)]);
    await until(async () => ((await store.nextOutbox()) ?? 0) > NOW);
    expect((await store.outboxByGroup('anchor:d1:1'))[0]?.attempts).toBe(1);
    await close();
  });
});
