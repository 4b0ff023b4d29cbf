import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { SqliteDrafts } from '../../../adapters/local/sqlite-drafts.ts';
import { describeDrafts } from '../../contracts/drafts.ts';

describeDrafts('SQLite', async () => {
  const database = openDatabase(':memory:');
  return { drafts: new SqliteDrafts(database), close: () => database.close() };
});

it('removes what has expired although nobody saves anything', async () => {
  const database = openDatabase(':memory:');
  const drafts = new SqliteDrafts(database);
  const bytes = new Uint8Array([1]);
  const draft = { procedure: 'library-card', version: '1.0.0', revision: 1, wrappedKey: bytes, sealed: bytes };
  await drafts.put({ ...draft, owner: 'o', id: 'draft-0000000001', saved: 0, expires: 10 }, 0);
  await drafts.removeExpired(10);
  expect(database.read(() => database.prepare('SELECT count(*) AS n FROM draft').get())?.['n']).toBe(0);
  await database.close();
});
