import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { SqliteLinks } from '../../../adapters/local/sqlite-links.ts';
import { describeLinks } from '../../contracts/links.ts';

describeLinks('SQLite', async () => {
  const database = openDatabase(':memory:');
  return { links: new SqliteLinks(database), close: () => database.close() };
});
