import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { SqliteReadLog } from '../../../adapters/local/sqlite-read-log.ts';
import { READS_KEPT_MS } from '../../../domain/ports/read-log.ts';
import { describeReadLog } from '../../contracts/read-log.ts';

describeReadLog('SQLite', async () => {
  const database = openDatabase(':memory:');
  return { log: new SqliteReadLog(database), close: () => database.close() };
});

it('forgets readings that are older than they are kept for', async () => {
  const database = openDatabase(':memory:');
  const log = new SqliteReadLog(database);
  const read = { official: 'binh', unit: 'ward', role: 'reception', what: 'dossier' } as const;
  await log.add({ ...read, dossier: 'd1', at: 0 });
  await log.add({ ...read, dossier: 'd2', at: READS_KEPT_MS });
  expect((await log.list('d1', { limit: 5 })).items).toHaveLength(1);
  await log.add({ ...read, dossier: 'd3', at: READS_KEPT_MS + 1 });
  expect((await log.list('d1', { limit: 5 })).items).toEqual([]);
  await database.close();
});
