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

test('who read the feed of the lost time goes on from there and misses nothing, however often a folder is restored', async () => {
  const [served, copy] = [join(root, 'served'), join(root, 'copy')];
  mkdirSync(served);
  await feed(['d-0']);
  for (let time = 1; time <= 3; time += 1) {
    cpSync(served, copy, { recursive: true });
    const lost = Array.from({ length: 20 }, (_, index) => `lost-${time}-${index}`);
    const { cursor } = await feed(lost);
    rmSync(served, { recursive: true });
    cpSync(copy, served, { recursive: true });
    await leaveGap(served);
    expect((await feed([`d-${time}`], cursor)).told).toEqual([`d-${time - 1}`, `d-${time}`]);
  }
});

test('a folder of which the feed has told nothing stays as it is', async () => {
  mkdirSync(join(root, 'served'));
  await feed([]);
  await leaveGap(join(root, 'served'));
  expect((await feed(['d-1'])).told).toEqual(['d-1']);
});
