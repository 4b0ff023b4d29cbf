import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface SampleProcess {
  url: string;
  pid: number;
  /** Everything the process said of itself when it listened. */
  said: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts a signing service as a child process. It ends when stopped, and by itself when this process is gone. */
export function spawnSigningService(
  service: 'remote-signer' | 'timestamp-authority',
  options: { dir: string; port?: number; tokens?: { client: string; admin: string } },
): Promise<SampleProcess> {
  const { tokens } = options;
  const env = tokens && { ONETRACK_SIGNER_TOKEN: tokens.client, ONETRACK_SIGNER_ADMIN_TOKEN: tokens.admin };
  return spawnSample(
    'run-signing-service.ts',
    [service, '--dir', options.dir, '--port', String(options.port ?? 0)],
    env ?? {},
  );
}

/** Starts the sample registries and the payment service, which tells the platform of payments at `webhook`. */
export function spawnAgencySystems(options: {
  dir: string;
  port?: number;
  paymentPort?: number;
  webhook: string;
  secret: string;
  /** With what the registers are asked. */
  registerSecret: string;
}): Promise<SampleProcess> {
  const { dir, port = 0, paymentPort = 0, webhook, secret, registerSecret } = options;
  return spawnSample(
    'run-agency-systems.ts',
    ['--dir', dir, '--port', String(port), '--payment-port', String(paymentPort), '--webhook', webhook],
    { ONETRACK_PAYMENT_SECRET: secret, ONETRACK_REGISTER_SECRET: registerSecret },
  );
}

async function spawnSample(
  script: string,
  args: string[],
  env: Readonly<Record<string, string>>,
): Promise<SampleProcess> {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const said = await new Promise<Record<string, string>>((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error(`expected ${script} to listen, it ended`)));
    createInterface({ input: child.stdout }).once('line', (line) =>
      resolve(JSON.parse(line) as Record<string, string>),
    );
  });
  const { url } = said;
  if (child.pid === undefined || url === undefined) throw new Error(`expected ${script} to say where it listens`);
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  return { url, pid: child.pid, said, stop };
}
