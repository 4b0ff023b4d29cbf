import type { Head } from '../../schemas/dossier.ts';
import type { DossierStore, Listing, Page } from '../../domain/ports/dossier-store.ts';
import { aCommit, aTask, dossierId } from '../builders/dossiers.ts';
import { eventually } from './eventually.ts';

/** Reads a whole list by pages of two. */
async function all<T>(list: (page: Page) => Promise<Listing<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | undefined; ;) {
    const page = await list(after === undefined ? { limit: 2 } : { limit: 2, after });
    items.push(...page.items);
    if (page.next === undefined) return items;
    expect(page.items).toHaveLength(2);
    after = page.next;
  }
}

const instant = (hour: number): string => `2026-11-23T${String(hour).padStart(2, '0')}:00:00.000Z`;

export function describeListings(store: () => DossierStore): void {
  describe('listings', () => {
    const put = async (n: number, head: Partial<Head>): Promise<void> => {
      const at = { submitted: instant(n), updated: instant(n) };
      expect(await store().commit(aCommit({ dossier: dossierId(n), head: { ...at, ...head } }))).toEqual({ ok: true });
    };
    const ids = (heads: readonly { id: string }[]): number[] => heads.map(({ id }) => Number(id.slice(1)));

    it('lists by unit and status in order of due or of change, dossiers without a date last', async () => {
      await put(1, { due: '2026-12-03' });
      await put(2, { due: null });
      await put(3, { due: '2026-12-01', status: 'processing' });
      await put(4, { due: '2026-12-03', status: 'closed' });
      await put(5, { due: '2026-12-02', status: 'processing' });
      await put(6, { due: '2026-12-02', unit: 'ward-2' });
      await put(7, { unit: null });
      const list = (query: Parameters<DossierStore['byUnit']>[0]) => async () =>
        ids(await all((page) => store().byUnit(query, page)));
      await eventually(list({ unit: 'ward-1', order: 'due' }), [3, 5, 1, 4, 2]);
      await eventually(list({ unit: 'ward-1', order: 'updated' }), [5, 4, 3, 2, 1]);
      await eventually(list({ unit: 'ward-1', order: 'due', status: 'processing' }), [3, 5]);
      await eventually(list({ unit: 'ward-1', order: 'updated', status: 'processing' }), [5, 3]);
      await eventually(list({ unit: null, order: 'due' }), [7]);
      await eventually(list({ unit: 'ward-3', order: 'updated' }), []);
    });

    it('moves a dossier in its lists when unit, status, date or time of change move', async () => {
      await put(1, { due: '2026-12-03' });
      await put(2, { due: '2026-12-04' });
      const change = (expectedVersion: number, head: Partial<Head>) =>
        store().commit(aCommit({ dossier: dossierId(1), expectedVersion, head: { submitted: instant(1), ...head } }));
      await change(1, { due: '2026-12-03', updated: instant(5) });
      await eventually(
        async () => ids(await all((page) => store().byUnit({ unit: 'ward-1', order: 'updated' }, page))),
        [1, 2],
      );
      await change(2, { due: '2026-12-05', updated: instant(6) });
      await eventually(
        async () => ids(await all((page) => store().byUnit({ unit: 'ward-1', order: 'due' }, page))),
        [2, 1],
      );
      await change(3, { due: '2026-12-05', updated: instant(7), status: 'closed' });
      const processing = { unit: 'ward-1', order: 'due', status: 'submitted' } as const;
      await eventually(async () => ids(await all((page) => store().byUnit(processing, page))), [2]);
    });

    it('lists the open dossiers of a procedure version in order of id, until they are closed', async () => {
      await put(3, { status: 'processing' });
      await put(1, {});
      await put(4, { status: 'parked' });
      await put(2, { status: 'closed' });
      await put(5, { procedureVersion: '1.0.1' });
      await put(6, { procedure: 'library' });
      const list = (procedure: string, version: string) => async () =>
        ids(await all((page) => store().openDossiers({ procedure, version }, page)));
      await eventually(list('library-card', '1.0.0'), [1, 3, 4]);
      await eventually(list('library-card', '1.0.1'), [5]);
      await eventually(list('library', '1.0.0'), [6]);
      await store().commit(
        aCommit({ dossier: dossierId(3), expectedVersion: 1, head: { submitted: instant(3), status: 'settled' } }),
      );
      await eventually(list('library-card', '1.0.0'), [1, 3, 4]);
      await store().commit(
        aCommit({ dossier: dossierId(3), expectedVersion: 2, head: { submitted: instant(3), status: 'closed' } }),
      );
      await eventually(list('library-card', '1.0.0'), [1, 4]);
      await eventually(list('library-card', '2.0.0'), []);
    });

    it("lists an applicant's dossiers, newest first", async () => {
      for (const n of [1, 2, 3, 4]) await put(n, { applicantKey: n === 2 ? 'other' : 'me' });
      await eventually(async () => ids(await all((page) => store().byApplicant('me', page))), [4, 3, 1]);
    });

    it('lists open tasks of a unit and role, of a unit, of an applicant and of a dossier, oldest first', async () => {
      const D = dossierId(1);
      const open = [
        aTask({ dossier: D, stage: 'verify', opened: instant(3) }),
        aTask({ dossier: D, stage: 'approve', role: 'head', opened: instant(1) }),
        aTask({ dossier: D, stage: 'check', opened: instant(2) }),
        aTask({ dossier: D, stage: 'complete', unit: null, role: null, party: 'submitter', opened: instant(4) }),
        aTask({ dossier: D, stage: 'route', unit: null, role: 'coordinator', opened: instant(5) }),
        aTask({ dossier: D, stage: 'done', status: 'done' }),
      ];
      await store().commit(aCommit({ dossier: D, tasks: open }));
      await store().commit(
        aCommit({ dossier: dossierId(11), tasks: [aTask({ dossier: dossierId(11), unit: 'ward-2' })] }),
      );
      const list = (queue: Parameters<DossierStore['openTasks']>[0]) => async () =>
        (await all((page) => store().openTasks(queue, page))).map((task) => task.stage);
      await eventually(list({ unit: 'ward-1', role: 'case-officer' }), ['check', 'verify']);
      await eventually(list({ unit: 'ward-1' }), ['approve', 'check', 'verify']);
      await eventually(list({ applicantKey: 'applicant-1' }), ['complete']);
      await eventually(list({ unit: null }), ['route']);
      await eventually(list({ dossier: D }), ['approve', 'check', 'verify', 'complete', 'route']);
      await eventually(list({ unit: 'ward-1', role: 'clerk' }), []);
    });

    it('takes a task out of its queue when it closes, and keeps it readable', async () => {
      const D = dossierId(1);
      const task = aTask({ dossier: D });
      await store().commit(aCommit({ dossier: D, tasks: [task] }));
      expect(await store().task(task.id)).toEqual(task);
      await store().commit(aCommit({ dossier: D, expectedVersion: 1, tasks: [{ ...task, status: 'done' }] }));
      expect(await store().task(task.id)).toEqual({ ...task, status: 'done' });
      await eventually(async () => (await store().openTasks({ unit: 'ward-1' }, { limit: 9 })).items, []);
      expect((await store().openTasks({ dossier: D }, { limit: 9 })).items).toEqual([]);
      expect(await store().task(`${D}.verify.2`)).toBeUndefined();
    });
  });
}
