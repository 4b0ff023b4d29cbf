import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileDocumentStore } from '../../../adapters/local/file-document-store.ts';
import { LocalDocumentStore } from '../../../adapters/local/local-document-store.ts';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { LOCAL_FUNCTIONS } from '../../../embedded/one-machine.ts';
import { signedAddresses } from '../../../functions/api/signed-address.ts';
import { describeDocumentStore } from '../../contracts/document-store.ts';
import { dossierId } from '../../builders/dossiers.ts';

const config = {
  publicUrl: 'http://127.0.0.1',
  indexKey: new Uint8Array(32),
  currency: 'VND',
  functions: LOCAL_FUNCTIONS,
  maxUploadBytes: 1,
};

async function opened() {
  const root = await mkdtemp(join(tmpdir(), 'onetrack-documents-'));
  const open = async () => {
    const database = openDatabase(join(root, 'documents.db'));
    const files = await FileDocumentStore.open(join(root, 'files'));
    const addresses = signedAddresses({ clock: { now: () => 0 }, config });
    return { database, store: new LocalDocumentStore(database, files, addresses) };
  };
  let { database, store } = await open();
  return {
    root,
    store,
    async reopen() {
      await database.close();
      ({ database, store } = await open());
      return store;
    },
    async close() {
      await database.close();
      await rm(root, { recursive: true });
    },
  };
}

describeDocumentStore('Documents as rows and files', opened);

it('keeps a large document as a file and a small one as a row, the same for who reads', async () => {
  const house = await opened();
  const { store, root } = house;
  for (const [length, files] of [
    [10, 0],
    [1_000_000, 1],
  ] as const) {
    const bytes = new Uint8Array(length).fill(5);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await store.put({ dossier: dossierId(1), name: sha256, bytes });
    expect((await store.get(dossierId(1), sha256))?.length).toBe(length);
    expect(await readdir(join(root, 'files', 'documents'))).toHaveLength(files);
  }
  await house.close();
});
