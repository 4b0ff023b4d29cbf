import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulateCommand } from '../../cli/commands/simulate.ts';

const procedures = fileURLToPath(new URL('../../workflows/procedures', import.meta.url));
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'onetrack-simulate-'));
  cpSync(procedures, cwd, { recursive: true });
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const io = {
    stdout: (text: string) => void (written.stdout += text),
    stderr: (text: string) => void (written.stderr += text),
    env: {},
    cwd,
    isTty: false,
  };
  return { code: await simulateCommand.run(args, io), ...written };
}

describe('onetrack simulate', () => {
  it.each([
    [[], 'expected one procedure'],
    [['library-card.yaml', '--dossiers', '0'], '--dossiers: expected a whole number from 1 on, got 0'],
    [['library-card.yaml', '--seed', 'x'], '--seed: expected a whole number from 0 on, got x'],
    [['nowhere.yaml'], 'expected a readable procedure with scenarios beside it'],
  ])('says how it is used when asked %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('leads each dossier to its end, the same way for the same seed', async () => {
    const first = await run('library-card.yaml', '--dossiers', '2', '--seed', '11', '--json');
    expect(first.code).toBe(0);
    const { courses } = JSON.parse(first.stdout) as { courses: { end: string; seed: number; steps: string[] }[] };
    expect(courses.map(({ end, seed }) => [end, seed])).toEqual([
      ['closed', 11],
      ['closed', 12],
    ]);
    const again = await run('library-card.yaml', '--dossiers', '1', '--seed', '12', '--json');
    expect((JSON.parse(again.stdout) as { courses: unknown[] }).courses[0]).toEqual(courses[1]);
  });

  it('finds where a procedure comes to a stand, and names the seed that shows it', async () => {
    const file = join(cwd, 'library-card.yaml');
    const sound = readFileSync(file, 'utf8');
    const faulty = sound.replace(/(\n {2}approve:\n)/, '$1    when: form.pages > 0\n');
    expect(faulty).not.toBe(sound);
    writeFileSync(file, faulty);
    const form = join(cwd, 'forms/library-card.json');
    const { properties, ...rest } = JSON.parse(readFileSync(form, 'utf8')) as { properties: object };
    writeFileSync(form, JSON.stringify({ ...rest, properties: { ...properties, pages: { type: 'integer' } } }));
    const { code, stdout } = await run('library-card.yaml', '--dossiers', '1', '--seed', '11');
    expect(code).toBe(1);
    expect(stdout).toContain('parked        seed 11');
    expect(stdout).toContain('NothingToDecideBy');
  });
});
