import { spawn } from 'node:child_process';

export interface Ran {
  /** The last number that it said: how much is behind it. */
  behind: number;
  /** From the first number to the last. */
  seconds: number;
  /** The last line that it said. */
  last: string;
}

/** Runs a script as a process of its own. Where it `counts`, each line says how much is behind it; with `killAfter` it is ended without warning once that is so much. */
export function runStep(
  script: string,
  args: readonly string[],
  { counts = false, killAfter = Infinity } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ran: Ran = { behind: 0, seconds: 0, last: '' };
    let began: number | undefined;
    let rest = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (part: string) => {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        ran.last = line;
        if (!counts) continue;
        began ??= performance.now();
        ran.behind = Number(line);
        ran.seconds = (performance.now() - began) / 1000;
        if (ran.behind >= killAfter) child.kill('SIGKILL');
      }
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 || killAfter !== Infinity) resolve(ran);
      else reject(new Error(`${script} ${args.join(' ')}: expected exit code 0, got ${String(code)}`));
    });
  });
}
