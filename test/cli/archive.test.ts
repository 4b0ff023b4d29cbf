import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveCommand } from '../../cli/commands/archive.ts';
import { type EvidenceOffice, flip, open, openEvidenceOffice, pack } from '../builders/evidence.ts';
import { runCommand } from '../builders/run-command.ts';

let office: EvidenceOffice;
let dir: string;
let id: string;
beforeAll(async () => {
  office = await openEvidenceOffice();
  dir = mkdtempSync(join(tmpdir(), 'onetrack-archive-'));
  id = await office.play(2);
  const archive = await office.pack(id);
  writeFileSync(join(dir, 'evidence.zip'), archive);
  writeFileSync(join(dir, 'changed.zip'), pack(flip(open(archive), 'result/receipt-1.pdf', 4711)));
  writeFileSync(join(dir, 'ca.pem'), office.stage.machine.pki.rootPem);
}, 120_000);
afterAll(async () => {
  await office.close();
  rmSync(dir, { recursive: true, force: true });
});

const run = (...args: string[]) => runCommand(archiveCommand, args, dir);

let bags = 0;
async function bag(): Promise<string> {
  const name = `bag-${(bags += 1)}`;
  const { code, err } = await run('export', 'evidence.zip', '--to', name, '--trust', 'ca.pem');
  if (code !== 0) throw new Error(err);
  return name;
}

/** A bag somebody changed. */
async function changed(path: string, edit: (before: string) => string): Promise<string> {
  const name = await bag();
  const file = join(dir, name, path);
  chmodSync(file, 0o600);
  writeFileSync(file, edit(readFileSync(file, 'latin1')), 'latin1');
  return name;
}

describe('onetrack archive export', () => {
  it('refuses a package that does not hold, one that is none, and a place that is taken', async () => {
    expect(await run('export', 'changed.zip', '--to', 'x')).toMatchObject({ code: 1 });
    expect((await run('export', 'changed.zip', '--to', 'x', '--trust', 'ca.pem')).err).toContain(
      'result/receipt-1.pdf',
    );
    expect(await run('export', 'ca.pem', '--to', 'x')).toMatchObject({ code: 1 });
    expect(existsSync(join(dir, 'x'))).toBe(false);
    const name = await bag();
    expect((await run('export', 'evidence.zip', '--to', name)).err).toContain('not there yet');
  });

  it('is used as it says', async () => {
    for (const args of [
      [],
      ['export'],
      ['export', 'evidence.zip'],
      ['move', 'evidence.zip', '--to', 'x'],
      ['import', 'nowhere', '--to', 'x'],
    ])
      expect((await run(...args)).code).toBe(2);
    expect((await run('import', 'evidence.zip', '--to', 'x')).err).toContain('--trust');
  });

  it('writes a bag by RFC 8493: each file with its SHA-256, the manifests too, nobody may change it', async () => {
    const name = await bag();
    const read = (path: string): string => readFileSync(join(dir, name, path), 'utf8');
    expect(read('bagit.txt')).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    expect(read('bag-info.txt')).toContain(`External-Identifier: ${id}\n`);
    expect(read('tagmanifest-sha256.txt').split('\n')).toHaveLength(4);
    expect(read('manifest-sha256.txt')).toMatch(/^[0-9a-f]{64} {2}data\/events\.jsonl$/m);
    expect(statSync(join(dir, name, 'data/events.jsonl')).mode & 0o222).toBe(0);
    const { out } = await run('export', 'evidence.zip', '--to', 'as-json', '--json');
    expect(JSON.parse(out)).toMatchObject({ ok: true, dossier: id, erased: false });
  });
});

