import { sha256 } from '../../../domain/chain.ts';
import { readDocument, writeDocument } from '../../../functions/dossiers/documents.ts';
import { encrypt } from '../../../functions/runtime/vault.ts';
import { dossierId } from '../../builders/dossiers.ts';
import { ApiHouse, PDF } from '../../builders/api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await ApiHouse.open();
});
afterAll(() => house.close());

const [id, first, second] = [dossierId(1), new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const bytes = new Uint8Array(PDF);

describe('a document of a dossier that is opened a second time, because nothing came of the first', () => {
  it('is read under the key of the attempt that counts, whichever wrote first', async () => {
    const { platform } = house.stage.machine;
    for (const key of [first, second]) await writeDocument(platform, { id, key }, bytes);
    for (const key of [first, second])
      expect(Buffer.from((await readDocument(platform, { dossier: { id }, key }, sha256(bytes))) ?? [])).toEqual(
        Buffer.from(bytes),
      );
  });

  it('is read where an earlier release kept it, by its digest alone', async () => {
    const { platform } = house.stage.machine;
    const old = { dossier: dossierId(2), name: sha256(bytes) };
    const sealed = encrypt(first, bytes, `${old.dossier}:${old.name}`, platform.ids);
    await platform.documents.put({ ...old, bytes: sealed });
    const read = await readDocument(platform, { dossier: { id: old.dossier }, key: first }, old.name);
    expect(Buffer.from(read ?? [])).toEqual(Buffer.from(bytes));
  });
});
