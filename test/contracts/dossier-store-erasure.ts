import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import { aCommit, anEvent, dossierId } from '../builders/dossiers.ts';

const [D1, D2] = [dossierId(1), dossierId(2)];
/** What the head of a disposed dossier says. */
export const DISPOSED = {
  at: '2026-11-23T09:00:00.000Z',
  list: 'list-1',
  number: '1',
  legalBasis: 'law',
  fate: 'destroyed',
} as const;

export function describeErasure(store: () => DossierStore): void {
  describe('the end of a key', () => {
    const begin = async (dossier: string): Promise<void> => {
      const events = [{ ...anEvent(dossier, 1), secret: new Uint8Array(60).fill(7) }, anEvent(dossier, 2)];
      const wrappedKey = new Uint8Array(60).fill(9);
      const token = { dossier, stage: 'receive', visit: 1, run: 1, token: 'T' };
      expect(await store().commit(aCommit({ dossier, events, wrappedKey, token }))).toEqual({ ok: true });
    };
    const end = (dossier: string, expectedVersion = 2) =>
      store().commit(
        aCommit({ dossier, expectedVersion, destroyKey: true, head: { status: 'closed', disposed: DISPOSED } }),
      );

    it('comes with its commit or not at all', async () => {
      await begin(D1);
      expect(await end(D1, 1)).toEqual({ ok: false, conflict: 'version' });
      expect((await store().wrappedKey(D1))?.length).toBe(60);
      expect(await end(D1)).toEqual({ ok: true });
      expect(await store().wrappedKey(D1)).toBeUndefined();
      expect((await store().head(D1))?.disposed).toEqual(DISPOSED);
    });

    it('leaves the chain, and after the erasure no secret and no token, of this dossier alone; again does nothing', async () => {
      await begin(D1);
      await begin(D2);
      await end(D1);
      await store().erase(D1);
      await store().erase(D1);
      const events = await store().events(D1);
      expect(events.map(({ event, secret }) => [event.seq, secret])).toEqual([
        [1, undefined],
        [2, undefined],
        [3, undefined],
      ]);
      expect(await store().tokenFor(D1, 'receive', 1)).toBeUndefined();
      expect((await store().wrappedKey(D2))?.length).toBe(60);
      expect((await store().events(D2))[0]?.secret?.length).toBe(60);
      expect(await store().tokenFor(D2, 'receive', 1)).toBeDefined();
    });
  });
}
