import type { Head, Task } from '../../schemas/dossier.ts';
import type { DossierStore, DueRange, Listing, Page, Queue, TaskQuery } from '../../domain/ports/dossier-store.ts';
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

    it('lists closed dossiers of a unit and version by when they were closed, until they are disposed of', async () => {
      const closed = (hour: number) => ({ status: 'closed', closed: instant(hour) }) as const;
      await put(1, closed(9));
      await put(2, closed(7));
      await put(3, { status: 'closed', updated: instant(8) });
      await put(4, {});
      await put(5, { ...closed(1), unit: 'ward-2' });
      await put(6, { ...closed(1), procedureVersion: '1.0.1' });
      await put(7, { ...closed(1), unit: null });
      const query = { unit: 'ward-1' as string | null, procedure: 'library-card', version: '1.0.0' };
      const list = (unit: string | null, before: string) => async () =>
        ids(await all((page) => store().closedDossiers({ ...query, unit, before }, page)));
      await eventually(list('ward-1', instant(10)), [2, 3, 1]);
      await eventually(list('ward-1', instant(9)), [2, 3]);
      await eventually(list('ward-1', instant(7)), []);
      await eventually(list(null, instant(7)), [7]);
      await store().commit(
        aCommit({ dossier: dossierId(4), expectedVersion: 1, head: { submitted: instant(4), ...closed(5) } }),
      );
      await eventually(list('ward-1', instant(9)), [4, 2, 3]);
      const disposed = { at: instant(9), list: 'list-1', number: '1', legalBasis: 'law', fate: 'destroyed' } as const;
      await store().commit(
        aCommit({
          dossier: dossierId(2),
          expectedVersion: 1,
          head: { submitted: instant(2), ...closed(7), disposed },
          destroyKey: true,
        }),
      );
      await eventually(list('ward-1', instant(9)), [4, 3]);
      await eventually(
        async () => ids(await all((page) => store().byApplicant('applicant-1', page))),
        [7, 6, 5, 4, 3, 1],
      );
    });

    it("lists an applicant's dossiers, newest first", async () => {
      for (const n of [1, 2, 3, 4]) await put(n, { applicantKey: n === 2 ? 'other' : 'me' });
      await eventually(async () => ids(await all((page) => store().byApplicant('me', page))), [4, 3, 1]);
    });

    const tasks = async (...of: Partial<Task>[]): Promise<Task[]> => {
      const D = dossierId(1);
      const made = of.map((task) => aTask({ dossier: D, ...task }));
      expect(await store().commit(aCommit({ dossier: D, tasks: made }))).toEqual({ ok: true });
      return made;
    };
    const list = (query: TaskQuery) => async () =>
      (await all((page) => store().openTasks(query, page))).map((task) => task.stage);

    it('lists open tasks by due, those without a date last, then by age; of a role, a unit, an applicant and a dossier', async () => {
      await tasks(
        { stage: 'verify', due: '2026-12-01', opened: instant(3) },
        { stage: 'approve', role: 'head', due: '2026-12-02', opened: instant(1) },
        { stage: 'check', due: '2026-12-01', opened: instant(2) },
        { stage: 'ask', role: 'head', opened: instant(1) },
        { stage: 'complete', unit: null, role: null, party: 'submitter', opened: instant(4) },
        { stage: 'route', unit: null, role: 'coordinator', opened: instant(5) },
        { stage: 'done', status: 'done' },
      );
      await store().commit(
        aCommit({ dossier: dossierId(11), tasks: [aTask({ dossier: dossierId(11), stage: 'other', unit: 'ward-2' })] }),
      );
      await eventually(list({ queues: [{ unit: 'ward-1', role: 'case-officer' }] }), ['check', 'verify']);
      await eventually(list({ queues: [{ unit: 'ward-1' }] }), ['check', 'verify', 'approve', 'ask']);
      await eventually(list({ queues: [{ applicantKey: 'applicant-1' }] }), ['complete']);
      await eventually(list({ queues: [{ unit: null }] }), ['route']);
      await eventually(list({ queues: [{ unit: 'ward-1', role: 'clerk' }] }), []);
      await eventually(list({ queues: [] }), []);
      const ofDossier = (await store().openTasksOf(dossierId(1))).map(({ stage }) => stage);
      expect(ofDossier).toEqual(['check', 'verify', 'approve', 'ask', 'complete', 'route']);
    });

    it('lists several queues as one, each task once', async () => {
      await tasks(
        { stage: 'one', due: '2026-12-01' },
        { stage: 'two', due: '2026-12-02', role: 'head' },
        { stage: 'three', due: '2026-12-03', unit: 'ward-2' },
        { stage: 'four', due: '2026-12-04', claimedBy: 'lan' },
        { stage: 'five', due: '2026-12-05', unit: 'ward-2', role: 'head' },
      );
      const queues = [{ unit: 'ward-1' }, { unit: 'ward-1', role: 'head' }, { unit: 'ward-2', role: 'case-officer' }];
      await eventually(list({ queues: [...queues, { unit: 'ward-1', person: 'lan' }] }), [
        'one',
        'two',
        'three',
        'four',
      ]);
    });

    it('lists what one person has taken, or is alone to do, in a unit', async () => {
      const [taken] = await tasks(
        { stage: 'taken', claimedBy: 'lan' },
        { stage: 'alone', people: ['lan'] },
        { stage: 'team', people: ['lan', 'minh'] },
        { stage: 'handed', people: ['lan', 'minh'], claimedBy: 'minh' },
        { stage: 'elsewhere', unit: 'ward-2', claimedBy: 'lan' },
        { stage: 'free' },
      );
      const unit = 'ward-1';
      await eventually(list({ queues: [{ unit, person: 'lan' }] }), ['alone', 'taken']);
      await eventually(list({ queues: [{ unit, person: 'minh' }] }), ['handed']);
      await eventually(list({ queues: [{ unit }], taken: false }), ['free', 'team']);
      await eventually(list({ queues: [{ unit, role: 'case-officer' }], taken: true }), ['alone', 'handed', 'taken']);
      const D = dossierId(1);
      await store().commit(
        aCommit({ dossier: D, expectedVersion: 1, tasks: [{ ...taken, claimedBy: 'minh' } as Task] }),
      );
      await eventually(list({ queues: [{ unit, person: 'lan' }] }), ['alone']);
      await eventually(list({ queues: [{ unit, person: 'minh' }] }), ['handed', 'taken']);
    });

    it('lists what is due in a range of days, of one procedure and stage', async () => {
      await tasks(
        { stage: 'early', due: '2026-11-30' },
        { stage: 'verify', due: '2026-12-01' },
        { stage: 'check', due: '2026-12-02', procedure: 'birth-registration' },
        { stage: 'never' },
      );
      const queues = [{ unit: 'ward-1' }];
      await eventually(list({ queues, due: { before: '2026-12-02' } }), ['early', 'verify']);
      await eventually(list({ queues, due: { from: '2026-12-01', before: '2026-12-03' } }), ['verify', 'check']);
      await eventually(list({ queues, due: { from: '2026-12-03', before: '2026-12-01' } }), []);
      await eventually(list({ queues, procedure: 'library-card' }), ['early', 'verify', 'never']);
      await eventually(list({ queues, procedure: 'library-card', stage: 'verify' }), ['verify']);
      await eventually(list({ queues, procedure: 'birth-registration', due: { before: '2026-12-02' } }), []);
    });

    it('finds the one that is asked for behind thousands that are not, page after page', async () => {
      const D = dossierId(1);
      let version = 0;
      const commit = async (made: Task[]): Promise<void> => {
        expect(await store().commit(aCommit({ dossier: D, expectedVersion: version, tasks: made }))).toEqual({
          ok: true,
        });
        version += 1;
      };
      for (let n = 0; n < 40; n += 1)
        await commit(
          Array.from({ length: 80 }, (_, i) => aTask({ dossier: D, visit: n * 80 + i + 1, due: '2026-12-01' })),
        );
      await commit([aTask({ dossier: D, stage: 'rare', due: '2026-12-02' })]);
      const found = async () => {
        const stages: string[] = [];
        let after: string | undefined;
        do {
          const query = { queues: [{ unit: 'ward-1' }, { unit: 'ward-1', role: 'case-officer' }], stage: 'rare' };
          const page = await store().openTasks(query, { limit: 5, ...(after !== undefined && { after }) });
          stages.push(...page.items.map(({ stage }) => stage));
          after = page.next;
        } while (after !== undefined);
        return stages;
      };
      await eventually(found, ['rare']);
    }, 60_000);

    it('counts open tasks of a queue, in a range of days, up to a bound', async () => {
      await tasks(
        { stage: 'a', due: '2026-11-30', claimedBy: 'lan' },
        { stage: 'b', due: '2026-12-01' },
        { stage: 'c', due: '2026-12-01', role: 'head' },
        { stage: 'd' },
        { stage: 'e', status: 'done', due: '2026-12-01' },
      );
      const count =
        (queue: Queue, of: { due?: DueRange; most?: number } = {}) =>
        () =>
          store().countTasks(queue, { most: 9, ...of });
      const unit = 'ward-1';
      await eventually(count({ unit }), 4);
      await eventually(count({ unit }, { most: 3 }), 3);
      await eventually(count({ unit }, { due: { before: '2026-12-01' } }), 1);
      await eventually(count({ unit }, { due: { from: '2026-12-01', before: '2026-12-02' } }), 2);
      await eventually(count({ unit }, { due: { from: '2026-12-02', before: '2026-12-01' } }), 0);
      await eventually(count({ unit, role: 'head' }), 1);
      await eventually(count({ unit, person: 'lan' }), 1);
      await eventually(count({ unit: 'ward-2' }), 0);
    });

    it('lists a note of a passed date with the work of its queues, and counts it apart', async () => {
      const note = { kind: 'lateness', outcomes: ['noted'], stage: 'lateness', due: '2026-11-30', role: 'head' };
      await tasks(
        { stage: 'work', due: '2026-11-30', role: 'head', claimedBy: 'lan', opened: instant(0) },
        { ...note, opened: instant(1) },
        { ...note, opened: instant(2), claimedBy: 'lan', visit: 2 },
        { ...note, unit: null, role: null, visit: 3 },
        { ...note, status: 'done', visit: 4 },
      );
      const unit = 'ward-1';
      const of = (queue: Queue) => async () => {
        const { items } = await store().openTasks({ queues: [queue] }, { limit: 9 });
        const [work, notes] = await Promise.all([
          store().countTasks(queue, { most: 9 }),
          store().countTasks(queue, { most: 9, notes: true }),
        ]);
        const glance = await store().glanceAtTasks(queue, 9);
        return [items.map(({ stage }) => stage), glance.map(({ stage }) => stage), work, notes];
      };
      await eventually(of({ unit }), [['work', 'lateness', 'lateness'], ['work'], 1, 2]);
      await eventually(of({ unit, role: 'head' }), [['work', 'lateness', 'lateness'], ['work'], 1, 2]);
      await eventually(of({ unit, person: 'lan' }), [['work', 'lateness'], ['work'], 1, 1]);
      await eventually(of({ unit: null }), [['lateness'], [], 0, 1]);
      const late = { due: { before: '2026-12-01' }, most: 9 };
      await eventually(() => store().countTasks({ unit }, late), 1);
      await eventually(() => store().countTasks({ unit }, { ...late, notes: true }), 2);
    });

    it('glances at a queue: where its tasks stand, since when and until when, what is due first before the rest', async () => {
      await tasks(
        { stage: 'a' },
        { stage: 'b', due: '2026-12-01', role: 'head', opened: instant(2) },
        { stage: 'c', due: '2026-12-01', claimedBy: 'lan', opened: instant(1) },
        { stage: 'd', status: 'done', due: '2026-12-01' },
        { stage: 'e', due: '2026-11-30', procedure: 'birth-registration' },
      );
      const glance = (queue: Queue, most: number) => () => store().glanceAtTasks(queue, most);
      const { opened } = aTask({ dossier: dossierId(1) });
      const unit = 'ward-1';
      const first = { procedure: 'birth-registration', stage: 'e', due: '2026-11-30', opened, taken: false };
      const card = { procedure: 'library-card', due: '2026-12-01' };
      const all = [
        first,
        { ...card, stage: 'c', opened: instant(1), taken: true },
        { ...card, stage: 'b', opened: instant(2), taken: false },
        { ...card, stage: 'a', due: null, opened, taken: false },
      ];
      await eventually(glance({ unit }, 9), all);
      await eventually(glance({ unit }, 3), all.slice(0, 3));
      await eventually(glance({ unit, role: 'head' }, 9), all.slice(2, 3));
      await eventually(glance({ unit, person: 'lan' }, 9), all.slice(1, 2));
      await eventually(glance({ unit: 'ward-2' }, 9), []);
    });

    it('tells what officials of a unit have decided since an instant, the last first, and nothing that nobody there decided', async () => {
      const by = (official: string, hour: number): Partial<Task> => ({
        status: 'done',
        decided: { by: official, at: instant(hour) },
      });
      await tasks(
        { stage: 'a', opened: instant(1), ...by('lan', 5) },
        { stage: 'b', opened: instant(2), ...by('minh', 9) },
        { stage: 'c', opened: instant(2), ...by('lan', 7) },
        { stage: 'd', unit: 'ward-2', ...by('hoa', 6) },
        { stage: 'e', status: 'done' },
        { stage: 'f', unit: null, party: 'submitter', status: 'done' },
        { stage: 'g' },
        { stage: 'lateness', kind: 'lateness', outcomes: ['noted'], ...by('lan', 8) },
      );
      const done = (unit: string, since: number, most: number) => () =>
        store().workDoneIn({ unit, since: instant(since) }, most);
      const all = [
        { official: 'minh', opened: instant(2), decided: instant(9) },
        { official: 'lan', opened: instant(2), decided: instant(7) },
        { official: 'lan', opened: instant(1), decided: instant(5) },
      ];
      await eventually(done('ward-1', 0, 9), all);
      await eventually(done('ward-1', 7, 9), all.slice(0, 2));
      await eventually(done('ward-1', 0, 1), all.slice(0, 1));
      await eventually(done('ward-3', 0, 9), []);
    });

    it('takes a task out of its queue when it closes, and keeps it readable', async () => {
      const D = dossierId(1);
      const task = aTask({ dossier: D });
      const open = { ...task, sealedLabel: 'c2VhbGVk' };
      await store().commit(aCommit({ dossier: D, tasks: [open] }));
      expect(await store().task(task.id)).toEqual(open);
      await store().commit(aCommit({ dossier: D, expectedVersion: 1, tasks: [{ ...task, status: 'done' }] }));
      expect(await store().task(task.id)).toEqual({ ...task, status: 'done' });
      await eventually(async () => (await store().openTasks({ queues: [{ unit: 'ward-1' }] }, { limit: 9 })).items, []);
      expect(await store().openTasksOf(D)).toEqual([]);
      expect(await store().task(`${D}.verify.2`)).toBeUndefined();
    });
  });
}
