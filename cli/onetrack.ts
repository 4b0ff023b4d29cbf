import { COMMANDS } from './commands.ts';
import type { CommandIo } from './command.ts';

const io: CommandIo = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  isTty: process.stdout.isTTY,
};

function usage(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return `onetrack COMMAND\n\n${COMMANDS.map(({ name, usage: rest, summary }) => `  ${name.padEnd(width)}  ${summary}\n  ${''.padEnd(width)}    onetrack ${name} ${rest}`).join('\n')}\n`;
}

/** What the system or the folder refuses, in a sentence; undefined for a defect, which is shown whole. */
function explain(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'DataFolderTaken') return error.message;
  const { code, path, port, syscall } = error as NodeJS.ErrnoException & { port?: number };
  if (syscall === undefined) return undefined;
  if (code === 'EADDRINUSE')
    return `port ${port ?? ''} is taken by another program; choose another with --port, or stop that one`;
  const where = path ?? 'a file';
  const known: Readonly<Record<string, string>> = {
    ENOENT: `${where}: there is no such file or folder`,
    EISDIR: `${where}: expected a file, got a folder`,
    EACCES: `${where}: this user may not read or write it`,
    EPERM: `${where}: this user may not do that`,
    ENOSPC: 'the disk is full',
  };
  return known[code ?? ''];
}

/** Does what the command line asks for; the exit code says how it went: 0 done, 1 refused or failed, 2 not understood. */
export async function onetrack([name, ...args]: readonly string[]): Promise<void> {
  const command = COMMANDS.find((each) => each.name === name);
  if (command) {
    if (args.includes('--help') || args.includes('-h')) {
      io.stdout(`onetrack ${command.name} ${command.usage}\n  ${command.summary}\n`);
    } else {
      process.exitCode = await command.run(args, io).catch((error: unknown) => {
        const told = explain(error);
        if (told === undefined) throw error;
        io.stderr(`onetrack ${command.name}: ${told}\n`);
        return 1 as const;
      });
    }
  } else if (name === undefined || name === 'help' || name === '--help') {
    io.stdout(usage());
    process.exitCode = name === undefined ? 2 : 0;
  } else {
    io.stderr(`onetrack: expected one of ${COMMANDS.map((each) => each.name).join(', ')}; got ${name}\n`);
    process.exitCode = 2;
  }
}
