import { compileCommand } from '../../cli/commands/compile.ts';
import { diagramCommand } from '../../cli/commands/diagram.ts';
import { lintCommand } from '../../cli/commands/lint.ts';
import type { Command } from '../../cli/command.ts';

const cwd = new URL('../..', import.meta.url).pathname;

async function run(command: Command, args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io = {
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    env: {},
    cwd,
    isTty: false,
  };
  const code = await command.run(args, io);
  return { code, out, err };
}

const COMMANDS = [lintCommand, compileCommand, diagramCommand].map((command) => [command.name, command] as const);

describe('the commands on a procedure', () => {
  it('draw what dossiers a stage opens, and after what', async () => {
    const { code, out } = await run(diagramCommand, ['workflows/procedures/newborn.yaml']);
    expect(code).toBe(0);
    expect(out).toContain('birth: birth-registration<br/>residence: newborn-residence, after birth<br/>');
    expect(out).toContain('idCard: newborn-id-card, after residence, not awaited"]');
  });

  it.each(COMMANDS)('%s refuses wrong usage with 2', async (name, command) => {
    for (const args of [[], ['a.yaml', 'b.yaml'], ['--colour', 'a.yaml'], ['nowhere.yaml']]) {
      const { code, err } = await run(command, args);
      expect([code, err.length > 0]).toEqual([2, true]);
    }
    const more = name === 'lint' ? ' [--organisation FILE]' : '';
    expect((await run(command, [])).err).toBe(`usage: onetrack ${name} PROCEDURE.yaml [--json]${more}\n`);
  });

  it('lint knows the units of an organisation whose file it is given', async () => {
    const procedure = 'workflows/procedures/social-allowance.yaml';
    const known = ['--organisation', 'workflows/sample-organisation.yaml'];
    expect(await run(lintCommand, [procedure, ...known])).toMatchObject({ code: 0, err: '' });
    const refused = await run(lintCommand, [
      'test/functions/issues/given.yaml',
      '--organisation',
      'test/cli/small-organisation.yaml',
    ]);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(
      /^test\/functions\/issues\/given\.yaml:\d+:\d+: unknown-unit at issues\.letter\.to\[1\]: .*; expected repository, post, or .*, found bhxh-dong-anh\n$/,
    );
    expect(await run(lintCommand, [procedure, '--organisation', 'nowhere.yaml'])).toMatchObject({ code: 2 });
    expect(await run(lintCommand, [procedure, '--organisation', 'package.json'])).toMatchObject({ code: 1, out: '' });
    for (const command of [compileCommand, diagramCommand])
      expect(await run(command, [procedure, ...known])).toMatchObject({ code: 2 });
  });

  it.each(COMMANDS)(
    '%s refuses a file that is no procedure with 1, its place and its reason',
    async (_name, command) => {
      const refused = await run(command, ['package.json']);
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.err).toMatch(/^package\.json:\d+:\d+: /);
      const json = await run(command, ['package.json', '--json']);
      const { ok, problems } = JSON.parse(json.out) as { ok: boolean; problems: unknown[] };
      expect(ok).toBe(false);
      expect(problems[0]).toMatchObject({ file: 'package.json', rule: 'missing-field' });
    },
  );

  it('lint says what this release does not run', async () => {
    const told = await run(lintCommand, ['test/workflows/fixtures/workshop-permit.yaml', '--json']);
    expect(told.code).toBe(0);
    expect(JSON.parse(told.out)).toMatchObject({
      ok: true,
      procedures: ['workshop-permit 2.1.0'],
      later: [{ path: 'stages.posting.publish' }, { path: 'stages.posting.objections' }],
    });
  });

  it('compile prints a state machine', async () => {
    const { code, out } = await run(compileCommand, ['workflows/procedures/library-card.yaml']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ StartAt: 'router' });
    const json = await run(compileCommand, ['workflows/procedures/library-card.yaml', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ ok: true, machines: [{ definition: { StartAt: 'router' } }] });
  });

  it('diagram draws every stage and outcome', async () => {
    const { code, out } = await run(diagramCommand, ['bench/bench.yaml']);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'flowchart TD',
        '  s_receive["receive<br/>receive, system"]',
        '  s_receive -->|"accepted"| s_verify',
        '  s_verify["verify<br/>verify, system"]',
        '  s_verify -->|"valid"| s_approve',
        '  s_approve["approve<br/>approve, approver"]',
        '  s_approve -->|"approved"| s_sign',
        '  s_approve -->|"rejected"| s_refuse',
        '  s_sign["sign<br/>sign, system"]',
        '  s_sign -->|"signed"| s_granted',
        '  s_granted["granted<br/>notify = granted"]',
        '  s_granted --> s_end([end])',
        '  s_refuse["refuse<br/>sign, system"]',
        '  s_refuse -->|"signed"| s_refused',
        '  s_refused["refused<br/>notify = refused"]',
        '  s_refused --> s_end([end])',
        '',
      ].join('\n'),
    );
  });
});
