import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface SampleProcess {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a signing service as a child process. It ends when stopped, and by itself when this process is gone. */
export async function spawnSigningService(
  service: 'remote-signer' | 'timestamp-authority',
  options: { dir: string; port?: number; tokens?: { client: string; admin: string } },
): Promise<SampleProcess> {
  const script = fileURLToPath(new URL('./run-signing-service.ts', import.meta.url));
  const { tokens } = options;
  const child = spawn(process.execPath, [script, service, '--dir', options.dir, '--port', String(options.port ?? 0)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...(tokens === undefined
        ? {}
        : { ONETRACK_SIGNER_TOKEN: tokens.client, ONETRACK_SIGNER_ADMIN_TOKEN: tokens.admin }),
    },
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error(`expected the ${service} to listen, it ended`)));
    createInterface({ input: child.stdout }).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
  });
  if (child.pid === undefined) throw new Error(`expected the ${service} to have a process id`);
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  return { url, pid: child.pid, stop };
}
