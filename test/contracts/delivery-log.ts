import { encodeCursor } from '../../domain/ports/cursor.ts';
import { InvalidCursor } from '../../domain/ports/dossier-store.ts';
import type { DeliveryAttempt, DeliveryLog } from '../../domain/ports/delivery-log.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');

function anAttempt(part: Partial<DeliveryAttempt> = {}): DeliveryAttempt {
  return { subscription: 's1', message: 'd1.1', at: NOON, attempt: 1, status: 204, took: 12, ...part };
}

/** What every log of deliveries does. */
export function describeDeliveryLog(
  name: string,
  open: () => Promise<{ log: DeliveryLog; close: () => Promise<void> }>,
): void {
  describe(`${name}: log of deliveries`, () => {
    let log: DeliveryLog;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ log, close } = await open());
    });
    afterEach(() => close());

    it('refuses a cursor that it did not hand out', async () => {
      await expect(log.list('s1', { limit: 5, after: 'x' })).rejects.toThrow(InvalidCursor);
    });

    it.each(['', ' ', '~', 'zzz', '\u0001', `2026${'0'.repeat(1024)}`])(
      'refuses %j as a place that cannot be',
      async (place) => {
        await expect(log.list('s1', { limit: 5, after: encodeCursor([place]) })).rejects.toThrow(InvalidCursor);
      },
    );

    it('knows nothing of a subscription without deliveries, nor another one’s', async () => {
      await log.add(anAttempt({ subscription: 's10' }));
      expect(await log.list('s1', { limit: 5 })).toEqual({ items: [] });
    });

    it('lists what was tried, newest first, page by page', async () => {
      const attempts = [
        anAttempt(),
        { subscription: 's1', message: 'd1.2', at: NOON + 5, attempt: 1, failed: 'timeout', took: 15_000 },
        anAttempt({ message: 'd1.2', at: NOON + 9, attempt: 2, status: 503 }),
        anAttempt({ message: 'd2.1', at: NOON + 9 }),
      ];
      for (const attempt of attempts) await log.add(attempt);
      const first = await log.list('s1', { limit: 3 });
      expect(first.items).toEqual(attempts.slice(1).toReversed());
      const rest = await log.list('s1', { limit: 3, after: first.next ?? '' });
      expect(rest).toEqual({ items: [attempts[0]] });
    });

    it('holds an attempt once, however often it is written', async () => {
      await log.add(anAttempt());
      await log.add(anAttempt());
      expect((await log.list('s1', { limit: 5 })).items).toEqual([anAttempt()]);
    });
  });
}
