import { SqliteRegistry } from '../../../adapters/local/sqlite-registry.ts';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { describeRegistry } from '../../contracts/registry.ts';

describeRegistry('Registry on SQLite', async () => {
  const database = openDatabase(':memory:');
  return { registry: new SqliteRegistry(database), other: new SqliteRegistry(database), close: () => database.close() };
});
