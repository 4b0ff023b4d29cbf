import fc from 'fast-check';
import type { DossierStore, FeedItem } from '../../domain/ports/dossier-store.ts';
import { aCommit, anEvent, dossierId } from '../builders/dossiers.ts';

async function readOn(
  store: DossierStore,
  after: string | undefined,
  limit: number,
): Promise<{ items: FeedItem[]; cursor: string }> {
  const items: FeedItem[] = [];
  for (let cursor = after; ;) {
    const page = await store.feed(cursor, limit);
    items.push(...page.events);
    if (page.events.length === 0) return { items, cursor: page.cursor };
    expect(page.events.length).toBeLessThanOrEqual(limit);
    expect(page.cursor).toBe(page.events.at(-1)?.cursor);
    cursor = page.cursor;
  }
}

export function describeFeed(store: () => DossierStore): void {
  describe('feed', () => {
    it('answers a cursor that stays valid when there is nothing', async () => {
      const { events, cursor } = await store().feed(undefined, 5);
      expect(events).toEqual([]);
      await store().commit(aCommit({ dossier: dossierId(1) }));
      const next = await store().feed(cursor, 5);
      expect(next.events.map(({ event }) => event)).toEqual([anEvent(dossierId(1), 1)]);
      expect((await store().feed(next.cursor, 5)).events).toEqual([]);
    });

    it('says of each event the units of its dossier at that moment, and never its secret', async () => {
      const D = dossierId(1);
      const first = { ...anEvent(D, 1), secret: new Uint8Array([1]) };
      await store().commit(aCommit({ dossier: D, events: [first], head: { unit: null } }));
      await store().commit(aCommit({ dossier: D, expectedVersion: 1, head: { unit: 'ward-2' } }));
      const { items } = await readOn(store(), undefined, 10);
      expect(items.map(({ cursor: _, ...item }) => item)).toEqual([
        { event: anEvent(D, 1), unit: null, receivingUnit: 'ward-1' },
        { event: anEvent(D, 2), unit: 'ward-2', receivingUnit: 'ward-1' },
      ]);
    });

    it('hands out each event once and in order per dossier, to readers that read while others commit', async () => {
      let base = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 1, max: 5 }),
          async (sizes, limit) => {
            let { cursor } = await readOn(store(), undefined, 100);
            base += 10;
            const dossiers = [1, 2, 3].map((n) => dossierId(base + n));
            const writers = dossiers.map(async (dossier) => {
              let version = 0;
              for (const size of sizes) {
                const events = Array.from({ length: size }, (_, i) => anEvent(dossier, version + i + 1));
                expect((await store().commit(aCommit({ dossier, expectedVersion: version, events }))).ok).toBe(true);
                version += size;
              }
            });
            const items: FeedItem[] = [];
            const progress = { written: false };
            const written = Promise.all(writers).finally(() => (progress.written = true));
            while (!progress.written) {
              const page = await store().feed(cursor, limit);
              items.push(...page.events);
              cursor = page.cursor;
              await new Promise((resolve) => setImmediate(resolve));
            }
            await written;
            items.push(...(await readOn(store(), cursor, limit)).items);
            const total = sizes.reduce((sum, size) => sum + size, 0);
            for (const dossier of dossiers) {
              const seqs = items.filter((i) => i.event.event.dossier === dossier).map((i) => i.event.event.seq);
              expect(seqs).toEqual(Array.from({ length: total }, (_, i) => i + 1));
            }
            expect(items).toHaveLength(total * 3);
          },
        ),
        { numRuns: 8 },
      );
    });
  });
}
