import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveGap } from '../../../../adapters/local/backup/leave-gap.ts';
import { SqliteDossierStore } from '../../../../adapters/local/sqlite-dossier-store.ts';
import { openDatabase } from '../../../../adapters/local/sqlite.ts';
import { aCommit } from '../../../builders/dossiers.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'onetrack-gap-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Hands dossiers in, one event each, where `served` is; answers what the feed tells after a place, and where it ends. */
async function feed(dossiers: readonly string[], after?: string): Promise<{ told: string[]; cursor: string }> {
  const database = openDatabase(join(root, 'served', 'onetrack.db'));
  const store = new SqliteDossierStore(database);
  for (const dossier of dossiers) await store.commit(aCommit({ dossier }));
  const { events, cursor } = await store.feed(after, 1000);
  await store.close();
  await database.close();
  return { told: events.map(({ event }) => event.event.dossier), cursor };
}

const NOW = Date.parse('2026-11-29T03:00:00Z');

test('who read the feed of the lost time goes on from there and misses nothing, however often one copy is restored', async () => {
  const [served, copy] = [join(root, 'served'), join(root, 'copy')];
  mkdirSync(served);
  await feed(['d-0']);
  cpSync(served, copy, { recursive: true });
  for (let time = 1; time <= 3; time += 1) {
    const lost = Array.from({ length: 20 }, (_, index) => `lost-${time}-${index}`);
    const { cursor } = await feed(lost);
    rmSync(served, { recursive: true });
    cpSync(copy, served, { recursive: true });
    await leaveGap(join(served, 'onetrack.db'), NOW + time);
    expect((await feed([`d-${time}`], cursor)).told).toEqual(['d-0', `d-${time}`]);
  }
});

test('where nothing has happened nothing moves', async () => {
  mkdirSync(join(root, 'served'));
  await feed([]);
  await leaveGap(join(root, 'served', 'onetrack.db'), NOW);
  expect(await feed(['d-1'])).toEqual({ told: ['d-1'], cursor: '1' });
});
