import { tmpdir } from 'node:os';
import type { Command } from '../../../cli/command.ts';
import { rebuildCommand } from '../../../cli/commands/rebuild.ts';
import type { RebuildAnswer } from '../../../schemas/api.ts';
import type { DeployedStack } from './target.ts';

/** `onetrack rebuild` to its end. */
export async function rebuildAll(stack: DeployedStack): Promise<RebuildAnswer> {
  return JSON.parse(await run(stack, rebuildCommand, ['--json'], tmpdir())) as RebuildAnswer;
}

/** One command, given as administrator. Answers what it printed; throws unless it exits with 0. */
export async function run(stack: DeployedStack, command: Command, args: string[], cwd: string): Promise<string> {
  let out = '';
  let err = '';
  const token = await stack.token({ subject: 'administrator', role: 'admin' });
  const code = await command.run(args, {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    env: { ONETRACK_URL: stack.api.url, ONETRACK_TOKEN: token },
    cwd,
    isTty: false,
  });
  if (code !== 0) throw new Error(`onetrack ${command.name}: expected exit 0, got ${code}: ${err}`);
  return out;
}
