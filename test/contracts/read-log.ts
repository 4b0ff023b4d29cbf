import { encodeCursor } from '../../domain/ports/cursor.ts';
import { InvalidCursor } from '../../domain/ports/dossier-store.ts';
import type { Reading, ReadLog } from '../../domain/ports/read-log.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');
const DAY = 86_400_000;

function read(part: Partial<Reading> = {}): Reading {
  return { dossier: 'd1', official: 'binh', unit: 'ward', role: 'reception', what: 'dossier', at: NOON, ...part };
}

/** What every log of who read what does. */
export function describeReadLog(name: string, open: () => Promise<{ log: ReadLog; close: () => Promise<void> }>): void {
  describe(`${name}: log of readings`, () => {
    let log: ReadLog;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ log, close } = await open());
    });
    afterEach(() => close());

    it('refuses a cursor that it did not hand out', async () => {
      await expect(log.list('d1', { limit: 5, after: 'x' })).rejects.toThrow(InvalidCursor);
    });

    it.each(['', ' ', '~', 'zzz', '\u0001', `2026${'0'.repeat(1024)}`])(
      'refuses %j as a place that cannot be',
      async (place) => {
        await expect(log.list('d1', { limit: 5, after: encodeCursor([place]) })).rejects.toThrow(InvalidCursor);
      },
    );

    it('knows nothing of a dossier that nobody read, nor another one’s', async () => {
      await log.add(read({ dossier: 'd10' }));
      expect(await log.list('d1', { limit: 5 })).toEqual({ items: [] });
    });

    it('keeps that somebody read by a print, without saying who, one row a day', async () => {
      const nobody = { official: null, unit: null, role: null, what: 'original' } as const;
      await log.add(read({ ...nobody }));
      await log.add(read({ ...nobody, at: NOON + 5 }));
      expect(await log.list('d1', { limit: 5 })).toEqual({
        items: [{ ...nobody, day: '2026-11-16', first: NOON }],
      });
    });

    it('keeps one row for each official, appointment, thing and day, with the first time, however often it was read', async () => {
      const all = [
        read(),
        read({ at: NOON + 5 }),
        read({ at: NOON + 9 }),
        read({ what: 'documents', at: NOON + 7 }),
        read({ role: 'clerk' }),
        read({ official: 'another' }),
        read({ at: NOON + DAY }),
      ];
      for (const one of all) await log.add(one);
      const first = await log.list('d1', { limit: 3 });
      const who = { official: 'binh', unit: 'ward', role: 'reception' };
      expect(first.items).toEqual([
        { ...who, what: 'dossier', day: '2026-11-17', first: NOON + DAY },
        { ...who, what: 'dossier', day: '2026-11-16', first: NOON },
        { ...who, what: 'documents', day: '2026-11-16', first: NOON + 7 },
      ]);
      const rest = await log.list('d1', { limit: 3, after: first.next ?? '' });
      expect(rest.items).toEqual([
        { ...who, role: 'clerk', what: 'dossier', day: '2026-11-16', first: NOON },
        { ...who, official: 'another', what: 'dossier', day: '2026-11-16', first: NOON },
      ]);
      expect(rest.next).toBeUndefined();
    });

    it('keeps one row of what is added at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => log.add(read())));
      expect((await log.list('d1', { limit: 5 })).items).toHaveLength(1);
    });
  });
}
