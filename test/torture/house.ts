import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createLocalPki } from '../../adapters/local/pki/local-pki.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import { freePort } from '../../embedded/free-port.ts';
import { openOneMachine, type OneMachine } from '../../embedded/one-machine.ts';
import { installProcedure, installSamples, readSampleSecrets } from '../../embedded/samples/install-samples.ts';
import { spawnSigningService } from '../../embedded/samples/sample-process.ts';

/** What a server process is told; the same at every start, so that it comes back as it was. */
export interface ServerSettings {
  dir: string;
  port: number;
  url: string;
  signer: { url: string; token: string };
  timestamps: { url: string };
  /** Registries by name. */
  systems?: Readonly<Record<string, string>>;
  smtp?: string;
  /** Networks in which subscribers may be told. */
  networks?: readonly string[];
  /** By how much its clock is ahead of the machine's when it starts, in milliseconds. */
  ahead?: number;
  /** Keeps the database's log for so many hours, so that a backup can follow. */
  keepLogHours?: number;
  /** Planted bugs, to show that they are found. */
  sabotage?: readonly Sabotage[];
}

/**
 * Commands are acknowledged before they are committed; commits are not synced; a command in so many is acknowledged and never committed; a number is
 * given again; a webhook in so many never leaves; an older run acts after a newer one took over.
 */
export const SABOTAGES = [
  'acknowledge-early',
  'no-sync',
  'drop-event',
  'double-number',
  'lose-webhook',
  'unfenced-run',
] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** A data folder with the sample organisation and the frozen procedure of the benchmark, and the services outside it, which outlive every server. */
export interface TortureHouse {
  settings: ServerSettings;
  /** Secret of the system that brings the decisions of all officials. */
  secret: string;
  close(): Promise<void>;
}

/** The one unit of the frozen procedure, and who approves in it. */
export const BENCH = { unit: 'bench-office', approver: 'bench-approver', procedure: 'bench' } as const;
/** The system that speaks for the officials of both procedures. */
export const SYSTEM = 'torture-system';

/** Makes the folder as `serve` does, then leaves it closed. Two processes beside it stamp and sign. */
export async function openTortureHouse(dir: string): Promise<TortureHouse> {
  mkdirSync(join(dir, 'samples'), { recursive: true, mode: 0o700 });
  const port = await freePort();
  const pki = createLocalPki(join(dir, 'ca'), { now: () => Date.now() });
  const name = { id: 'tsa', name: 'Time-stamp authority of the torture', organisation: 'Onetrack' };
  pki.ensureIdentity(join(dir, 'samples', 'tsa'), 'timestamp', name);
  writeFileSync(join(dir, 'ca.pem'), pki.rootPem);
  const tokens = { client: randomBytes(24).toString('hex'), admin: randomBytes(24).toString('hex') };
  const tsa = await spawnSigningService('timestamp-authority', { dir: join(dir, 'samples', 'tsa') });
  const signer = await spawnSigningService('remote-signer', { dir: join(dir, 'samples', 'signer'), tokens });
  const settings: ServerSettings = {
    dir,
    port,
    url: `http://127.0.0.1:${port}`,
    signer: { url: signer.url, token: tokens.client },
    timestamps: { url: tsa.url },
  };
  const machine = await openFor(settings);
  await installSamples(machine, dir, { url: signer.url, adminToken: tokens.admin });
  const secret = await installBench(machine, readSampleSecrets(dir));
  await closeMachine(machine);
  return {
    settings,
    secret,
    async close() {
      await Promise.all([tsa.stop(), signer.stop()]);
    },
  };
}

