import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { SqliteDeliveryLog } from '../../../adapters/local/sqlite-delivery-log.ts';
import { ATTEMPTS_KEPT_MS } from '../../../domain/ports/delivery-log.ts';
import { describeDeliveryLog } from '../../contracts/delivery-log.ts';

describeDeliveryLog('SQLite', async () => {
  const database = openDatabase(':memory:');
  return { log: new SqliteDeliveryLog(database), close: () => database.close() };
});

it('forgets attempts that are older than they are kept for', async () => {
  const database = openDatabase(':memory:');
  const log = new SqliteDeliveryLog(database);
  const attempt = { message: 'd1.1', attempt: 1, status: 204, took: 1 };
  await log.add({ ...attempt, subscription: 's1', at: 0 });
  await log.add({ ...attempt, subscription: 's2', at: ATTEMPTS_KEPT_MS });
  expect((await log.list('s1', { limit: 5 })).items).toHaveLength(1);
  await log.add({ ...attempt, subscription: 's2', at: ATTEMPTS_KEPT_MS + 1 });
  expect((await log.list('s1', { limit: 5 })).items).toEqual([]);
  await database.close();
});
