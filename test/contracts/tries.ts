import type { Allowance, Tries } from '../../domain/ports/tries.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');
const of: Allowance = { of: 'paper:d1:anyone', until: NOON + 3_600_000, most: 3 };

/** What every count of tries does. */
export function describeTries(
  name: string,
  open: () => Promise<{ tries: Tries; other: Tries; close: () => Promise<void> }>,
): void {
  describe(`${name}: tries`, () => {
    let tries: Tries;
    let other: Tries;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ tries, other, close } = await open());
    });
    afterEach(() => close());

    const take = async (allowance = of, times = 1, by = tries): Promise<boolean[]> => {
      const taken: boolean[] = [];
      while (taken.length < times) taken.push(await by.take(allowance, NOON));
      return taken;
    };

    it('gives so many and no more, whichever process asks', async () => {
      expect(await take(of, 2)).toEqual([true, true]);
      expect(await take(of, 2, other)).toEqual([true, false]);
      expect(await take()).toEqual([false]);
    });

    it('gives no more to many who ask at once', async () => {
      const taken = await Promise.all(Array.from({ length: 12 }, () => tries.take(of, NOON)));
      expect(taken.filter(Boolean)).toHaveLength(of.most);
    });

    it('counts each name and each time by itself', async () => {
      await take(of, 4);
      expect(await take({ ...of, of: 'paper:d1:somebody' })).toEqual([true]);
      expect(await take({ ...of, until: of.until + 3_600_000 })).toEqual([true]);
      expect(await take()).toEqual([false]);
    });

    it('counts a try for as many as it says', async () => {
      const two = { ...of, amount: 2 };
      expect(await take(two, 2)).toEqual([true, false]);
      expect(await take(of, 2)).toEqual([true, false]);
      await tries.giveBack(two);
      expect(await take(two, 2, other)).toEqual([true, false]);
      expect(await take({ ...of, of: 'paper:d2:anyone', amount: of.most + 1 })).toEqual([false]);
      expect(await take({ ...of, of: 'paper:d2:anyone', amount: of.most })).toEqual([true]);
    });

    it('gives back what was taken, never more', async () => {
      await tries.giveBack(of);
      expect(await take(of, 4)).toEqual([true, true, true, false]);
      await tries.giveBack(of);
      expect(await take(of, 2)).toEqual([true, false]);
      for (let times = 0; times < 5; times += 1) await tries.giveBack(of);
      expect(await take(of, 4)).toEqual([true, true, true, false]);
    });
  });
}
