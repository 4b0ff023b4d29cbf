/** What a command writes to and reads from; handed in, so that a command can be run in a test. */
export interface CommandIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly isTty: boolean;
}

/** 0 done, 1 refused with the reason, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** One command of `onetrack`. */
export interface Command {
  readonly name: string;
  /** What stands behind the name: `PROCEDURE.yaml --received INSTANT`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  run(args: string[], io: CommandIo): Promise<ExitCode>;
}
