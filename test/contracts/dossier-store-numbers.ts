import fc from 'fast-check';
import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import { aCommit, dossierId } from '../builders/dossiers.ts';

/** Longer than the slowest machine takes for the commits before one, in milliseconds. */
const PATIENT_MS = 60_000;

/** Takes a number for a new dossier, again after each conflict; answers the number and how often it conflicted. */
async function takeNumber(
  store: DossierStore,
  series: string,
  dossier: string,
  pause: () => Promise<unknown>,
): Promise<{ number: number; conflicts: number }> {
  for (let conflicts = 0; ; conflicts += 1) {
    const number = await store.nextNumber(series);
    await pause();
    const result = await store.commit(aCommit({ dossier, numbers: [{ series, number }] }));
    if (result.ok) return { number, conflicts };
    if (result.conflict !== 'number') throw new Error(`expected a conflict of numbers, found ${result.conflict}`);
  }
}

/** `open`: a store where a commit waits for the one with the number before it so many milliseconds. */
export function describeNumbers(
  store: () => DossierStore,
  open: (wait: number) => Promise<{ store: DossierStore; close: () => Promise<void> }>,
): void {
  describe('numbers', () => {
    it('refuses a number that is not the last of its series plus one', async () => {
      const take = (n: number, number: number) =>
        store().commit(aCommit({ dossier: dossierId(n), numbers: [{ series: 's', number }] }));
      expect(await take(1, 2)).toEqual({ ok: false, conflict: 'number' });
      expect(await take(1, 1)).toEqual({ ok: true });
      expect(await take(2, 1)).toEqual({ ok: false, conflict: 'number' });
      expect(await take(2, 3)).toEqual({ ok: false, conflict: 'number' });
      expect(await take(2, 2)).toEqual({ ok: true });
      expect(await store().nextNumber('s')).toBe(3);
      expect(await store().nextNumber('another')).toBe(1);
    });

    it('takes numbers of many series in a commit; two of one series are a defect of the caller, and are not taken', async () => {
      const take = (...series: string[]) => {
        const numbers = series.map((name, index) => ({ series: name, number: series.indexOf(name) === index ? 1 : 2 }));
        return store().commit(aCommit({ dossier: dossierId(1), numbers }));
      };
      await expect(take('s', 's')).rejects.toMatchObject({ name: 'CommitRejected' });
      expect(await take('s', 't')).toEqual({ ok: true });
      expect([await store().lastNumber('s'), await store().lastNumber('t')]).toEqual([1, 1]);
    });

    it('knows the last number of a series; what is taken once in a series of one is taken for good', async () => {
      const take = (n: number) =>
        store().commit(aCommit({ dossier: dossierId(n), numbers: [{ series: 'u:r:2026#17', number: 1 }] }));
      expect(await store().lastNumber('u:r:2026#17')).toBe(0);
      const taken = await Promise.all([take(1), take(2), take(3)]);
      expect(taken.filter(({ ok }) => ok)).toHaveLength(1);
      expect(taken.filter(({ ok }) => !ok)).toEqual(Array(2).fill({ ok: false, conflict: 'number' }));
      expect(await store().lastNumber('u:r:2026#17')).toBe(1);
      expect(await take(4)).toEqual({ ok: false, conflict: 'number' });
    });

    it('gives 32 concurrent commits consecutive numbers without a conflict, in whatever order they come', async () => {
      const patient = await open(PATIENT_MS);
      const taken = await Promise.all(
        Array.from({ length: 32 }, (_, i) =>
          takeNumber(
            patient.store,
            's',
            dossierId(i),
            () => new Promise((resolve) => setTimeout(resolve, (i * 7) % 5)),
          ),
        ),
      );
      expect(taken.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 32 }, (_, i) => i + 1),
      );
      expect(taken.reduce((sum, { conflicts }) => sum + conflicts, 0)).toBe(0);
      await patient.close();
    });

    it('hands a number out again when its commit was refused or its holder gave it back', async () => {
      await store().commit(aCommit({ dossier: dossierId(1) }));
      const refused = await store().nextNumber('s');
      expect(
        await store().commit(aCommit({ dossier: dossierId(1), numbers: [{ series: 's', number: refused }] })),
      ).toEqual({
        ok: false,
        conflict: 'version',
      });
      const released = await store().nextNumber('s');
      expect(released).toBe(refused);
      store().releaseNumber('s', released);
      expect(await store().nextNumber('s')).toBe(refused);
    });

    it('leaves no gap when the holder of a number never comes back', async () => {
      expect(await store().nextNumber('s')).toBe(1);
      const { number } = await takeNumber(store(), 's', dossierId(1), async () => undefined);
      expect(number).toBe(1);
      expect(await store().nextNumber('s')).toBe(2);
    });

    it('never gives a number twice nor leaves one out, whatever fails in between', async () => {
      let dossier = 100;
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              series: fc.constantFrom('a', 'b'),
              fate: fc.constantFrom('commit', 'stale', 'give-back', 'slow'),
            }),
            {
              minLength: 1,
              maxLength: 12,
            },
          ),
          fc.uuid(),
          async (acts, run) => {
            const taken = await Promise.all(
              acts.map(async ({ series, fate }) => {
                const name = `${run}/${series}`;
                const id = dossierId((dossier += 1));
                if (fate === 'stale' || fate === 'give-back') {
                  const number = await store().nextNumber(name);
                  const stale = aCommit({ dossier: id, expectedVersion: 7, numbers: [{ series: name, number }] });
                  if (fate === 'stale') expect((await store().commit(stale)).ok).toBe(false);
                  else store().releaseNumber(name, number);
                }
                const pause =
                  fate === 'slow' ? () => new Promise((resolve) => setTimeout(resolve, 3)) : async () => undefined;
                return { series, number: (await takeNumber(store(), name, id, pause)).number };
              }),
            );
            for (const series of ['a', 'b']) {
              const numbers = taken.filter((t) => t.series === series).map((t) => t.number);
              expect(numbers.sort((x, y) => x - y)).toEqual(numbers.map((_, i) => i + 1));
            }
          },
        ),
        { numRuns: 12 },
      );
    });

    it('never answers a count twice', async () => {
      const counts = await Promise.all(Array.from({ length: 500 }, () => store().nextCount('codes')));
      expect(new Set(counts).size).toBe(500);
      expect(Math.min(...counts)).toBeGreaterThan(0);
    });
  });
}
