import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandIo } from '../../cli/command.ts';
import { testCommand } from '../../cli/commands/test.ts';

const procedures = fileURLToPath(new URL('../../workflows/procedures', import.meta.url));
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'onetrack-test-command-'));
  cpSync(procedures, cwd, { recursive: true });
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const io: CommandIo = {
    stdout: (text) => void (written.stdout += text),
    stderr: (text) => void (written.stderr += text),
    env: {},
    cwd,
    isTty: false,
  };
  return { code: await testCommand.run(args, io), ...written };
}

function writeScenarios(steps: string): void {
  const text = `scenario: a story
procedure: library-card
given: { form: fixtures/library-card.json, at: 2026-11-23T10:00+07:00, unit: thu-lam, documents: [portrait] }
do:
${steps}`;
  writeFileSync(join(cwd, 'library-card.scenarios.yaml'), text);
}

describe('onetrack test', () => {
  it('says how it is used when it is used wrongly', async () => {
    expect(await run()).toMatchObject({ code: 2, stdout: '' });
    expect(await run('library-card.yaml', '--fast')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('nowhere.yaml')).toMatchObject({ code: 2, stdout: '' });
  });

  it('refuses a scenario that cannot be read, at its line', async () => {
    writeScenarios('  - verify: valid\n    perhaps: true\n');

    const { code, stderr } = await run('library-card.yaml');

    expect(code).toBe(1);
    expect(stderr).toContain('library-card.scenarios.yaml:6:14');
  });

  it('fails at the line where the dossier goes otherwise than told, and says how', async () => {
    writeScenarios('  - receive: accepted\n  - expect: { stage: approve, due: 2026-11-26 }\n');

    const { code, stdout } = await run('library-card.yaml');

    expect(code).toBe(1);
    expect(stdout).toContain('FAILS  a story');
    expect(stdout).toContain('library-card.scenarios.yaml:6:22: stage: expected "approve", found "verify"');
    expect(stdout).toContain('due: expected "2026-11-26", found "2026-11-27"');
    expect(stdout).toContain('0 of 1 scenarios hold');
  });

  it('judges how a date comes about: state, hour, measure, and what the sentences say in their order', async () => {
    const after = (...says: string[]) => `  - receive: accepted
  - expect: { deadline: { state: due, due: 2026-11-27, dueAt: 2026-11-27T17:00+07:00, provisional: false, says: [Vietnam Culture Day, 3 working days] } }
  - verify: incomplete
    comment: a portrait that can be recognised
    missing: [portrait]
  - expect: { deadline: { state: stopped, due: none, says: [tạm dừng, bổ sung hồ sơ] } }
  - pass: { workingDays: 1 }
  - answer: answered
    documents: [portrait]
  - expect: { deadline: { due: 2026-11-30, measured: 2026-11-30, says: [${says.join(', ')}] } }
`;
    writeScenarios(after('completion of the dossier', 'starts again from zero (completion of the dossier)'));
    expect(await run('library-card.yaml')).toMatchObject({ code: 0 });

    writeScenarios(after('starts again from zero', 'Vietnam Culture Day'));
    const { code, stdout } = await run('library-card.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('deadline.says[1]: expected "Vietnam Culture Day", found ["');

    writeScenarios(
      '  - receive: accepted\n  - expect: { deadline: { state: stopped, dueAt: 2026-11-27T16:59+07:00 } }\n',
    );
    const wrong = await run('library-card.yaml');
    expect(wrong.stdout).toContain('deadline.state: expected "stopped", found "due"');
    expect(wrong.stdout).toContain('deadline.dueAt: expected "2026-11-27T16:59+07:00", found "2026-11-27T10:00:00Z"');
  });

  it('says of a step at a stage that is not open where the dossier stands', async () => {
    writeScenarios('  - receive: accepted\n  - approve: approved\n');
    const open = await run('library-card.yaml');
    expect(open).toMatchObject({ code: 1 });
    expect(open.stdout).toContain('expected open work at approve; the dossier stands at verify');

    writeScenarios('  - withdraw: enough\n  - receive: accepted\n  - approve: approved\n');
    expect((await run('library-card.yaml')).stdout).not.toContain('expected a task that exists');
    writeScenarios('  - withdraw: enough\n  - approve: approved\n');
    expect((await run('library-card.yaml')).stdout).toContain('expected open work at approve; the dossier is closed');
  });

  it('writes the papers that a scenario comes to, as far as they have come', async () => {
    writeScenarios('  - receive: accepted\n  - verify: valid\n  - approve: approved\n');

    const { code } = await run('library-card.yaml', '--papers', 'out');

    const made = readdirSync(join(cwd, 'out', 'a story')).sort();
    expect(made).toEqual(['card.pdf', 'receipt.pdf']);
    const [card, receipt] = made.map((name) => readFileSync(join(cwd, 'out', 'a story', name), 'latin1'));
    expect(card).toMatch(/^%PDF-1\.7/);
    // The receipt is sealed, the card waits for its signatures.
    expect(receipt).toContain('/ByteRange');
    expect(card).not.toContain('/ByteRange');
    expect(code).toBe(0);
  });

  it('says where papers cannot be written', async () => {
    writeScenarios('  - receive: accepted\n');
    writeFileSync(join(cwd, 'taken'), '');

    const { code, stderr } = await run('library-card.yaml', '--papers', 'taken');

    expect(code).toBe(2);
    expect(stderr).toContain('--papers: expected a folder that can be written to');
  });

  it('fails where something is done that was to be refused, or refused that was to be done', async () => {
    writeScenarios('  - receive: accepted\n    refused: wrong-role\n');
    const done = await run('library-card.yaml');
    writeScenarios('  - receive: accepted\n    by: clerk\n');
    const refused = await run('library-card.yaml');

    expect(done.stdout).toContain(':5:5: expected it to be refused (wrong-role), it was done');
    expect(refused.stdout).toContain(':5:5: refused: wrong-role');
  });

  it('tells as JSON what held and which outcomes no scenario takes', async () => {
    writeScenarios('  - receive: accepted\n');

    const { code, stdout } = await run('library-card.yaml', '--json');

    const report = JSON.parse(stdout) as { passed: number; failed: number; untold: string[] };
    expect(code).toBe(0);
    expect(report).toMatchObject({ passed: 1, failed: 0 });
    expect(report.untold).toContain('verify.invalid');
    expect(report.untold).not.toContain('receive.accepted');
  });
});
