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

const [name, ...args] = process.argv.slice(2);
const command = COMMANDS.find((each) => each.name === name);
if (command) {
  process.exitCode = await command.run(args, io);
} else if (name === undefined || name === 'help' || name === '--help') {
  io.stdout(usage());
  process.exitCode = name === undefined ? 2 : 0;
} else {
  io.stderr(`onetrack: expected one of ${COMMANDS.map((each) => each.name).join(', ')}; got ${name}\n`);
  process.exitCode = 2;
}
