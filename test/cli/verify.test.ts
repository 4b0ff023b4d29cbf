import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyCommand } from '../../cli/commands/verify.ts';
import { type EvidenceOffice, flip, open, openEvidenceOffice, pack } from '../builders/evidence.ts';
import { runCommand } from '../builders/run-command.ts';

let office: EvidenceOffice;
let dir: string;

beforeAll(async () => {
  office = await openEvidenceOffice();
  dir = mkdtempSync(join(tmpdir(), 'onetrack-verify-'));
  const archive = await office.pack(await office.play(2));
  writeFileSync(join(dir, 'evidence.zip'), archive);
  writeFileSync(join(dir, 'changed.zip'), pack(flip(open(archive), 'result/receipt-1.pdf', 4711)));
  writeFileSync(join(dir, 'ca.pem'), office.stage.machine.pki.rootPem);
});
afterAll(async () => {
  await office.close();
  rmSync(dir, { recursive: true, force: true });
});

const run = (...args: string[]) => runCommand(verifyCommand, args, dir);

describe('onetrack verify', () => {
  it('refuses a package whose origin it is not told to trust, and says so', async () => {
    const { code, out } = await run('evidence.zip');
    expect(code).toBe(1);
    expect(out).toContain('REFUSED  --trust: origin-not-checked');
    expect(out).toContain('its origin was NOT checked');
  });

  it('refuses a changed package even without an origin, naming the file', async () => {
    const { code, out } = await run('changed.zip');
    expect(code).toBe(1);
    expect(out).toContain('REFUSED  result/receipt-1.pdf: wrong-digest');
  });

  it('refuses a changed package, naming the file, in JSON too', async () => {
    const { code, out } = await run('changed.zip', '--trust', 'ca.pem', '--json');
    expect(code).toBe(1);
    const verdict = JSON.parse(out) as { ok: boolean; faults: { place: string }[] };
    expect([verdict.ok, verdict.faults[0]?.place]).toEqual([false, 'result/receipt-1.pdf']);
  });

  it('refuses a usage that names no package, two, or one that is not there', async () => {
    expect((await run()).code).toBe(2);
    expect((await run('evidence.zip', 'changed.zip')).code).toBe(2);
    expect((await run('nowhere.zip')).code).toBe(2);
    const { code, err } = await run('evidence.zip', '--trust', 'evidence.zip');
    expect(code).toBe(2);
    expect(err).toContain('usage: onetrack verify');
  });

  it('says of a package that holds what was checked', async () => {
    const { code, out } = await run('evidence.zip', '--trust', 'ca.pem');
    expect(code).toBe(0);
    expect(out).toMatch(/^HOLDS {4}dossier d[0-9a-z]{26}$/m);
    expect(out).toMatch(/signed +result\/receipt-1\.pdf/);
    expect(out).toMatch(/time-stamps +\d+ by .*Time-stamp authority/);
  });
});
