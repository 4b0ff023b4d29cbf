import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileMasterKey } from '../../../adapters/local/file-master-key.ts';
import { createLocalPki } from '../../../adapters/local/pki/local-pki.ts';
import { signedAt } from '../../builders/signing-office.ts';
import { describeMasterKey, describeSigningKey } from '../../contracts/keys.ts';

const folder = () => mkdtemp(join(tmpdir(), 'onetrack-keys-'));
async function openPki() {
  const dir = await folder();
  const pki = createLocalPki(dir, { now: () => signedAt });
  return { pki, root: pki.root, at: signedAt, close: () => rm(dir, { recursive: true }) };
}

describeSigningKey('A seal in a file', async () => {
  const opened = await openPki();
  return { ...opened, key: opened.pki.sealOf({ id: 'thu-lam', name: 'Xã Thư Lâm' }) };
});

describeSigningKey('A record key in a file', async () => {
  const opened = await openPki();
  return { ...opened, key: await opened.pki.recordKey() };
});

describeMasterKey('A master key in a file', async () => {
  const dir = await folder();
  const [key, other] = [createFileMasterKey(join(dir, 'one')), createFileMasterKey(join(dir, 'two'))];
  return { key, other, close: () => rm(dir, { recursive: true }) };
});
