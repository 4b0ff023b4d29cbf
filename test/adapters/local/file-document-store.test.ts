import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileDocumentStore } from '../../../adapters/local/file-document-store.ts';
import { describeDocumentStore } from '../../contracts/document-store.ts';
import { dossierId } from '../../builders/dossiers.ts';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'onetrack-documents-'));

for (const trial of [false, true])
  describeDocumentStore(trial ? 'Documents in files of a trial' : 'Documents in files', async () => {
    const root = await folder();
    return {
      store: await FileDocumentStore.open(root, { trial }),
      reopen: () => FileDocumentStore.open(root, { trial }),
      close: () => rm(root, { recursive: true }),
    };
  });

it('removes what a crash left half-written, and nothing else', async () => {
  const root = await folder();
  const sha256 = createHash('sha256').update('a').digest('hex');
  const first = await FileDocumentStore.open(root);
  await first.put({ dossier: dossierId(1), name: sha256, bytes: new Uint8Array([1]) });
  await first.putPart('u1', 1, new Uint8Array([1, 2]));
  await writeFile(join(root, 'incoming', 'half'), 'x');
  const second = await FileDocumentStore.open(root);
  expect(await readdir(join(root, 'incoming'))).toEqual([]);
  expect(await second.get(dossierId(1), sha256)).toHaveLength(1);
  expect(await second.getPart('u1', 1)).toHaveLength(2);
  await rm(root, { recursive: true });
});

it('writes a digest behind a document, and reads one of an earlier release, which has none', async () => {
  const root = await folder();
  const name = createHash('sha256').update('a').digest('hex');
  const bytes = new Uint8Array(50).fill(7);
  const store = await FileDocumentStore.open(root);
  await store.put({ dossier: dossierId(1), name, bytes });
  const [shard = ''] = await readdir(join(root, 'documents'));
  const path = join(root, 'documents', shard, `${dossierId(1)}.${name}`);
  expect(new Uint8Array(await readFile(path))).toEqual(
    new Uint8Array([...bytes, ...createHash('sha256').update(bytes).digest()]),
  );
  expect(new Uint8Array((await store.get(dossierId(1), name)) ?? [])).toEqual(bytes);
  await writeFile(path, bytes);
  expect(new Uint8Array((await store.get(dossierId(1), name)) ?? [])).toEqual(bytes);
  await rm(root, { recursive: true });
});
