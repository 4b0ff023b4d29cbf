import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDossierStore } from '../../../adapters/local/sqlite-dossier-store.ts';
import { SqliteDrafts } from '../../../adapters/local/sqlite-drafts.ts';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { aCommit, anEvent, dossierId } from '../../builders/dossiers.ts';
import { DISPOSED } from '../../contracts/dossier-store-erasure.ts';

/** More than fit on one page: as tables grow SQLite copies rows to other pages. */
const COUNT = 300;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetrack-erasure-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How many of these bytes lie in any file of the folder. */
function found(secrets: readonly Buffer[]): number {
  const all = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  return secrets.filter((secret) => all.includes(secret)).length;
}

it('leaves no key, secret or draft in the file, also of pages from which SQLite had moved them', async () => {
  const database = openDatabase(join(folder, 'onetrack.db'));
  const store = new SqliteDossierStore(database);
  const drafts = new SqliteDrafts(database);
  const dossiers = Array.from({ length: COUNT }, (_, index) => ({
    id: dossierId(index + 1),
    key: randomBytes(60),
    secret: randomBytes(200),
    draft: randomBytes(200),
  }));
  for (const [index, { id, key, secret, draft }] of dossiers.entries()) {
    const events = [{ ...anEvent(id, 1), secret }];
    expect(await store.commit(aCommit({ dossier: id, events, wrappedKey: key }))).toEqual({ ok: true });
    const kept = { procedure: 'library-card', version: '1.0.0', revision: 1, saved: 0, expires: 10 };
    await drafts.put({ ...kept, owner: `o${index}`, id: `draft-${id}`, wrappedKey: key, sealed: draft }, 0);
  }
  const all = dossiers.flatMap(({ key, secret, draft }) => [key, secret, draft]);
  expect(found(all)).toBe(3 * COUNT);
  for (const [index, { id }] of dossiers.entries()) {
    const head = { status: 'closed', disposed: DISPOSED } as const;
    expect(await store.commit(aCommit({ dossier: id, expectedVersion: 1, destroyKey: true, head }))).toEqual({
      ok: true,
    });
    await store.erase(id);
    await drafts.remove(`o${index}`, `draft-${id}`);
  }
  expect(await database.settle()).toBe(true);
  expect(found(all)).toBe(0);
  await database.close();
}, 60_000);
