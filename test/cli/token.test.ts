import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { openDatabase } from '../../adapters/local/sqlite.ts';
import { SqliteRegistry } from '../../adapters/local/sqlite-registry.ts';
import { tokenCommand } from '../../cli/commands/token.ts';
import { loadSampleOrganisation } from '../../embedded/scenarios/load-scenarios.ts';
import { oidcAuthenticator } from '../../functions/api/authentication.ts';
import { readCalendar } from '../../workflows/calendars/read-calendar.ts';
import { readFileSync } from 'node:fs';

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'onetrack-token-'));
  const database = openDatabase(join(dir, 'onetrack.db'));
  const registry = new SqliteRegistry(database);
  const { units, officials } = loadSampleOrganisation();
  const calendar = readCalendar(readFileSync(new URL('../../workflows/calendars/vn.yaml', import.meta.url), 'utf8'));
  if (!calendar.ok) throw new Error('expected a calendar');
  await registry.put('calendar', `vn@${calendar.calendar.version}`, calendar.calendar, 0);
  for (const unit of units) await registry.put('unit', unit.id, unit, 0);
  for (const official of officials) await registry.put('official', official.id, official, 0);
  await database.close();
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const code = await tokenCommand.run([...args, '--data', dir], {
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    env: {},
    cwd: '/',
    isTty: false,
  });
  return { code, out, err };
}

async function read(token: string) {
  const { issuer, audience, jwks } = await openIssuer(dir);
  return oidcAuthenticator({ issuer, audience, jwks }, { now: () => Date.now() }).verify(token.trim());
}

describe('onetrack token', () => {
  it('refuses an official who is unknown or not appointed so, and lists who is', async () => {
    for (const as of ['nobody', 'thu-lam-clerk']) {
      const { code, out, err } = await run('--as', as, '--unit', 'thu-lam', '--role', 'reception');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain('--as thu-lam-reception --unit thu-lam --role reception');
    }
  });

  it('refuses a unit without a role as wrong usage', async () => {
    expect((await run('--as', 'thu-lam-clerk', '--unit', 'thu-lam')).code).toBe(2);
    expect((await run()).code).toBe(2);
  });

  it('prints a token of an official, an applicant, the administrator', async () => {
    const clerk = await run('--as', 'thu-lam-clerk', '--unit', 'thu-lam', '--role', 'clerk');
    expect(await read(clerk.out)).toEqual({ subject: 'thu-lam-clerk', unit: 'thu-lam', role: 'clerk' });
    expect(await read((await run('--as', 'mai')).out)).toEqual({ subject: 'mai' });
    expect(await read((await run('--as', 'root', '--role', 'admin')).out)).toEqual({ subject: 'root', role: 'admin' });
  });
});
