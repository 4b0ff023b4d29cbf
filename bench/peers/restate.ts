// The Restate yardstick: drives the five steps of the frozen procedure through a Restate server on this machine.
// Prints one JSON object; settings and their reasons are in README.md.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  end,
  freePorts,
  peakRss,
  processorSeconds,
  reachable,
  serverVersion,
  startServer,
  startService,
} from './restate-processes.ts';
import type { ServiceMessage } from './restate-service.ts';

export interface RestateRun {
  dossiers: number;
  /** How many dossiers are under way at once. */
  concurrency: number;
  /** Dossiers driven before measuring starts; default 300. */
  warmUp?: number;
  /** Partitions of the server; default 1, the fastest here; the server's own default is 24. */
  partitions?: number;
  /** `each`: every step commits its own row. `grouped`: steps of one turn of the event loop share a commit. Default `each`. */
  commit?: 'each' | 'grouped';
  /** Where the temporary data folder is made; default the system's temporary folder. */
  folder?: string;
}

export interface RestateFigures {
  dossiersPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Sum of the peak resident sizes of server and service process; null where /proc does not tell. */
  peakRssBytes: number | null;
  rows: number;
  signatures: number;
  /** Requests made to the ingress while measuring: a submission and a decision for each dossier. */
  requests: number;
  dossiers: number;
  concurrency: number;
  /** Processor seconds spent while measuring; null where /proc does not tell. */
  cpuSeconds: { server: number | null; service: number | null; driver: number };
  settings: { server: string; partitions: number; commit: string };
}

/** Starts server and service, warms up, measures, checks that every dossier left its five rows, and ends both processes. */
export async function run(options: RestateRun): Promise<RestateFigures> {
  const { dossiers, concurrency, warmUp = 300, partitions = 1, commit = 'each' } = options;
  const folder = mkdtempSync(join(options.folder ?? tmpdir(), 'restate-peer-'));
  const children: ChildProcess[] = [];
  const endAll = (): void => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  process.once('exit', endAll);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  try {
    const ports = await freePorts();
    const service = startService(folder, commit);
    children.push(service);
    const server = startServer(folder, partitions, ports);
    children.push(server);
    service.send({ serverPid: server.pid });
    const { port } = await next(service, 'listening');
    await reachable(ports.admin, '/health', server);
    await post(adminAgent, ports.admin, '/deployments', { uri: `http://127.0.0.1:${port}` });
    await reachable(ports.ingress, '/restate/health', server);

    const broken = firstExit(children);
    const driveAll = driver(service, ports.ingress, concurrency);
    const drive = (prefix: string, count: number): Promise<number[]> => Promise.race([driveAll(prefix, count), broken]);
    await drive('warm', warmUp);
    const before = await counts(service);
    const cpuBefore = cpuSeconds(server, service);
    const started = performance.now();
    const times = await drive('run', dossiers);
    const seconds = (performance.now() - started) / 1000;
    const cpuAfter = cpuSeconds(server, service);
    const after = await counts(service);
    const rows = after.rows - before.rows;
    if (rows !== 5 * dossiers) throw new Error(`expected ${5 * dossiers} rows, found ${rows}`);
    times.sort((a, b) => a - b);
    return {
      dossiersPerSecond: round(dossiers / seconds),
      p50Ms: round(percentile(times, 0.5)),
      p99Ms: round(percentile(times, 0.99)),
      peakRssBytes: peakRss([server, service]),
      rows,
      signatures: after.signatures - before.signatures,
      requests: 2 * dossiers,
      dossiers,
      concurrency,
      cpuSeconds: {
        server: difference(cpuAfter.server, cpuBefore.server),
        service: difference(cpuAfter.service, cpuBefore.service),
        driver: round(cpuAfter.driver - cpuBefore.driver),
      },
      settings: { server: serverVersion(), partitions, commit },
    };
  } finally {
    process.removeListener('exit', endAll);
    await Promise.all(children.map(end));
    endAll();
  }
}

/** Rejects when one of the processes ends before it is told to, so that no request waits for it for ever. */
function firstExit(children: ChildProcess[]): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    for (const child of children)
      child.once('exit', (code) => reject(new Error(`a process of the run ended with ${code}`)));
  });
  broken.catch(() => undefined);
  return broken;
}

const adminAgent = new Agent({ keepAlive: false });

/** Keeps `concurrency` dossiers under way: submits one, decides it once it waits, and goes on when its result has come. */
function driver(
  service: ChildProcess,
  ingress: number,
  concurrency: number,
): (prefix: string, count: number) => Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * concurrency });
  const decided = new Map<string, Promise<unknown>>();
  const pending = new Map<string, (awakeable: string) => void>();
  service.on('message', (message: ServiceMessage) => {
    if (message.kind !== 'awaiting') return;
    pending.get(message.dossier)?.(message.awakeable);
    pending.delete(message.dossier);
  });
  const one = async (id: string): Promise<number> => {
    const started = performance.now();
    pending.set(id, (awakeable) => {
      decided.set(id, post(agent, ingress, `/restate/awakeables/${awakeable}/resolve`, { outcome: 'approved' }));
    });
    const answer = await post(agent, ingress, '/dossiers/run', { id, applicant: `applicant of ${id}` });
    const elapsed = performance.now() - started;
    await decided.get(id);
    decided.delete(id);
    if (!answer.includes('granted')) throw new Error(`expected a granted result, got ${answer}`);
    return elapsed;
  };
  return async (prefix, count) => {
    const times: number[] = [];
    let taken = 0;
    const worker = async (): Promise<void> => {
      while (taken < count) times.push(await one(`${prefix}-${taken++}`));
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return times;
  };
}

function post(agent: Agent, port: number, path: string, body: unknown): Promise<string> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const sent = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (answer += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve(answer);
        else reject(new Error(`POST ${path} answered ${response.statusCode}: ${answer}`));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function next<K extends ServiceMessage['kind']>(
  service: ChildProcess,
  kind: K,
): Promise<Extract<ServiceMessage, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const hear = (message: ServiceMessage): void => {
      if (message.kind !== kind) return;
      service.off('message', hear);
      resolve(message as Extract<ServiceMessage, { kind: K }>);
    };
    service.on('message', hear);
    service.once('exit', (code) => reject(new Error(`the service process ended with ${code}`)));
  });
}

function counts(service: ChildProcess): Promise<{ rows: number; signatures: number }> {
  const answer = next(service, 'counts');
  service.send('counts');
  return answer;
}

function cpuSeconds(
  server: ChildProcess,
  service: ChildProcess,
): { server: number | null; service: number | null; driver: number } {
  const own = process.cpuUsage();
  return {
    server: processorSeconds(server),
    service: processorSeconds(service),
    driver: (own.user + own.system) / 1e6,
  };
}

const difference = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : round(after - before);
const percentile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
const round = (value: number): number => Math.round(value * 100) / 100;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      dossiers: { type: 'string', default: '500' },
      concurrency: { type: 'string', default: '1' },
      'warm-up': { type: 'string', default: '300' },
      partitions: { type: 'string', default: '1' },
      commit: { type: 'string', default: 'each' },
      folder: { type: 'string' },
    },
  });
  if (values.commit !== 'each' && values.commit !== 'grouped')
    throw new Error(`expected --commit each or grouped, got ${values.commit}`);
  const figures = await run({
    dossiers: Number(values.dossiers),
    concurrency: Number(values.concurrency),
    warmUp: Number(values['warm-up']),
    partitions: Number(values.partitions),
    commit: values.commit,
    ...(values.folder === undefined ? {} : { folder: values.folder }),
  });
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
