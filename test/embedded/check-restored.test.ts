import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { disposeOf } from '../../domain/dossier/commands/archive.ts';
import { checkRestored } from '../../embedded/check-restored.ts';
import { appendSurely } from '../../functions/runtime/append.ts';
import { type EvidenceOffice, openEvidenceOffice } from '../builders/evidence.ts';

let office: EvidenceOffice;
let root: string;
let dossier: string;

beforeAll(async () => {
  office = await openEvidenceOffice();
  root = mkdtempSync(join(tmpdir(), 'onetrack-restored-'));
  dossier = await office.play();
});
afterAll(async () => {
  await office.close();
  rmSync(root, { recursive: true, force: true });
});

let count = 0;
/** The folder of an office as a restore leaves it, and then what happens to it. */
function restored(happens: (db: DatabaseSync, dir: string) => void = () => undefined, of = office): string {
  const dir = join(root, `restored-${(count += 1)}`);
  const { database } = of.stage.machine;
  const source = database.read((db) => dirname(String(db.prepare('PRAGMA database_list').get()?.['file'])));
  for (const folder of ['ca', 'keys', 'documents'])
    if (existsSync(join(source, folder))) cpSync(join(source, folder), join(dir, folder), { recursive: true });
  database.read((db) => db.exec(`VACUUM INTO '${join(dir, 'onetrack.db')}'`));
  const db = new DatabaseSync(join(dir, 'onetrack.db'));
  happens(db, dir);
  db.close();
  return dir;
}
const judge = (dir: string, expectKeys = false) => checkRestored(dir, { expectKeys });
const ofDossier = `dossier = (SELECT no FROM dossier WHERE id = '`;

test('what holds is counted, with the last number of each register', async () => {
  const state = await judge(restored());
  expect(state.faults).toEqual([]);
  expect(state.dossiers).toBe(1);
  expect(state.events).toBeGreaterThan(20);
  expect(state.documents).toBeGreaterThan(2);
  expect(state.anchors).toBeGreaterThan(2);
  expect(state.timestamps).toBeGreaterThan(0);
  expect(state.registers.length).toBeGreaterThan(1);
  expect(state.registers.every(({ number }) => number === 1)).toBe(true);
  expect(state.lastEvent).toMatch(/^2026-/);
});

test.each<[string, RegExp, (db: DatabaseSync, dir: string) => void]>([
  [
    'an event is another',
    /^dossier d\w+, event 3: (wrong-hash|wrong-previous-hash)$/,
    (db) => db.exec(`UPDATE event SET json = replace(json, '2026', '2027') WHERE seq = 3 AND ${ofDossier}${dossier}')`),
  ],
  [
    'an event is gone from the middle',
    /^dossier d\w+, event 5: wrong-sequence$/,
    (db) => db.exec(`DELETE FROM event WHERE seq = 5 AND ${ofDossier}${dossier}')`),
  ],
  [
    'the last events are gone',
    /^dossier d\w+: \d+ events, its head says \d+$/,
    (db) => db.exec(`DELETE FROM event WHERE seq > 10 AND ${ofDossier}${dossier}')`),
  ],
  [
    'the last event is signed by another key',
    /: (wrong-signature|malformed-signature)$/,
    (db) =>
      db.exec(
        `UPDATE event SET json = (SELECT json_replace(event.json, '$.jws', json_extract(e.json, '$.jws')) FROM event e WHERE e.seq = 1)
         WHERE seq = (SELECT max(seq) FROM event)`,
      ),
  ],
  [
    'a time-stamp is another',
    /time-stamp over event \d+: /,
    (db) =>
      db.exec(`UPDATE anchor_token SET token = (SELECT token FROM anchor_token ORDER BY no DESC LIMIT 1) WHERE no = 1`),
  ],
  ['a time-stamp is gone', /the time-stamp is missing$/, (db) => db.exec('DELETE FROM anchor_token WHERE no = 1')],
  [
    'a document is gone',
    /document \w{64}: it is missing$/,
    (db, dir) => {
      db.exec('DELETE FROM document');
      rmSync(join(dir, 'documents', 'documents'), { recursive: true });
    },
  ],
  [
    'the master key is another',
    /its key cannot be unwrapped by keys\/master\.key/,
    (_, dir) => writeFileSync(join(dir, 'keys', 'master.key'), randomBytes(32)),
  ],
  [
    'a key is zeros though nobody disposed of the dossier',
    /^dossier d\w+: its key is gone, and nothing says that it was disposed of$/,
    (db) => db.exec('UPDATE dossier_key SET key = zeroblob(length(key))'),
  ],
  [
    'an index says something else than its table',
    /^onetrack\.db: .*index/,
    (db) => {
      const page = (name: string): number =>
        Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.['rootpage']);
      db.exec('CREATE TABLE probe (a INTEGER); CREATE INDEX probe_a ON probe (a); INSERT INTO probe VALUES (1)');
      db.exec('CREATE TABLE other (a INTEGER); CREATE INDEX other_a ON other (a); INSERT INTO other VALUES (2)');
      const [one, two] = [page('probe_a'), page('other_a')];
      db.enableDefensive(false);
      db.exec('PRAGMA writable_schema = ON');
      db.exec(`UPDATE sqlite_schema SET rootpage = ${one} + ${two} - rootpage WHERE name IN ('probe_a', 'other_a')`);
    },
  ],
  [
    'a document is damaged',
    /document \w{64}: it cannot be read$/,
    (db) => db.exec(`UPDATE document SET bytes = zeroblob(length(bytes))`),
  ],
])('%s: told with its place', async (_, expected, happens) => {
  const { faults } = await judge(restored(happens));
  expect(faults.some((fault) => expected.test(fault)) ? expected : faults).toBe(expected);
});

test('a dossier that was disposed of is sound, and its record is judged as far as it can be read', async () => {
  const own = await openEvidenceOffice();
  try {
    const id = await own.play();
    const { platform } = own.stage.machine;
    const hand = { by: 'thu-lam-chair', at: '2026-12-01T00:00:00.000Z' };
    const list = { list: 'list-1', number: '1', legalBasis: 'none', why: 'retention', fate: 'destroyed' } as const;
    await appendSurely(platform, id, ({ dossier: ended }) => ({
      decision: disposeOf(ended, { ...list, proposed: hand, approved: [hand] }),
      actor: { kind: 'platform' },
      destroyKey: true,
    }));
    await platform.documents.removeAll(id);
    await platform.store.erase(id);
    const sound = await judge(restored(undefined, own));
    expect([sound.faults, sound.documents]).toEqual([[], 0]);
    expect(sound.events).toBeGreaterThan(20);
    expect(sound.anchors).toBeGreaterThan(2);
    const another = restored((db) => db.exec('UPDATE event SET json = replace(json, 2026, 2027) WHERE seq = 3'), own);
    expect((await judge(another)).faults).toEqual([expect.stringMatching(/^dossier d\w+, event 3: wrong-/)]);
  } finally {
    await own.close();
  }
});

test('without keys hashes alone are judged', async () => {
  const dir = restored((_, folder) => {
    rmSync(join(folder, 'keys'), { recursive: true });
    rmSync(join(folder, 'ca'), { recursive: true });
  });
  const state = await judge(dir);
  expect([state.faults, state.documents]).toEqual([[], 0]);
  expect((await judge(dir, true)).faults).toEqual([expect.stringContaining('expected keys/master.key')]);
  expect(readdirSync(dir)).not.toContain('keys');
});
