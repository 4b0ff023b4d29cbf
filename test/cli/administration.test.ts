import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../cli/command.ts';
import { deployCommand } from '../../cli/commands/deploy.ts';
import { importCommand } from '../../cli/commands/import.ts';
import { rebuildCommand } from '../../cli/commands/rebuild.ts';
import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { ApiHouse } from '../builders/api-house.ts';
import { runCommand } from '../builders/run-command.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
let house: ApiHouse;
let server: RunningServer;
let token: string;
/** A copy of the procedures, to be changed. */
let cwd: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  server = await listenLocally(house.app, 0);
  token = await house.admin();
  cwd = mkdtempSync(join(tmpdir(), 'onetrack-cli-'));
  cpSync(join(ROOT, 'workflows/procedures'), cwd, { recursive: true });
});
afterAll(async () => {
  await server.close();
  await house.close();
  rmSync(cwd, { recursive: true, force: true });
});

const run = (command: Command, args: string[], env: Record<string, string> = {}) => runCommand(command, args, cwd, env);
const known = () => ({ ONETRACK_URL: server.url, ONETRACK_TOKEN: token });
const card = (version: string, changes: Readonly<Record<string, string>> = {}): string => {
  let text = readFileSync(join(ROOT, 'workflows/procedures/library-card.yaml'), 'utf8').replace('1.0.0', version);
  for (const [part, other] of Object.entries(changes)) text = text.replace(part, other);
  const file = `card-${version}.yaml`;
  writeFileSync(join(cwd, file), text);
  return file;
};

describe('onetrack deploy', () => {
  it('refuses wrong usage with 2', async () => {
    const file = card('1.1.0');
    const wrong: [string[], Record<string, string>, string][] = [
      [[], known(), 'expected one procedure'],
      [[file, file], known(), 'expected one procedure'],
      [['nowhere.yaml'], known(), 'no such file'],
      [[file], { ONETRACK_URL: server.url }, 'ONETRACK_TOKEN'],
      [[file, '--url', 'ftp://x'], known(), 'begins with http'],
      [[file, '--from', '2027-01-01'], known(), '--from'],
      [[file, '--colour'], known(), 'colour'],
    ];
    for (const [args, env, said] of wrong) {
      const { code, err } = await run(deployCommand, args, env);
      expect([code, err]).toEqual([2, expect.stringContaining(said)]);
    }
  });

  it('refuses a faulty text at its place, before it asks anybody', async () => {
    const file = card('1.1.0', { 'kind: verify': 'kind: verfy' });
    const { code, err } = await run(deployCommand, [file, '--url', 'http://127.0.0.1:1', '--token', 'none']);
    expect([code, err]).toEqual([1, expect.stringMatching(/^card-1\.1\.0\.yaml:\d+:\d+: /)]);
  });

  it('is refused with the reason where nobody answers, and where the caller is no administrator', async () => {
    const file = card('1.1.0');
    const away = await run(deployCommand, [file, '--url', 'http://127.0.0.1:1', '--token', 'none', '--json']);
    expect(away.code).toBe(1);
    expect(JSON.parse(away.out)).toMatchObject({ ok: false, refusal: { code: 'unreachable' } });
    const applicant = await run(deployCommand, [file, '--token', await house.applicant()], known());
    expect([applicant.code, applicant.err]).toEqual([1, expect.stringContaining('not-entitled')]);
  });

  it('says what a version would do, and publishes nothing', async () => {
    const id = await house.submitted(await house.applicant());
    const file = card('2.0.0', { '{ workingDays: 3,': '{ workingDays: 5,' });
    const told = await run(deployCommand, [file, '--impact'], known());
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toContain('new dossiers would start on it from 2026-11-16T05:00:00.000Z, in the place of 1.0.0');
    expect(told.out).toContain('open on 1.0.0: 1, and they stay there: receive 1');
    expect(told.out).toContain('clock.limit.workingDays: 3 -> 5');
    const json = await run(deployCommand, [file, '--impact', '--json'], known());
    expect(JSON.parse(json.out)).toMatchObject({ ok: true, done: [{ status: 'draft', versions: [{ open: 1 }] }] });
    expect(JSON.stringify((await house.send('GET', '/procedures')).body)).not.toContain('2.0.0');
    expect((await house.send('GET', `/dossiers/${id}`, { token })).body).toMatchObject({ version: '1.0.0' });
  });

  it('publishes with the files beside, from its instant, and the second time says the same', async () => {
    const file = card('2.0.0', { '{ workingDays: 3,': '{ workingDays: 5,' });
    const args = [file, '--from', '2026-11-16T13:00:00+07:00'];
    const first = await run(deployCommand, args, known());
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(
      /^library-card 2\.0\.0 is published: new dossiers start on it from 2026-11-16T06:00:00\.000Z \(machine library-card_2-0-0_/,
    );
    expect(await run(deployCommand, args, known())).toEqual(first);
    const other = await run(deployCommand, [file, '--from', '2026-11-16T14:00:00+07:00', '--json'], known());
    expect(other.code).toBe(1);
    expect(JSON.parse(other.out)).toMatchObject({ ok: false, refusal: { code: 'already-published' } });
  });

  it('takes each procedure of a file for itself, what others open before them', async () => {
    cpSync(join(ROOT, 'test/workflows/fixtures'), cwd, { recursive: true });
    const args = ['worked-permit.yaml', '--json'];
    const foreseen = await run(deployCommand, [...args, '--impact'], known());
    expect(foreseen.code).toBe(1);
    expect(JSON.parse(foreseen.out)).toMatchObject({
      done: [
        { procedure: 'worked-opinion', refused: null },
        { procedure: 'worked-permit', refused: { code: 'not-published' } },
      ],
    });
    const { code, out, err } = await run(deployCommand, args, known());
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      done: [{ id: 'worked-opinion' }, { id: 'worked-permit', status: 'published' }],
    });
  });
});

