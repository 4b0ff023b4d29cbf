import type { Reading, ReadLog } from '../../../domain/ports/read-log.ts';
import { RecentReads } from '../../../functions/runtime/recent-reads.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');

function logOf(): { log: ReadLog; added: Reading[]; fail: (error: Error) => void } {
  const added: Reading[] = [];
  let failure: Error | undefined;
  const log: ReadLog = {
    async add(read) {
      const failed = failure;
      failure = undefined;
      if (failed) throw failed;
      added.push(read);
    },
    list: async () => ({ items: [] }),
  };
  return { log, added, fail: (error) => (failure = error) };
}

function read(part: Partial<Reading> = {}): Reading {
  return { dossier: 'd1', official: 'binh', unit: 'ward', role: 'reception', what: 'dossier', at: NOON, ...part };
}

it('asks the log once for what is the same official, appointment, thing and day', async () => {
  const { log, added } = logOf();
  const recent = new RecentReads(log);
  const all = [read(), read({ at: NOON + 1 }), read({ what: 'documents' }), read({ at: NOON + 86_400_000 })];
  for (const each of [...all, ...all]) await recent.add(each);
  expect(added).toEqual([all[0], all[2], all[3]]);
});

it('asks again for what could not be kept', async () => {
  const { log, added, fail } = logOf();
  const recent = new RecentReads(log);
  fail(new Error('the disk is full'));
  await expect(recent.add(read())).rejects.toThrow('the disk is full');
  await recent.add(read());
  expect(added).toHaveLength(1);
});

it('knows so many and no more: the oldest is asked for again', async () => {
  const { log, added } = logOf();
  const recent = new RecentReads(log);
  for (let dossier = 0; dossier <= 10_000; dossier += 1) await recent.add(read({ dossier: `d${dossier}` }));
  await recent.add(read({ dossier: 'd10000' }));
  expect(added).toHaveLength(10_001);
  await recent.add(read({ dossier: 'd0' }));
  expect(added).toHaveLength(10_002);
});
