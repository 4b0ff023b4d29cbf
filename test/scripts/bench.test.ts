import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../bench/report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('the benchmark drives every dossier to its end, in process and through HTTP, whatever the time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-bench-test-'));
  try {
    const json = join(folder, 'report.json');
    const args = ['bench/main.ts', '--dossiers', '10', '--concurrency', '2', '--json', json, '--folder', folder];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'pipe' });
    const { figures } = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(figures).toMatchObject([
      { mode: 'in-process', dossiers: 10, events: 14, signatures: 15 },
      { mode: 'http', dossiers: 10, events: 14, signatures: 15 },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