describe('onetrack archive import', () => {
  it.each([
    [
      'a bit of the payload',
      'data/events.jsonl',
      (text: string) => text.replace('DossierSubmitted', 'DossierSubmittex'),
    ],
    ['a digest', 'manifest-sha256.txt', (text: string) => text.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))],
    ['a line of the manifest', 'manifest-sha256.txt', (text: string) => text.split('\n').slice(1).join('\n')],
    ['the version', 'bagit.txt', (text: string) => text.replace('1.0', '0.9')],
    ['what it says of itself', 'bag-info.txt', (text: string) => text.replace('onetrack', 'somebody')],
    ['the manifest of tags', 'tagmanifest-sha256.txt', (text: string) => text.replace('bagit.txt', 'bag.txt')],
  ])('refuses a bag of which %s was changed, and keeps nothing', async (_, path, edit) => {
    const { code, err } = await run('import', await changed(path, edit), '--to', 'kept-none', '--trust', 'ca.pem');
    expect({ code, refused: err.startsWith('REFUSED') }).toEqual({ code: 1, refused: true });
    expect(existsSync(join(dir, 'kept-none', id))).toBe(false);
  });

  it('trusts no authority that the package itself brings along', async () => {
    const { code, err } = await run('import', await bag(), '--to', 'kept-none', '--trust', 'evidence.zip');
    expect([code, err]).toEqual([2, expect.stringContaining('expected PEM, got a binary file') as string]);
  });

  it('refuses a whole bag of a record that is not of an authority that is trusted, and one with a link in it', async () => {
    const other = await openEvidenceOffice();
    writeFileSync(join(dir, 'other.pem'), other.stage.machine.pki.rootPem);
    await other.close();
    const { code, err } = await run('import', await bag(), '--to', 'kept-none', '--trust', 'other.pem');
    expect([code, err]).toEqual([1, expect.stringContaining('a record key of a trusted origin') as string]);
    const linked = await bag();
    symlinkSync('/etc/passwd', join(dir, linked, 'data', 'link'));
    expect((await run('import', linked, '--to', 'kept-none', '--trust', 'ca.pem')).err).toContain(
      'expected a plain file',
    );
  }, 60_000);

  it('keeps a record with a receipt, once, goes on where it was cut off, and takes what continues it', async () => {
    const name = await bag();
    // As if an earlier import had been cut off.
    cpSync(join(dir, name), join(dir, 'kept', id, `${lastOf(name)}.part`), { recursive: true });
    const first = await run('import', name, '--to', 'kept', '--trust', 'ca.pem', '--json');
    const said = JSON.parse(first.out) as { digest: string };
    expect(said).toMatchObject({
      ok: true,
      dossier: id,
      already: false,
      authorities: [expect.stringContaining('Time-stamp')],
    });
    expect(readdirSync(join(dir, 'kept', id))).toEqual([lastOf(name)]);
    const again = await run('import', name, '--to', 'kept', '--trust', 'ca.pem', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ ok: true, already: true, digest: said.digest });
    const listed = await run('list', 'kept');
    expect(listed.out).toContain(`${said.digest}\n1 kept, all whole`);
    const file = join(dir, 'kept', id, lastOf(name), 'bag/data/README.txt');
    chmodSync(file, 0o600);
    writeFileSync(file, 'rotten');
    expect((await run('list', 'kept')).err).toContain('data/README.txt');
  });

  it('refuses a record that contradicts the one that is kept', async () => {
    const name = await bag();
    expect((await run('import', name, '--to', 'kept-two', '--trust', 'ca.pem')).code).toBe(0);
    const events = join(dir, 'kept-two', id, lastOf(name), 'bag/data/events.jsonl');
    chmodSync(events, 0o600);
    writeFileSync(events, readFileSync(events, 'utf8').replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${'a'.repeat(64)}"`));
    const { code, err } = await run('import', name, '--to', 'kept-two', '--trust', 'ca.pem');
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('data/events.jsonl line 1: expected the record that is kept') as string,
    ]);
  });
});

function lastOf(name: string): string {
  const lines = readFileSync(join(dir, name, 'data/events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return String(lines.length).padStart(6, '0');
}
