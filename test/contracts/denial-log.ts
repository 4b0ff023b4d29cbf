import { type DenialLog, type DeniedAccess, MOST_DENIALS } from '../../domain/ports/denial-log.ts';
import { encodeCursor } from '../../domain/ports/cursor.ts';
import { InvalidCursor } from '../../domain/ports/dossier-store.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');
const DAY = 86_400_000;

function denied(part: Partial<DeniedAccess> = {}): DeniedAccess {
  return { dossier: 'd1', official: 'curious', unit: 'ward', role: 'reception', at: NOON, ...part };
}

/** What every log of denials does. */
export function describeDenialLog(
  name: string,
  open: () => Promise<{ log: DenialLog; close: () => Promise<void> }>,
): void {
  describe(`${name}: log of denials`, () => {
    let log: DenialLog;
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

    it('knows nothing of a dossier that nobody was denied, nor another one’s', async () => {
      await log.add(denied({ dossier: 'd10' }));
      expect(await log.list('d1', { limit: 5 })).toEqual({ items: [] });
    });

    it('keeps one row for each official, appointment and day, with how often', async () => {
      const tries = [
        denied(),
        denied({ at: NOON + 5 }),
        denied({ at: NOON + 9 }),
        denied({ role: 'clerk' }),
        denied({ official: 'another' }),
        denied({ at: NOON + DAY }),
      ];
      for (const one of tries) expect(await log.add(one)).toBe(true);
      const first = await log.list('d1', { limit: 3 });
      const who = { official: 'curious', unit: 'ward', role: 'reception' };
      expect(first.items).toEqual([
        { ...who, day: '2026-11-17', first: NOON + DAY, last: NOON + DAY, count: 1 },
        { ...who, day: '2026-11-16', first: NOON, last: NOON + 9, count: 3 },
        { ...who, role: 'clerk', day: '2026-11-16', first: NOON, last: NOON, count: 1 },
      ]);
      const rest = await log.list('d1', { limit: 3, after: first.next ?? '' });
      expect(rest.items.map(({ official }) => official)).toEqual(['another']);
      expect(rest.next).toBeUndefined();
    });

    it('keeps so many of one official a day and no more, whatever dossiers they are of, and those of others', async () => {
      for (let dossier = 0; dossier < MOST_DENIALS; dossier += 1) await log.add(denied({ dossier: `d${dossier}` }));
      expect(await log.add(denied({ dossier: 'one-more' }))).toBe(false);
      expect((await log.list('one-more', { limit: 5 })).items).toEqual([]);
      expect(await log.add(denied({ dossier: 'one-more', official: 'another' }))).toBe(true);
      expect(await log.add(denied({ dossier: 'one-more', at: NOON + DAY }))).toBe(true);
    }, 60_000);
  });
}
