import type { Command } from '../../cli/command.ts';

/** Runs a command as the command line does, in this folder; without `env` with no environment. */
export async function runCommand(
  command: Command,
  args: string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const io = {
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    env,
    cwd,
    isTty: false,
  };
  return { code: await command.run(args, io), out, err };
}
