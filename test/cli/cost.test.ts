import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costCommand } from '../../cli/commands/cost.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'onetrack-cost-'));
  for (const file of ['bench.yaml', 'bench.counts.json']) cpSync(join(ROOT, 'bench', file), join(cwd, file));
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text) };
  const code = await costCommand.run(args, { ...io, env: {}, cwd, isTty: false });
  return { code, out, err };
}

describe('onetrack cost', () => {
  it('refuses wrong usage with 2', async () => {
    for (const args of [
      [],
      ['bench.yaml'],
      ['bench.yaml', '--dossiers', '0'],
      ['bench.yaml', '--dossiers', 'many'],
      ['bench.yaml', 'bench.yaml', '--dossiers', '1'],
      ['nowhere.yaml', '--dossiers', '1'],
      ['bench.yaml', '--dossiers', '1', '--prices', 'nowhere.yaml'],
    ]) {
      const { code, err } = await run(...args);
      expect([args, code, err.length > 0]).toEqual([args, 2, true]);
    }
  });

  it('refuses with 1 what was never measured, or measured of another text', async () => {
    const text = readFileSync(join(cwd, 'bench.yaml'), 'utf8');
    writeFileSync(join(cwd, 'unmeasured.yaml'), text);
    expect(await run('unmeasured.yaml', '--dossiers', '1')).toMatchObject({
      code: 1,
      err: expect.stringContaining('never measured') as string,
    });
    writeFileSync(join(cwd, 'changed.yaml'), text.replace('workingDays: 3', 'workingDays: 4'));
    const changed = await run('changed.yaml', '--dossiers', '1', '--counts', 'bench.counts.json', '--json');
    expect([changed.code, JSON.parse(changed.out)]).toMatchObject([
      1,
      { ok: false, refusal: { detail: expect.stringContaining('another text') as string } },
    ]);
    writeFileSync(join(cwd, 'broken.json'), '{');
    expect((await run('bench.yaml', '--dossiers', '1', '--counts', 'broken.json')).code).toBe(1);
    writeFileSync(join(cwd, 'prices.yaml'), 'region: x');
    expect((await run('bench.yaml', '--dossiers', '1', '--prices', 'prices.yaml')).code).toBe(1);
  });

  it('tells each item, the sum, and which prices are from memory', async () => {
    const { code, out } = await run('bench.yaml', '--dossiers', '1000');
    expect(code).toBe(0);
    expect(out).toMatch(/Step Functions Standard, state transitions +10\.0 +\$0\.0002500\n/);
    expect(out).toContain('price from memory: check it');
    const json = JSON.parse((await run('bench.yaml', '--dossiers', '1000', '--json')).out) as {
      perDossier: number;
      total: number;
      items: { usd: number }[];
    };
    expect(json.total).toBeCloseTo(1000 * json.perDossier, 9);
    expect(json.items).toHaveLength(12);
    expect(out).toContain(`one dossier $${json.perDossier.toFixed(6)}, 1000 dossiers $${json.total.toFixed(2)}`);
  });
});
