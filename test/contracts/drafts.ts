import type { Drafts, KeptDraft } from '../../domain/ports/drafts.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');
const aDraft = (part: Partial<KeptDraft> = {}): KeptDraft => ({
  owner: 'owner-1',
  id: 'draft-0000000001',
  procedure: 'library-card',
  version: '1.0.0',
  revision: 1,
  saved: NOON,
  expires: NOON + 1_000,
  wrappedKey: new Uint8Array([1, 2, 3]),
  sealed: new Uint8Array([0, 255, 7]),
  ...part,
});

/** What every keeper of drafts does. */
export function describeDrafts(
  name: string,
  open: () => Promise<{ drafts: Drafts; close: () => Promise<void> }>,
): void {
  describe(`${name}: drafts`, () => {
    let drafts: Drafts;
    let close: () => Promise<void>;
    beforeEach(async () => ({ drafts, close } = await open()));
    afterEach(() => close());

    it('are kept for their owner alone, byte for byte', async () => {
      expect(await drafts.put(aDraft(), NOON)).toBe('put');
      expect(await drafts.get('owner-1', aDraft().id, NOON)).toEqual(aDraft());
      expect(await drafts.get('owner-2', aDraft().id, NOON)).toBeUndefined();
      expect(await drafts.list('owner-2', NOON)).toEqual([]);
    });

    it('say which task of a dossier they answer, where they do', async () => {
      const task = 'd01jd8w1xk2f3g4h5j6k7m8n9p0.complete.1';
      await drafts.put(aDraft({ task }), NOON);
      await drafts.put(aDraft({ id: 'draft-0000000002' }), NOON);
      expect(await drafts.get('owner-1', aDraft().id, NOON)).toEqual(aDraft({ task }));
      expect((await drafts.list('owner-1', NOON)).map((each) => each.task)).toEqual([task, undefined]);
    });

    it('are overwritten only by what was made from the revision that is kept', async () => {
      await drafts.put(aDraft(), NOON);
      const again = { sealed: new Uint8Array([1]) };
      expect(await drafts.put(aDraft(again), NOON)).toBe('conflict');
      expect(await drafts.put(aDraft({ revision: 3, ...again }), NOON)).toBe('conflict');
      expect(await drafts.put(aDraft({ revision: 2, ...again }), NOON)).toBe('put');
      expect(await drafts.put(aDraft({ revision: 2, sealed: new Uint8Array([2]) }), NOON)).toBe('conflict');
      expect(await drafts.get('owner-1', aDraft().id, NOON)).toEqual(aDraft({ revision: 2, ...again }));
      expect(await drafts.put(aDraft({ id: 'draft-0000000002', revision: 2 }), NOON)).toBe('conflict');
    });

    it('let one of many win who save at once', async () => {
      const all = Array.from({ length: 8 }, (_, index) =>
        drafts.put(aDraft({ sealed: new Uint8Array([index]) }), NOON),
      );
      expect((await Promise.all(all)).filter((each) => each === 'put')).toHaveLength(1);
    });

    it('are listed by when they were saved, the last first', async () => {
      await drafts.put(aDraft(), NOON);
      await drafts.put(aDraft({ id: 'draft-0000000002', saved: NOON + 5 }), NOON);
      expect((await drafts.list('owner-1', NOON)).map(({ saved }) => saved)).toEqual([NOON + 5, NOON]);
    });

    it('are gone once they have expired, and the same id is new again', async () => {
      await drafts.put(aDraft(), NOON);
      const later = NOON + 1_000;
      expect(await drafts.get('owner-1', aDraft().id, later)).toBeUndefined();
      expect(await drafts.list('owner-1', later)).toEqual([]);
      expect(await drafts.put(aDraft({ revision: 2 }), later)).toBe('conflict');
      const anew = aDraft({ saved: later, expires: later + 9, sealed: new Uint8Array([4]) });
      expect(await drafts.put(anew, later)).toBe('put');
      await drafts.removeExpired(later);
      expect(await drafts.get('owner-1', aDraft().id, later)).toEqual(anew);
    });

    it('are erased once and for all, twice or not', async () => {
      await drafts.put(aDraft(), NOON);
      await drafts.remove('owner-1', aDraft().id);
      await drafts.remove('owner-1', aDraft().id);
      expect(await drafts.get('owner-1', aDraft().id, NOON)).toBeUndefined();
    });
  });
}
