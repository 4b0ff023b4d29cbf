import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFolder } from '../../cli/archive-folder.ts';
import { bagOf } from '../../functions/archive/bag.ts';

/* BagIt as the Library of Congress has written it. scripts/oracles.sh installs it; in CI a missing one is a failure. */
const python = join(process.env['ONETRACK_ORACLES'] ?? join(homedir(), '.cache', 'onetrack'), 'bagit/bin/python');
const judged = existsSync(python) || process.env['CI'] === 'true' ? describe : describe.skip;
if (judged === describe.skip)
  process.stderr.write('bagit is missing: its judgement is skipped (scripts/oracles.sh installs it)\n');

judged('a bag', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-bag-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  const validate = (bag: string) => spawnSync(python, ['-m', 'bagit', '--validate', '--quiet', bag]).status;
  const payload = new Map([
    ['events.jsonl', Buffer.from('{}\n')],
    ['documents/a.pdf', Buffer.from('%PDF-1.7')],
    ['README.txt', Buffer.from('Hồ sơ')],
  ]);
  const ours = (): string => {
    const bag = join(dir, 'bag');
    writeFolder(bag, bagOf(payload, { dossier: 'd1', procedure: 'library-card@1.0.0', date: '2026-11-16' }));
    return bag;
  };

  it('of ours is valid to bagit, and is not once a byte is another or a file is gone', () => {
    expect(validate(ours())).toBe(0);
    const file = join(dir, 'bag/data/events.jsonl');
    chmodSync(file, 0o600);
    writeFileSync(file, '{ }');
    expect(validate(join(dir, 'bag'))).not.toBe(0);
    rmSync(file);
    expect(validate(join(dir, 'bag'))).not.toBe(0);
  });

  it('lists what bagit lists, by the same digests', () => {
    const theirs = join(dir, 'theirs');
    writeFolder(theirs, payload);
    execFileSync('chmod', ['-R', 'u+w', theirs]);
    execFileSync(python, ['-m', 'bagit', '--quiet', '--sha256', theirs]);
    const lines = (bag: string) =>
      readFileSync(join(bag, 'manifest-sha256.txt'), 'utf8').trimEnd().split('\n').toSorted();
    expect(lines(ours())).toEqual(lines(theirs));
  });
});
