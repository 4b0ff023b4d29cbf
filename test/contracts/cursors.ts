import type { Cursors } from '../../domain/ports/cursors.ts';

/** What every keeper of cursors does. */
export function describeCursors(
  name: string,
  open: () => Promise<{ cursors: Cursors; close: () => Promise<void> }>,
): void {
  describe(`${name}: cursors`, () => {
    let cursors: Cursors;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ cursors, close } = await open());
    });
    afterEach(() => close());

    it('knows nothing of a reader that never moved', async () => {
      expect(await cursors.get('feed')).toBeUndefined();
    });

    it('leaves a cursor where another reader has brought it meanwhile', async () => {
      await cursors.advance('feed', undefined, '1');
      await cursors.advance('feed', undefined, '7');
      expect(await cursors.get('feed')).toBe('1');
      await cursors.advance('feed', '1', '2');
      await cursors.advance('feed', '1', '9');
      expect(await cursors.get('feed')).toBe('2');
    });

    it('keeps each reader apart', async () => {
      await cursors.advance('feed', undefined, '1');
      await cursors.advance('sweep', undefined, '5');
      expect([await cursors.get('feed'), await cursors.get('sweep')]).toEqual(['1', '5']);
    });
  });
}
