import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import { aCommit, anOutboxRow, dossierId } from '../builders/dossiers.ts';
import { eventually } from './eventually.ts';

export function describeOutbox(store: () => DossierStore): void {
  describe('outbox', () => {
    const due =
      (now: number, limit = 50) =>
      async () =>
        (await store().outboxDue(now, limit)).map((row) => row.id);
    const row = (id: string, group: string, at: number) => anOutboxRow({ id, group, at });

    it('answers rows whose time has come, oldest first, as they were handed in', async () => {
      const rows = [row('a', 'g1', 20), row('b', 'g2', 10), row('c', 'g3', 30)];
      await store().commit(aCommit({ dossier: dossierId(1), outbox: rows }));
      await eventually(due(20), ['b', 'a']);
      await eventually(due(20, 1), ['b']);
      await eventually(() => store().nextOutbox(), 10);
      await store().outboxDone(['a', 'b', 'unknown']);
      await eventually(() => store().nextOutbox(), 30);
      await eventually(() => store().outboxDue(30, 9), [rows[2]]);
    });

    it('answers of each group the first alone; the next comes when it is done', async () => {
      await store().commit(aCommit({ dossier: dossierId(1), outbox: [row('g1:1', 'g1', 1), row('g1:2', 'g1', 1)] }));
      await store().commit(aCommit({ dossier: dossierId(1), expectedVersion: 1, outbox: [row('g1:3', 'g1', 1)] }));
      await eventually(due(9), ['g1:1']);
      await store().outboxDone(['g1:1']);
      await eventually(due(9), ['g1:2']);
      await store().outboxDone(['g1:3']);
      await eventually(due(9), ['g1:2']);
      await store().outboxDone(['g1:2']);
      await eventually(due(9), []);
      await eventually(() => store().nextOutbox(), undefined);
    });

    it('holds a group back while its first row is put off', async () => {
      await store().outboxAdd([row('g1:1', 'g1', 1), row('g1:2', 'g1', 1), row('g2:1', 'g2', 2)]);
      await store().outboxRetry({ id: 'g1:1', at: 100, attempts: 1, error: 'HTTP 500' });
      await eventually(due(99), ['g2:1']);
      await eventually(due(100), ['g2:1', 'g1:1']);
      expect((await store().outboxByGroup('g1'))[0]).toEqual({
        ...row('g1:1', 'g1', 100),
        attempts: 1,
        error: 'HTTP 500',
      });
    });

    it('finds what is due behind many rows of a blocked group', async () => {
      const blocked = Array.from({ length: 60 }, (_, i) => row(`g1:${100 + i}`, 'g1', 1));
      await store().outboxAdd(blocked);
      await store().outboxRetry({ id: 'g1:100', at: 1_000, attempts: 1, error: 'x' });
      await store().outboxAdd([row('g2:1', 'g2', 5)]);
      await eventually(due(9, 5), ['g2:1']);
    });

    it('lets successors of a dead row go, and lists it until it is taken up again', async () => {
      await store().outboxAdd([row('g1:1', 'g1', 1), row('g1:2', 'g1', 1)]);
      await store().outboxRetry({ id: 'g1:1', at: 5, attempts: 9, error: 'gone', dead: true });
      await eventually(due(9), ['g1:2']);
      const dead = { ...row('g1:1', 'g1', 5), attempts: 9, error: 'gone', dead: true };
      await eventually(async () => (await store().outboxDead({ limit: 9 })).items, [dead]);
      expect((await store().outboxByGroup('g1')).map(({ id }) => id)).toEqual(['g1:1', 'g1:2']);
      await store().outboxAdd([row('g1:1', 'g1', 1)]);
      expect((await store().outboxByGroup('g1'))[0]).toEqual(dead);
      await store().outboxRetry({ id: 'g1:1', at: 6, attempts: 0, error: '', dead: false });
      await eventually(due(9), ['g1:1']);
      await eventually(async () => (await store().outboxDead({ limit: 9 })).items, []);
    });

    it('lists dead rows by pages', async () => {
      await store().outboxAdd(['a', 'b', 'c'].map((id) => ({ ...row(id, id, 1), dead: true })));
      await eventually(async () => (await store().outboxDead({ limit: 9 })).items.length, 3);
      const pages = async () => {
        const first = await store().outboxDead({ limit: 2 });
        const second = await store().outboxDead({ limit: 2, after: first.next ?? '' });
        return [first.items.map(({ id }) => id), second.items.map(({ id }) => id), second.next];
      };
      await eventually(pages, [['a', 'b'], ['c'], undefined]);
      expect(await store().outboxDue(9, 9)).toEqual([]);
    });

    it('leaves a row whose id exists as it is, and puts one that comes late into its place', async () => {
      await store().outboxAdd([row('g1:2', 'g1', 1)]);
      await store().outboxAdd([row('g1:2', 'g1', 50)]);
      expect((await store().outboxByGroup('g1'))[0]?.at).toBe(1);
      await store().outboxAdd([row('g1:1', 'g1', 3)]);
      await eventually(due(9), ['g1:1']);
      await store().outboxRetry({ id: 'nobody', at: 1, attempts: 1, error: 'x' });
      expect((await store().outboxByGroup('g1')).map(({ id }) => id)).toEqual(['g1:1', 'g1:2']);
    });
  });
}
