import { type BookedMoney, type DossierStore, InvalidCursor } from '../../domain/ports/dossier-store.ts';
import { aCommit, dossierId } from '../builders/dossiers.ts';

const DAY = { from: '2026-11-22T17:00:00.000Z', before: '2026-11-23T17:00:00.000Z' };

function money(n: number, at: string, more: Partial<BookedMoney> = {}): BookedMoney {
  return {
    unit: 'ward-1',
    at,
    kind: 'settled',
    system: 'bank',
    payment: `p${n}`,
    amount: { value: n, currency: 'VND' },
    dossier: dossierId(n),
    seq: 1,
    ...more,
  };
}

export function describeMoney(store: () => DossierStore): void {
  describe('the book of a unit', () => {
    const commit = (n: number, ...booked: BookedMoney[]) =>
      store().commit(aCommit({ dossier: dossierId(n), money: booked }));
    const book = async (unit = 'ward-1', limit = 2): Promise<string[]> => {
      const payments: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await store().moneyOf({ unit, ...DAY }, { limit, ...(after !== undefined && { after }) });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        payments.push(...page.items.map(({ payment }) => payment));
        if (page.next === undefined) return payments;
        after = page.next;
      }
    };

    it('has at once what was committed, in order of instant, of its own unit and of the days that are asked for', async () => {
      await commit(3, money(3, '2026-11-23T05:00:00.000Z'));
      await commit(1, money(1, DAY.from), money(9, DAY.from, { unit: 'ward-2', dossier: dossierId(1) }));
      await commit(2, money(2, '2026-11-23T16:59:59.999Z', { kind: 'to-refund', system: null }));
      await commit(4, money(4, DAY.before), money(5, '2026-11-22T16:59:59.999Z', { dossier: dossierId(4) }));
      expect(await book()).toEqual(['p1', 'p3', 'p2']);
      expect(await book('ward-1', 3)).toEqual(['p1', 'p3', 'p2']);
      expect(await book('ward-2')).toEqual(['p9']);
      expect(await book('ward-3')).toEqual([]);
      const { unit: _, ...entry } = money(2, '2026-11-23T16:59:59.999Z', { kind: 'to-refund', system: null });
      const { items } = await store().moneyOf({ unit: 'ward-1', ...DAY }, { limit: 9 });
      expect(items.at(-1)).toEqual(entry);
    });

    it('has several of one instant, each once', async () => {
      const at = '2026-11-23T05:00:00.000Z';
      await commit(1, money(1, at), money(2, at, { dossier: dossierId(1), seq: 2 }));
      await commit(3, money(3, at));
      expect(await book('ward-1', 1)).toEqual(['p1', 'p2', 'p3']);
    });

    it('has nothing of a commit that was refused', async () => {
      await commit(1, money(1, DAY.from));
      expect(await commit(1, money(2, DAY.from, { dossier: dossierId(1), seq: 2 }))).toMatchObject({ ok: false });
      expect(await book()).toEqual(['p1']);
    });

    it('outlives what is kept of the dossier', async () => {
      await commit(1, money(1, DAY.from));
      await store().erase(dossierId(1));
      expect(await book()).toEqual(['p1']);
    });

    it.each(['nonsense', Buffer.from('["x"]').toString('base64url'), Buffer.from('[1]').toString('base64url')])(
      'refuses cursor %s',
      async (after) => {
        await expect(store().moneyOf({ unit: 'ward-1', ...DAY }, { limit: 2, after })).rejects.toThrow(InvalidCursor);
      },
    );
  });
}
