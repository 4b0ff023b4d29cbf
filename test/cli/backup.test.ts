import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDossierStore } from '../../adapters/local/sqlite-dossier-store.ts';
import { type Database, openDatabase } from '../../adapters/local/sqlite.ts';
import { backupCommand } from '../../cli/commands/backup.ts';
import { restoreCommand } from '../../cli/commands/restore.ts';
import type { Command } from '../../cli/command.ts';

let cwd: string;
let database: Database;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'onetrack-backup-command-'));
  for (const [folder, file] of [
    ['keys', 'master.key'],
    ['ca', 'ca.key.pem'],
  ] as const) {
    mkdirSync(join(cwd, '.onetrack', folder), { recursive: true });
    writeFileSync(join(cwd, '.onetrack', folder, file), 'a key');
  }
  database = open();
});
afterAll(async () => {
  await database.close();
  rmSync(cwd, { recursive: true, force: true });
});

function open(): Database {
  const opened = openDatabase(join(cwd, '.onetrack', 'onetrack.db'), {
    keepLog: { hours: 1, onFailure: () => undefined },
  });
  new SqliteDossierStore(opened);
  return opened;
}

async function run(command: Command, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const io = {
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    env: {},
    cwd,
    isTty: false,
  };
  return { code: await command.run(args, io), out, err };
}

test('a backup once, and a restore of it', async () => {
  const made = await run(backupCommand, '--to', 'copy', '--keys-to', 'keys', '--once');
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toMatch(/^\d{4}-\S+Z {2}new generation: there is none yet, log 1 up to byte \d+\n$/);
  const back = await run(restoreCommand, '--from', 'copy', '--data', 'back', '--json');
  expect([back.code, back.err]).toEqual([0, '']);
  expect(JSON.parse(back.out)).toMatchObject({ dossiers: 0, events: 0, faults: [], lastEvent: null });
  expect(existsSync(join(cwd, 'back', 'onetrack.db'))).toBe(true);
});

test('a restore over data, without a copy or of too early an instant says what it expects', async () => {
  expect(await run(restoreCommand, '--from', 'copy', '--data', '.onetrack')).toMatchObject({
    code: 1,
    err: expect.stringContaining('.onetrack: expected an empty folder, so that nothing is written over') as string,
  });
  expect(await run(restoreCommand, '--from', 'nowhere', '--data', 'other')).toMatchObject({
    code: 1,
    err: expect.stringContaining('expected a copy that backup has written') as string,
  });
  expect(await run(restoreCommand, '--from', 'copy', '--data', 'other', '--keys', 'copy')).toMatchObject({
    code: 1,
    err: expect.stringContaining('expected what backup wrote with --keys-to') as string,
  });
  expect(await run(restoreCommand, '--from', 'copy', '--data', 'other', '--at', '2020-01-01T00:00:00Z')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/--at: expected an instant from \S+ on, got 2020-01-01T00:00:00Z/) as string,
  });
});

test.each([
  [backupCommand, [], 'expected --to COPY'],
  [backupCommand, ['--to', 'copy', '--data', 'nowhere'], '--data: expected the folder of a system that has run'],
  [backupCommand, ['--to', '.onetrack/copy'], '--to: expected a folder outside'],
  [backupCommand, ['--to', 'copy', '--keys-to', 'copy/keys'], '--keys-to: expected a folder outside'],
  [restoreCommand, ['--data', 'other'], 'expected --from COPY'],
  [restoreCommand, ['--from', 'copy'], 'expected --data DIR'],
  [restoreCommand, ['--from', 'copy', '--data', 'other', '--at', 'yesterday'], '--at: expected an instant such as'],
])('wrong usage of %p is told', async (command, args, expected) => {
  const { code, err } = await run(command, ...args);
  expect(code).toBe(2);
  expect(err).toContain(expected);
  expect(err).toContain(`usage: onetrack ${command.name}`);
});

test('a server that keeps no log is told, and the copy is left as it is', async () => {
  await database.close();
  const generations = join(cwd, 'copy', 'generations');
  const before = readFileSync(join(cwd, 'copy', 'generations', firstOf(generations), 'times.jsonl'));
  const plain = openDatabase(join(cwd, '.onetrack', 'onetrack.db'));
  const { code, err } = await run(backupCommand, '--to', 'copy', '--once');
  expect(code).toBe(1);
  expect(err).toContain('expected a log that is kept; start the server with --keep-log HOURS');
  await plain.close();
  expect(readFileSync(join(generations, firstOf(generations), 'times.jsonl'))).toEqual(before);
  database = open();
});

function firstOf(folder: string): string {
  return readdirSync(folder)[0] ?? '';
}
