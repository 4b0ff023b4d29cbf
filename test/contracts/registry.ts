import type { Instrument, Unit } from '../../schemas/organisation.ts';
import { MAX_RECORD_BYTES, MAX_WRITES } from '../../domain/ports/registry.ts';
import type { Registry } from '../../domain/ports/registry.ts';

/** What every registry promises. `open` answers an empty one and another reader of the same records. */
export function describeRegistry(
  name: string,
  open: () => Promise<{ registry: Registry; other: Registry; close: () => Promise<void> }>,
): void {
  describe(name, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it('refuses to write over a record that is not at the expected revision', async () => {
      const { registry } = opened;
      expect(await registry.put('unit', 'a', aUnit('a'), 1)).toBe('conflict');
      expect(await registry.put('unit', 'a', aUnit('a'), 0)).toBe('put');
      expect(await registry.put('unit', 'a', aUnit('a'), 0)).toBe('conflict');
      const { revision } = (await registry.get('unit', 'a')) ?? { revision: -1 };
      expect(await registry.put('unit', 'a', { ...aUnit('a'), name: 'new' }, revision)).toBe('put');
      expect(await registry.put('unit', 'a', aUnit('a'), revision)).toBe('conflict');
      expect((await registry.get('unit', 'a'))?.record.name).toBe('new');
    });

    it('writes several records at once: all of them, or none where one has changed', async () => {
      const { registry, other } = opened;
      const write = (id: string, expected = 0) => ({ id, record: aUnit(id), expected });
      expect(await registry.putAll('unit', [write('a'), write('b')])).toBe('put');
      const start = await registry.revision();
      expect(await registry.putAll('unit', [write('c'), write('b')])).toEqual({ conflict: 'b' });
      expect(await other.get('unit', 'c')).toBeUndefined();
      expect(await registry.revision()).toBe(start);
      const { revision } = (await registry.get('unit', 'b')) ?? { revision: -1 };
      expect(await registry.putAll('unit', [write('c'), write('b', revision)])).toBe('put');
      expect((await other.list('unit', { limit: 9 })).items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    });

    it('writes as many at once as it promises', async () => {
      const { registry } = opened;
      const writes = Array.from({ length: MAX_WRITES }, (_, n) => ({
        id: `u${n}`,
        record: aUnit(`u${n}`),
        expected: 0,
      }));
      expect(await registry.putAll('unit', writes)).toBe('put');
      expect((await registry.list('unit', { limit: 200 })).items).toHaveLength(MAX_WRITES);
    });

    it('refuses a record larger than the smallest registry can keep, and keeps one that just fits', async () => {
      const { registry } = opened;
      const empty = JSON.stringify({ ...aUnit('a'), name: '' }).length;
      const named = (bytes: number): Unit => ({ ...aUnit('a'), name: 'x'.repeat(bytes - empty) });
      await expect(registry.put('unit', 'a', named(MAX_RECORD_BYTES + 1), 0)).rejects.toThrow('390000 bytes');
      expect(await registry.get('unit', 'a')).toBeUndefined();
      expect(await registry.put('unit', 'a', named(MAX_RECORD_BYTES), 0)).toBe('put');
    });

    it('never gives the same revision to a record that was removed and made again', async () => {
      const { registry } = opened;
      await registry.put('unit', 'a', aUnit('a'), 0);
      const before = await registry.get('unit', 'a');
      await registry.remove('unit', 'a');
      await registry.remove('unit', 'a');
      expect(await registry.get('unit', 'a')).toBeUndefined();
      await registry.put('unit', 'a', aUnit('a'), 0);
      expect((await registry.get('unit', 'a'))?.revision).not.toBe(before?.revision);
    });

    it('lets one of several concurrent writers through', async () => {
      const { registry, other } = opened;
      const results = await Promise.all(
        [registry, other, registry, other].map((r) => r.put('unit', 'a', aUnit('a'), 0)),
      );
      expect(results.filter((result) => result === 'put')).toHaveLength(1);
    });

    it('raises its revision with every change, and shows a change made by another', async () => {
      const { registry, other } = opened;
      const start = await registry.revision();
      await other.put('unit', 'a', aUnit('a'), 0);
      const put = await registry.revision();
      expect(put).toBeGreaterThan(start);
      const read = await registry.get('unit', 'a');
      await other.put('unit', 'a', { ...aUnit('a'), name: 'new' }, read?.revision ?? 0);
      expect((await registry.get('unit', 'a'))?.record.name).toBe('new');
      await other.remove('unit', 'a');
      expect(await registry.revision()).toBeGreaterThan(put + 1);
      expect(await registry.get('unit', 'a')).toBeUndefined();
    });

    it('keeps instruments apart from other records of the same id', async () => {
      const { registry, other } = opened;
      const instrument: Instrument = {
        id: 'a',
        kind: 'deputy',
        for: { unit: 'a', role: 'chair' },
        holder: { unit: 'a', role: 'vice-chair', official: 'b' },
        stages: ['sign'],
        from: '2026-07-01',
        legalBasis: 'Decree 30/2020 art. 13(1)',
      };
      await registry.put('unit', 'a', aUnit('a'), 0);
      expect(await registry.put('instrument', 'a', instrument, 0)).toBe('put');
      expect((await other.get('instrument', 'a'))?.record).toEqual(instrument);
      expect((await other.list('instrument', { limit: 9 })).items.map(({ record }) => record)).toEqual([instrument]);
      await other.remove('instrument', 'a');
      expect(await registry.get('instrument', 'a')).toBeUndefined();
      expect(await registry.get('unit', 'a')).toBeDefined();
    });

    it('lists one kind in order of id, by prefix, in pages', async () => {
      const { registry } = opened;
      for (const id of ['b', 'a@2', 'c', 'a@1', 'a@10']) await registry.put('unit', id, aUnit(id), 0);
      const ids = async (query: Parameters<Registry['list']>[1]) => {
        const { items, next } = await registry.list('unit', query);
        return { ids: items.map(({ id, record }) => (id === record.id ? id : `${id}≠${record.id}`)), next };
      };
      expect(await ids({ limit: 9 })).toEqual({ ids: ['a@1', 'a@10', 'a@2', 'b', 'c'], next: undefined });
      expect(await ids({ prefix: 'a@', limit: 9 })).toEqual({ ids: ['a@1', 'a@10', 'a@2'], next: undefined });
      const page = await ids({ prefix: 'a@', limit: 2 });
      expect(page.ids).toEqual(['a@1', 'a@10']);
      expect(await ids({ prefix: 'a@', limit: 2, after: page.next ?? '' })).toEqual({ ids: ['a@2'], next: undefined });
      expect((await registry.list('official', { limit: 9 })).items).toEqual([]);
    });
  });
}

export function aUnit(id: string): Unit {
  return {
    id,
    name: `Unit ${id}`,
    level: 'commune',
    parent: null,
    area: [],
    identifier: 'H26.1',
    symbol: 'UBND',
    place: 'Somewhere',
    codeScheme: 'vn-one-stop',
    calendar: 'vn',
  };
}
