import type { Command } from './command.ts';
import { archiveCommand } from './commands/archive.ts';
import { backupCommand } from './commands/backup.ts';
import { calendarCommand } from './commands/calendar.ts';
import { compileCommand } from './commands/compile.ts';
import { connectorCommand } from './commands/connector.ts';
import { csrCommand } from './commands/csr.ts';
import { costCommand } from './commands/cost.ts';
import { deadlineCommand } from './commands/deadline.ts';
import { demoCommand } from './commands/demo.ts';
import { deployCommand } from './commands/deploy.ts';
import { diagramCommand } from './commands/diagram.ts';
import { importCommand } from './commands/import.ts';
import { lintCommand } from './commands/lint.ts';
import { rebuildCommand } from './commands/rebuild.ts';
import { restoreCommand } from './commands/restore.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { testCommand } from './commands/test.ts';
import { tokenCommand } from './commands/token.ts';
import { verifyCommand } from './commands/verify.ts';

/** The commands of `onetrack`, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  serveCommand,
  demoCommand,
  lintCommand,
  compileCommand,
  diagramCommand,
  testCommand,
  simulateCommand,
  costCommand,
  deadlineCommand,
  deployCommand,
  importCommand,
  calendarCommand,
  connectorCommand,
  rebuildCommand,
  backupCommand,
  restoreCommand,
  verifyCommand,
  archiveCommand,
  tokenCommand,
  csrCommand,
];
