// Starting, watching and measuring the two processes of the Restate yardstick.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface Ports {
  ingress: number;
  admin: number;
  node: number;
}

/** A single-node server on 127.0.0.1 with the server's defaults, but for what is set here; nothing of `RESTATE_*` is inherited. */
export function startServer(folder: string, partitions: number, ports: Ports): ChildProcess {
  return spawn(serverBinary(), ['--no-logo'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...neutralEnvironment(),
      RESTATE_BASE_DIR: join(folder, 'restate'),
      RESTATE_NODE_NAME: 'peer',
      RESTATE_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: '1',
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${ports.node}`,
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${ports.node}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ports.ingress}`,
      RESTATE_INGRESS__ADVERTISED_ADDRESS: `http://127.0.0.1:${ports.ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${ports.admin}`,
      RESTATE_ADMIN__ADVERTISED_ADDRESS: `http://127.0.0.1:${ports.admin}`,
      RESTATE_ADMIN__DISABLE_WEB_UI: 'true',
      RESTATE_DEFAULT_NUM_PARTITIONS: String(partitions),
      RESTATE_LOG_FILTER: 'error,octocrab=off',
      RESTATE_LOG_DISABLE_ANSI_CODES: 'true',
    },
  });
}

/** The service endpoint, in a process of its own; it speaks with the driver over its IPC channel. */
export function startService(folder: string, commit: string): ChildProcess {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return fork(join(import.meta.dirname, 'restate-service.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...neutralEnvironment(),
      PEER_DATABASE: join(folder, 'steps.sqlite'),
      PEER_COMMIT: commit,
      PEER_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      RESTATE_LOGGING: 'ERROR',
    },
  });
}

function neutralEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RESTATE_')));
}

/** Waits until the server answers 200; refuses when it ended before. */
export async function reachable(port: number, path: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    if (server.exitCode !== null)
      throw new Error(`the Restate server ended with ${server.exitCode} before it was ready`);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    if (answer?.ok) return;
    if (performance.now() > deadline) throw new Error(`expected 200 of 127.0.0.1:${port}${path} within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ends a process that was started here and waits for it. */
export function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Three ports that were free a moment ago. */
export async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()];
  const [ingress, admin, node] = await Promise.all(servers.map(listen));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  if (ingress === undefined || admin === undefined || node === undefined) throw new Error('expected three ports');
  return { ingress, admin, node };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('expected a TCP address'));
      else resolve(address.port);
    });
  });
}

function serverBinary(): string {
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/restate-server`);
  } catch {
    throw new Error(`no Restate server for ${process.platform} ${process.arch}: run npm ci in bench/peers first`);
  }
}

/** The pinned version of the server, as package.json names it. */
export function serverVersion(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return `@restatedev/restate-server ${manifest.dependencies['@restatedev/restate-server']}`;
}

/** Sum of the peak resident sizes (VmHWM) of the processes; null where /proc does not tell. */
export function peakRss(processes: ChildProcess[]): number | null {
  const sizes = processes.map(({ pid }) => {
    const status = `/proc/${pid}/status`;
    const kibibytes = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
    return kibibytes === undefined ? NaN : Number(kibibytes) * 1024;
  });
  const sum = sizes.reduce((total, size) => total + size, 0);
  return Number.isNaN(sum) ? null : sum;
}

/** User and system time of a process in seconds, from fields 14 and 15 of proc_pid_stat(5) in ticks of 10 ms; null where /proc does not tell. */
export function processorSeconds({ pid }: ChildProcess): number | null {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return null;
  const fields = readFileSync(stat, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
