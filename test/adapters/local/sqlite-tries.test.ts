import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { SqliteTries } from '../../../adapters/local/sqlite-tries.ts';
import { describeTries } from '../../contracts/tries.ts';

describeTries('SQLite', async () => {
  const database = openDatabase(':memory:');
  const tries = new SqliteTries(database);
  return { tries, other: new SqliteTries(database), close: () => database.close() };
});

it('knows after a restart what was tried before, and forgets what is over', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-tries-'));
  const path = join(dir, 'onetrack.db');
  const of = { of: 'paper:d1:anyone', until: 10, most: 1 };
  const before = openDatabase(path);
  expect(await new SqliteTries(before).take(of, 0)).toBe(true);
  await before.close();
  const after = openDatabase(path);
  const tries = new SqliteTries(after);
  expect(await tries.take(of, 9)).toBe(false);
  await tries.take({ ...of, of: 'paper:d2:anyone', until: 20 }, 10);
  expect(after.prepare('SELECT name FROM tries').all()).toEqual([{ name: 'paper:d2:anyone' }]);
  await after.close();
  rmSync(dir, { recursive: true });
});
