import { SqliteAskLog } from '../../../adapters/local/sqlite-ask-log.ts';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { ASKS_KEPT_MS } from '../../../domain/ports/ask-log.ts';
import { anAsk, describeAskLog } from '../../contracts/ask-log.ts';

describeAskLog('SQLite', async () => {
  const database = openDatabase(':memory:');
  return { log: new SqliteAskLog(database), close: () => database.close() };
});

it('forgets what is older than it is kept for', async () => {
  const database = openDatabase(':memory:');
  const log = new SqliteAskLog(database);
  await log.put(anAsk({ at: 0 }));
  await log.put(anAsk({ owner: 'ngoc', at: ASKS_KEPT_MS }));
  expect((await log.list('mai', { limit: 5 })).items).toHaveLength(1);
  await log.put(anAsk({ owner: 'ngoc', at: ASKS_KEPT_MS + 1 }));
  expect((await log.list('mai', { limit: 5 })).items).toEqual([]);
  await database.close();
});
