// The platform behind its HTTP API, a process of its own for measure-http.ts. Tells its parent over the IPC channel which task waits and which dossier
// is closed: free of charge, as the peers' drivers are told.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIssuer } from '../adapters/local/issuer.ts';
import { LoopDelay } from '../embedded/admission.ts';
import { Conductor } from '../embedded/conductor.ts';
import { createLocalApp } from '../embedded/local-app.ts';
import { listenLocally } from '../embedded/server.ts';
import { APPROVER, openBenchMachine, UNIT } from './bench-machine.ts';
import { type Figures, figuresOf, type Meter, meterOf, type Run } from './figures.ts';
import type { Times } from './drive.ts';

export type FromServer =
  | { kind: 'listening'; url: string; token: string; secret: string }
  | { kind: 'task'; dossier: string; task: string }
  | { kind: 'closed'; dossier: string }
  | { kind: 'parked'; dossier: string; cause: string }
  | { kind: 'marked' }
  | { kind: 'held'; held: Held }
  | { kind: 'figures'; figures: Figures };
export type ToServer =
  { kind: 'mark' } | { kind: 'look' } | { kind: 'finish'; run: Run; times: Times; requests: number };

/** What the process holds at an instant. */
export interface Held {
  rssBytes: number;
  heapBytes: number;
  /** Processor time of the main thread since its start. */
  mainThreadMicros: number;
  /** File handles, sockets among them; null where the system does not tell. */
  handles: number | null;
  logBytes: number;
  databaseBytes: number;
}

const dir = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'onetrack-bench-'));
process.once('exit', () => {
  rmSync(dir, { recursive: true, force: true });
});
const fail = (error: unknown): void => {
  console.error(error);
  process.exit(1);
};
const opened = await openBenchMachine(dir, 'http://127.0.0.1:1');
const { machine } = opened;
const { platform } = machine;
const secret = `whsec_${randomBytes(32).toString('base64')}`;
await platform.registry.put(
  'system',
  'bench-system',
  { id: 'bench-system', name: 'System of the office', units: [UNIT], may: ['decide'], secrets: [secret] },
  0,
);
const conductor = new Conductor(machine, fail);
const loop = new LoopDelay();
const app = await createLocalApp(machine, { dir, url: 'http://127.0.0.1:1', delay: () => loop.now() });
const server = await listenLocally(app, 0);
await conductor.start();

const say = (message: FromServer): void => void process.send?.(message);
platform.changed = (dossier) => {
  if (dossier.parked) say({ kind: 'parked', dossier: dossier.id, cause: JSON.stringify(dossier.parked) });
  if (dossier.status === 'closed') say({ kind: 'closed', dossier: dossier.id });
  for (const { task, decided } of Object.values(dossier.tasks))
    if (!decided) say({ kind: 'task', dossier: dossier.id, task });
};
let meter: Meter | undefined;
process.on('message', (message: ToServer) => {
  void answer(message).catch(fail);
});
// The parent is gone: nothing is measured any more.
process.once('disconnect', () => process.exit(1));
const issuer = await openIssuer(dir);
const token = await issuer.issueToken({ subject: APPROVER, unit: UNIT, role: APPROVER });
say({ kind: 'listening', url: server.url, token, secret });

function held(): Held {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.threadCpuUsage();
  const sizeOf = (name: string): number => statSync(join(dir, name)).size;
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    mainThreadMicros: user + system,
    handles: existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : null,
    logBytes: sizeOf('onetrack.db-wal'),
    databaseBytes: sizeOf('onetrack.db'),
  };
}

async function answer(message: ToServer): Promise<void> {
  if (message.kind === 'mark') {
    meter = await meterOf(machine);
    say({ kind: 'marked' });
    return;
  }
  if (message.kind === 'look') {
    say({ kind: 'held', held: held() });
    return;
  }
  if (!meter) throw new Error('expected a mark before the end');
  const { run, times, requests } = message;
  say({ kind: 'figures', figures: await figuresOf(machine, run, { mode: 'http', times, meter, requests }) });
  await server.close();
  await conductor.stop();
  await opened.close();
  process.exit(0);
}
