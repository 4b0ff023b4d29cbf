import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetrack-main-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(args: string[], compiled: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', MAIN, ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    },
  );
  return { status, stdout, stderr };
}

describe('the command line', () => {
  it('keeps what it has compiled for the next command', () => {
    const compiled = join(folder, 'compiled');
    expect(run(['help'], compiled)).toMatchObject({ status: 0, stderr: '' });
    const [kept = ''] = readdirSync(compiled);
    expect(readdirSync(join(compiled, kept)).length).toBeGreaterThan(100);
    expect(run(['help'], compiled)).toMatchObject({ status: 0, stderr: '' });
  }, 120_000);

  it('works where nothing can be kept', () => {
    const taken = join(folder, 'a-file');
    writeFileSync(taken, '');
    const { status, stdout } = run(['help'], join(taken, 'compiled'));
    expect(status).toBe(0);
    expect(stdout).toContain('onetrack COMMAND');
  }, 120_000);

  it('says what it expected where a command is not known', () => {
    const { status, stderr } = run(['paper'], join(folder, 'compiled'));
    expect(status).toBe(2);
    expect(stderr).toContain('expected one of serve, demo');
  }, 120_000);
});
