import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCertificate } from '../../../../adapters/cms/certificate.ts';
import { createLocalPki } from '../../../../adapters/local/pki/local-pki.ts';
import { createLocalSeals } from '../../../../adapters/local/pki/local-seals.ts';
import { openDatabase, type Database } from '../../../../adapters/local/sqlite.ts';
import { SqliteRegistry } from '../../../../adapters/local/sqlite-registry.ts';
import type { Seal } from '../../../../domain/ports/signing.ts';
import { loadSampleOrganisation } from '../../../../embedded/scenarios/load-scenarios.ts';
import { signedAt } from '../../../builders/signing-office.ts';

const { units } = loadSampleOrganisation();
let dir: string;
let database: Database;
let registry: SqliteRegistry;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'onetrack-seals-'));
  database = openDatabase(':memory:');
  registry = new SqliteRegistry(database);
  for (const unit of units) await registry.put('unit', unit.id, unit, 0);
});
afterEach(async () => {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
});

const openSeals = () => createLocalSeals(createLocalPki(dir, { now: () => signedAt }), registry);

async function ownCertificate(seal: Seal) {
  const [own = new Uint8Array()] = await seal.certificateChain();
  return readCertificate(own).x509;
}

describe('the seals of one machine', () => {
  it('refuses a unit that the organisation does not have, until it has it', async () => {
    const seals = openSeals();
    await expect(seals.of('new-commune')).rejects.toMatchObject({ name: 'TaskTerminal' });
    const [unit] = units;
    if (!unit) throw new Error('expected a unit');
    await registry.put('unit', 'new-commune', { ...unit, id: 'new-commune', name: 'Xã mới' }, 0);
    expect((await ownCertificate(await seals.of('new-commune'))).subject).toContain('Xã mới');
  });

  it('are another key and another name for each unit', async () => {
    const seals = openSeals();
    const certificates = await Promise.all(units.map(async ({ id }) => ownCertificate(await seals.of(id))));
    expect(certificates.map(({ subject }) => subject.split('\n').slice(-2))).toEqual(
      units.map(({ id, name }) => [`CN=${name.replaceAll(',', '\\,')}`, `serialNumber=${id}`]),
    );
    const keys = certificates.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }).toString('hex'));
    expect(new Set(keys).size).toBe(units.length);
  });

  it('are shown where they were made, and made by nobody who looks', async () => {
    const seals = openSeals();
    expect(await seals.held('thu-lam')).toBeUndefined();
    expect(await seals.held('thu-lam')).toBeUndefined();
    const chain = await (await seals.of('thu-lam')).certificateChain();
    expect(await seals.held('thu-lam')).toEqual(chain);
    expect(await openSeals().held('thu-lam')).toEqual(chain);
  });

  it('are the same for the same unit, asked again and after a restart', async () => {
    const seals = openSeals();
    const [first, second] = await Promise.all([seals.of('thu-lam'), seals.of('thu-lam')]);
    expect(second).toBe(first);
    const after = await openSeals().of('thu-lam');
    expect(await after.certificateChain()).toEqual(await first.certificateChain());
  });
});
