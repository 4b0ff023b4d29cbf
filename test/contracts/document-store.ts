import { createHash } from 'node:crypto';
import type { DocumentStore as Store } from '../../domain/ports/document-store.ts';
import { dossierId } from '../builders/dossiers.ts';

type DocumentStore = Omit<Store, 'uploadAddress' | 'partAddress' | 'handOut'>;

/** What every document store promises of bytes. `reopen` answers the same documents as a new process would. */
export function describeDocumentStore(
  name: string,
  open: () => Promise<{ store: DocumentStore; reopen: () => Promise<DocumentStore>; close: () => Promise<void> }>,
): void {
  describe(name, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    const D = dossierId(1);

    it('refuses names that could leave their folder', async () => {
      const { store } = opened;
      const bytes = new Uint8Array([1]);
      for (const bad of ['..', '../x', 'a/b', 'a\\b', '', '.', 'a\0b', 'x'.repeat(300)]) {
        await expect(store.put({ dossier: bad, name: digest('a'), bytes })).rejects.toThrow('expected a dossier id');
        await expect(store.get(D, bad)).rejects.toThrow('expected a name of 64');
        await expect(store.putUpload(bad, bytes)).rejects.toThrow('expected an upload id');
        await expect(store.getUpload(bad)).rejects.toThrow('expected an upload id');
        await expect(store.removeUpload(bad, 0)).rejects.toThrow('expected an upload id');
        await expect(store.putPart(bad, 1, bytes)).rejects.toThrow('expected an upload id');
        await expect(store.getPart(bad, 1)).rejects.toThrow('expected an upload id');
        await expect(store.arrived(bad)).rejects.toThrow('expected an upload id');
      }
      for (const part of [0, -1, 1.5, NaN, 1001]) {
        await expect(store.putPart('u1', part, bytes)).rejects.toThrow('expected a part from 1 to 1000');
        await expect(store.getPart('u1', part)).rejects.toThrow('expected a part from 1 to 1000');
      }
    });

    it('answers nothing for what was never put', async () => {
      expect(await opened.store.get(D, digest('a'))).toBeUndefined();
      expect(await opened.store.getUpload('u1')).toBeUndefined();
      await opened.store.removeUpload('u1', 2);
      expect(await opened.store.getUpload('u1')).toBeUndefined();
      expect(await opened.store.getPart('u1', 1)).toBeUndefined();
      expect(await opened.store.arrived('u1')).toEqual({ whole: false, parts: [] });
    });

    it('keeps a document as it was first put, apart by dossier, also for a new process', async () => {
      const { store } = opened;
      await store.put({ dossier: D, name: digest('a'), bytes: new Uint8Array([1, 2, 3]) });
      await store.put({ dossier: D, name: digest('a'), bytes: new Uint8Array([9]) });
      expect(await store.get(dossierId(2), digest('a'))).toBeUndefined();
      expect([...((await (await opened.reopen()).get(D, digest('a'))) ?? [])]).toEqual([1, 2, 3]);
    });

    it('removes all documents of one dossier, large and small, and nobody else’s; again does nothing', async () => {
      const { store } = opened;
      const [small, large] = [new Uint8Array(10).fill(1), new Uint8Array(100_000).fill(2)];
      for (const dossier of [D, dossierId(2)]) {
        await store.put({ dossier, name: digest('small'), bytes: small });
        await store.put({ dossier, name: digest('large'), bytes: large });
      }
      await store.removeAll(D);
      await store.removeAll(D);
      await store.removeAll(dossierId(3));
      const reopened = await opened.reopen();
      for (const name of ['small', 'large']) {
        expect(await reopened.get(D, digest(name))).toBeUndefined();
        expect(await reopened.get(dossierId(2), digest(name))).toBeDefined();
      }
      await expect(store.removeAll('..')).rejects.toThrow('expected a dossier id');
    });

    it('replaces an upload and removes it', async () => {
      const { store } = opened;
      await store.putUpload('u1', new Uint8Array([1]));
      await store.putUpload('u1', new Uint8Array([2, 2]));
      expect([...((await (await opened.reopen()).getUpload('u1')) ?? [])]).toEqual([2, 2]);
      await store.removeUpload('u1', 0);
      expect(await store.getUpload('u1')).toBeUndefined();
    });

    it('keeps parts of an upload in any order, each as it was put last, also for a new process', async () => {
      const { store } = opened;
      await store.putPart('u1', 10, new Uint8Array([10]));
      await store.putPart('u1', 2, new Uint8Array([1]));
      await Promise.all([1, 2, 3].map(() => store.putPart('u1', 2, new Uint8Array([2, 2]))));
      await store.putPart('u2', 1, new Uint8Array([7]));
      const reopened = await opened.reopen();
      expect(await reopened.arrived('u1')).toEqual({ whole: false, parts: [2, 10] });
      expect([...((await reopened.getPart('u1', 2)) ?? [])]).toEqual([2, 2]);
      expect(await reopened.getUpload('u1')).toBeUndefined();
      await reopened.putUpload('u1', new Uint8Array([3]));
      expect(await reopened.arrived('u1')).toEqual({ whole: true, parts: [2, 10] });
    });

    it('removes an upload with all its parts, those that never came too, and nobody else’s', async () => {
      const { store } = opened;
      await store.putUpload('u1', new Uint8Array([1]));
      for (const part of [1, 3, 12]) await store.putPart('u1', part, new Uint8Array([part]));
      await store.putPart('u2', 1, new Uint8Array([7]));
      await store.removeUpload('u1', 12);
      await store.removeUpload('u1', 12);
      const reopened = await opened.reopen();
      expect(await reopened.arrived('u1')).toEqual({ whole: false, parts: [] });
      expect(await reopened.getPart('u1', 12)).toBeUndefined();
      expect(await reopened.arrived('u2')).toEqual({ whole: false, parts: [1] });
    });

    it('takes many documents at once, the same one too', async () => {
      const { store } = opened;
      const bytes = new Uint8Array(1000).fill(7);
      await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          store.put({ dossier: dossierId(i % 4), name: digest(String(i % 10)), bytes }),
        ),
      );
      for (let i = 0; i < 40; i += 1)
        expect((await store.get(dossierId(i % 4), digest(String(i % 10))))?.length).toBe(1000);
    });
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