describe('onetrack rebuild', () => {
  it('refuses wrong usage with 2, and a cursor that was never handed out with 1', async () => {
    expect((await run(rebuildCommand, ['all'], known())).code).toBe(2);
    expect((await run(rebuildCommand, [])).code).toBe(2);
    const { code, err } = await run(rebuildCommand, ['--after', 'x'], known());
    expect([code, err]).toEqual([1, expect.stringContaining('malformed')]);
  });

  it('leaves alone what runs, and starts again what the engine has lost', async () => {
    const before = await run(rebuildCommand, ['--json'], known());
    const { running } = JSON.parse(before.out) as { running: number };
    expect(running).toBeGreaterThan(0);
    house.stage.machine.database.read((db) => db.exec('DELETE FROM engine_execution; DELETE FROM engine_history'));
    const lost = await run(rebuildCommand, [], known());
    expect(lost).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(`^${running} restarted, 0 running`) as string,
    });
    const again = await run(rebuildCommand, ['--json'], known());
    expect(JSON.parse(again.out)).toMatchObject({ ok: true, restarted: 0, starting: running });
  });
});

describe('onetrack import', () => {
  const csv = (name: string, level = 'commune'): string => {
    const header = 'id,name,level,parent,area,identifier,symbol,place,codeScheme,calendar';
    writeFileSync(join(cwd, name), `${header}\nxa-moi,Xã Mới,${level},thu-lam,00999,H26.99,UBND,Mới,vn-one-stop,vn\n`);
    return name;
  };

  it('refuses wrong usage with 2', async () => {
    const file = csv('units.csv');
    const wrong: [string[], Record<string, string>, string][] = [
      [[], known(), 'expected units, officials or instruments, got nothing'],
      [['systems', file], known(), 'got systems'],
      [['units'], known(), 'expected one file'],
      [['units', file, file], known(), 'expected one file'],
      [['units', 'units.xlsx'], known(), 'named .csv or .json'],
      [['units', 'nowhere.csv'], known(), 'no such file'],
      [['units', file], { ONETRACK_URL: server.url }, 'ONETRACK_TOKEN'],
    ];
    for (const [args, env, says] of wrong) {
      const { code, err } = await run(importCommand, args, env);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(says) as string });
    }
  });

  it('says each fault with its line and column, and writes nothing', async () => {
    const { code, err } = await run(importCommand, ['units', csv('moon.csv', 'The Moon')], known());
    expect(code).toBe(1);
    expect(err).toBe(
      'moon.csv: record-invalid: 1 places of these units are not as they must be; nothing is written\n' +
        '  line 2, column 3 ([0].level): expected lower-case words joined by hyphens, such as birth-registration, got The Moon\n',
    );
  });

  it('refuses a file in another encoding, for its letters would be lost', async () => {
    const file = csv('latin.csv');
    writeFileSync(join(cwd, file), 'id,name\nxa-moi,Xã\n', 'latin1');
    const { code, err } = await run(importCommand, ['units', file], known());
    expect(code).toBe(2);
    expect(err).toContain('expected UTF-8');
  });

  it('says first what it would do, then does it, then has nothing to do', async () => {
    const file = csv('units.csv');
    const dry = await run(importCommand, ['units', file, '--dry-run'], known());
    expect(dry.out).toBe('1 units would be created: xa-moi\n0 units would be changed\n0 units stand so already\n');
    const done = await run(importCommand, ['units', file], known());
    expect(done).toMatchObject({ code: 0, out: '1 units created\n0 units changed\n0 units stand so already\n' });
    const again = await run(importCommand, ['units', file, '--json'], known());
    expect(JSON.parse(again.out)).toEqual({ ok: true, dryRun: false, created: [], changed: [], unchanged: 1 });
  });
});
