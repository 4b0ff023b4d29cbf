import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { freePort } from '../../../embedded/free-port.ts';

const python = join(process.env['ONETRACK_ORACLES'] ?? join(homedir(), '.cache', 'onetrack'), 'ministack/bin/python');

/** Whether scripts/ministack.sh has installed it. */
export const hasMiniStack = existsSync(python);

export const REGION = 'ap-southeast-1';

/** An AWS of its own on this machine, empty at the start. */
export interface MiniStack {
  url: string;
  pid: number;
  /** Credentials of an account: any twelve digits name one, and what lies in it is seen by no other. Addresses that are signed are held to this secret. */
  account(id: string): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** What it has written, the latest last. */
  log(): string;
  stop(): Promise<void>;
}

export interface MiniStackOptions {
  /** By what the waits of Wait states and between retries are multiplied. */
  waitScale?: number;
  /** Laid over the environment of the emulator and of every function it runs. */
  env?: Readonly<Record<string, string>>;
}

/** Starts MiniStack, corrected, on a free port of the loopback. It runs functions with this process's Node and ends with this process. */
export async function startMiniStack({ waitScale = 1, env = {} }: MiniStackOptions = {}): Promise<MiniStack> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dir = mkdtempSync(join(tmpdir(), 'ministack-'));
  const child = spawn(python, [join(import.meta.dirname, 'run.py')], {
    cwd: dir,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: dir,
      TMPDIR: dir,
      S3_DATA_DIR: join(dir, 's3'),
      STATE_DIR: join(dir, 'state'),
      PYTHONDONTWRITEBYTECODE: '1',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: REGION,
      MINISTACK_WORKER_THREADS: '256',
      LAMBDA_EXECUTOR: 'local',
      SFN_WAIT_SCALE: String(waitScale),
      // Listeners that nobody asked for.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      ...env,
    },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const log = (): string => lines.join('');
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  await Promise.race([
    answers(`${url}/_ministack/health`),
    ended.then(() => {
      throw new Error(`expected MiniStack to listen, it ended: ${log().slice(-2000)}`);
    }),
  ]);
  return {
    url,
    pid: child.pid ?? 0,
    account: (id) => ({ endpoint: url, region: REGION, credentials: { accessKeyId: id, secretAccessKey: 'test' } }),
    log,
    stop,
  };
}

async function answers(url: string): Promise<void> {
  const until = performance.now() + 30_000;
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    if (performance.now() > until) throw new Error(`expected an answer of ${url} within 30 seconds`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
