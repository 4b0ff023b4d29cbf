import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { SqliteDenialLog } from '../../../adapters/local/sqlite-denial-log.ts';
import { DENIALS_KEPT_MS } from '../../../domain/ports/denial-log.ts';
import { describeDenialLog } from '../../contracts/denial-log.ts';

describeDenialLog('SQLite', async () => {
  const database = openDatabase(':memory:');
  return { log: new SqliteDenialLog(database), close: () => database.close() };
});

it('forgets denials that are older than they are kept for', async () => {
  const database = openDatabase(':memory:');
  const log = new SqliteDenialLog(database);
  const denied = { official: 'curious', unit: 'ward', role: 'reception' };
  await log.add({ ...denied, dossier: 'd1', at: 0 });
  await log.add({ ...denied, dossier: 'd2', at: DENIALS_KEPT_MS });
  expect((await log.list('d1', { limit: 5 })).items).toHaveLength(1);
  await log.add({ ...denied, dossier: 'd2', at: DENIALS_KEPT_MS + 1 });
  expect((await log.list('d1', { limit: 5 })).items).toEqual([]);
  await database.close();
});