/** The platform over this folder. One process at a time. */
export function openFor(settings: ServerSettings, clock: Clock = { now: () => Date.now() }): Promise<OneMachine> {
  const { dir, url, signer, timestamps, systems = {}, smtp, networks, keepLogHours } = settings;
  return openOneMachine({
    dir,
    clock,
    publicUrl: url,
    signer,
    timestamps,
    systems,
    trial: settings.sabotage?.includes('no-sync') === true,
    ...(smtp !== undefined && { smtp }),
    ...(networks && { subscriberNetworks: networks }),
    ...(keepLogHours !== undefined && {
      keepLog: {
        hours: keepLogHours,
        onFailure: (error) => void process.stderr.write(`log not kept: ${String(error)}\n`),
      },
    }),
  });
}

export async function closeMachine({ platform, database }: OneMachine): Promise<void> {
  await platform.store.close();
  await database.close();
}

async function installBench(machine: OneMachine, secrets: Readonly<Record<string, string>>): Promise<string> {
  const { registry } = machine.platform;
  const unit = (await registry.get('unit', 'thu-lam'))?.record;
  if (!unit) throw new Error('expected the sample organisation to have the unit thu-lam');
  await registry.put('unit', BENCH.unit, { ...unit, id: BENCH.unit, identifier: 'H26.99', symbol: 'BENCH' }, 0);
  const appointments = [{ unit: BENCH.unit, role: 'approver', from: '2026-07-01', title: 'APPROVER' }];
  const official = { id: BENCH.approver, name: 'Approver', subject: BENCH.approver, appointments };
  await registry.put('official', BENCH.approver, official, 0);
  const secret = secrets['one-stop'];
  if (secret === undefined) throw new Error('expected the sample systems to have secrets');
  const units = [BENCH.unit, 'thu-lam', 'dong-anh'];
  await registry.put('system', SYSTEM, { id: SYSTEM, name: 'Torture', units, may: ['decide'], secrets: [secret] }, 0);
  await installProcedure(machine, fileURLToPath(new URL('../../bench/bench.yaml', import.meta.url)));
  return secret;
}

export interface ServerChild {
  pid: number;
  /** Milliseconds from the start of the process until it said that it listens. */
  startedInMs: number;
  /** Whatever the server logged: a defect leaves a line here. */
  log: readonly LogLine[];
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Settles when the process has ended, however it did. */
  ended: Promise<void>;
}

export interface LogLine {
  /** Of the machine's clock. */
  at: number;
  text: string;
}

/** A server process from its first moment until it has ended. */
export interface Starting {
  pid: number;
  /** By how much its clock is ahead of the machine's from now on, also where it serves nobody yet. */
  setAhead(ahead: number): void;
  listening: Promise<ServerChild>;
  kill(): Promise<void>;
}

export interface StartOptions {
  /** Another program, such as a tracer, to be put before node. */
  command?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Is told what the server logs. */
  tell?: (line: string) => void;
}

/** Starts the server in a process of its own. */
export function startServer(settings: ServerSettings, { command = [], env = {}, tell }: StartOptions = {}): Starting {
  const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const first = settings.sabotage?.includes('unfenced-run') ? ['--import', script('./run-without-fence.ts')] : [];
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', ...first];
  const args = [...command, ...node, script('./run-server.ts')];
  const begun = performance.now();
  const child = spawn(args[0] ?? '', args.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, NODE_OPTIONS: '', ONETRACK_TORTURE: JSON.stringify(settings) },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`expected ${args[0] ?? 'a program'} to start`);
  const log: LogLine[] = [];
  createInterface({ input: child.stderr }).on('line', (text) => {
    log.push({ at: Date.now(), text });
    tell?.(text);
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  // A tracer in front of the server would keep a signal to itself.
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const setAhead = (ahead: number): void => void child.stdin.write(`${JSON.stringify({ ahead })}\n`);
  const listening = new Promise<ServerChild>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', () => {
      resolve({ pid, startedInMs: performance.now() - begun, log, kill, stop, ended });
    });
    void ended.then(() =>
      reject(
        new Error(
          `expected the server to listen, it ended: ${log
            .map(({ text }) => text)
            .join('\n')
            .slice(-2000)}`,
        ),
      ),
    );
  });
  listening.catch(() => undefined);
  return { pid, setAhead, listening, kill };
}
