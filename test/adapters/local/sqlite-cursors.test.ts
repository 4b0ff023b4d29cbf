import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { SqliteCursors } from '../../../adapters/local/sqlite-cursors.ts';
import { describeCursors } from '../../contracts/cursors.ts';

describeCursors('SQLite', async () => {
  const database = openDatabase(':memory:');
  return { cursors: new SqliteCursors(database), close: () => database.close() };
});
