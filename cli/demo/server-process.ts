import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  url: string;
  signerUrl: string;
  pid: number;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to shut down cleanly. */
  stop(): Promise<void>;
}

/** Starts `onetrack serve --json` as a process of its own, so that it can be killed. */
export async function startServer(dir: string, port: number): Promise<ServerProcess> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'serve', '--json', '--data', dir, '--port', String(port)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const said = await firstLine(child, ended);
  return {
    url: said['url'] ?? '',
    signerUrl: said['signer'] ?? '',
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function firstLine(child: ChildProcess, ended: Promise<void>): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => {
      reject(new Error('expected the server to listen, it ended'));
    });
    if (child.stdout)
      createInterface({ input: child.stdout }).once('line', (line) =>
        resolve(JSON.parse(line) as Record<string, string>),
      );
  });
}
