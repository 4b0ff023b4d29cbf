import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { generationsOf } from '../../adapters/local/backup/backup.ts';
import { readMarks } from '../../adapters/local/backup/follow-log.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { CommandClient, type DatedAcknowledged } from './client.ts';
import { openTortureHouse, type ServerSettings, startServer } from './house.ts';
import { makeOpen } from './make-open.ts';
import { type Drivers, driveBench, driveCard } from './ways.ts';

export interface RestoreOptions {
  /** Open before the drill begins. */
  dossiers: number;
  /** How long clients work beside the backup before everything is destroyed. */
  seconds: number;
  clients: number;
  tell: (line: string) => void;
}

export interface RestoreReport {
  databaseBytes: number;
  /** Commands acknowledged before the disaster. */
  acknowledged: number;
  lost: number;
  /** How long before the disaster the oldest lost command was acknowledged, in milliseconds; 0: nothing is lost. */
  lossMs: number;
  /** Wall time of the one command that restores, in milliseconds, its checks included. */
  restoreMs: number;
  /** What `onetrack restore --json` said. */
  said: { dossiers: number; events: number; documents: number; anchors: number; timestamps: number; faults: string[] };
  /** From the start of the restored server until a new dossier was closed. */
  closedMs: number;
  faults: string[];
}

const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const PATIENCE_MS = 4_000;

/**
 * The ransomware drill (T-31): a backup follows while clients work; then every file of the data folder is overwritten under the running server, which is
 * killed; the backup goes on over the ruins for a while. One command restores into an empty folder; what clients were told is looked for there, and a
 * server on it takes new dossiers to their end.
 */
export async function runRestore(options: RestoreOptions): Promise<RestoreReport> {
  const root = mkdtempSync(join(tmpdir(), 'onetrack-restore-'));
  const folders = {
    data: join(root, 'data'),
    copy: join(root, 'copy'),
    keys: join(root, 'keys'),
    back: join(root, 'back'),
  };
  const house = await openTortureHouse(folders.data);
  try {
    await makeOpen(house.settings, options.dossiers);
    options.tell(`${options.dossiers} dossiers are open`);
    return await drill(house, folders, options);
  } finally {
    await house.close();
    rmSync(root, { recursive: true, force: true });
  }
}

async function drill(
  { settings: plain, secret }: { settings: ServerSettings; secret: string },
  folders: { data: string; copy: string; keys: string; back: string },
  { seconds, clients, tell }: RestoreOptions,
): Promise<RestoreReport> {
  const settings: ServerSettings = { ...plain, keepLogHours: 1 };
  const server = await startServer(settings).listening;
  const backup = spawnCli(['backup', '--data', folders.data, '--to', folders.copy, '--keys-to', folders.keys]);
  const client = new CommandClient(settings.url, PATIENCE_MS);
  const issuer = await openIssuer(folders.data, settings.url);
  const drivers: Drivers = { client, issuer, secret, signerUrl: settings.signer.url, twice: () => false };
  let over = false;
  const workers = Array.from({ length: clients }, async (_, worker) => {
    for (let index = 0; !over; index += 1)
      await (worker % 3 > 0 || index === 0
        ? driveBench(drivers, `${worker}-${index}`)
        : driveCard(drivers, `${worker}-${index}`, 'thu-lam'));
  });
  const worked = Promise.allSettled(workers);
  await firstMark(folders.copy);
  tell('the copy can be restored from; clients work');
  await pause(seconds * 1000);
  const disaster = Date.now();
  ruin(folders.data);
  over = true;
  await server.kill();
  tell('every file of the data folder is overwritten, the server killed');
  const told = client.acknowledged.filter(({ at }) => at <= disaster);
  await pause(2_500);
  await stopCli(backup);
  const failures = (await worked).filter(({ status }) => status === 'rejected').length;
  tell(`${failures} of ${clients} clients were in the middle of something`);

  const begun = performance.now();
  const restoring = await runCli([
    'restore',
    '--from',
    folders.copy,
    '--keys',
    folders.keys,
    '--data',
    folders.back,
    '--json',
  ]);
  const restoreMs = performance.now() - begun;
  if (restoring.stdout === '') throw new Error(`restore: expected a report, got ${restoring.stderr}`);
  const said = JSON.parse(restoring.stdout) as RestoreReport['said'] & { databaseBytes: number };
  tell(`restored in ${(restoreMs / 1000).toFixed(1)} s`);

  const again = performance.now();
  const restored = await startServer({ ...settings, dir: folders.back }).listening;
  const after: Drivers = {
    ...drivers,
    client: new CommandClient(settings.url),
    issuer: await openIssuer(folders.back, settings.url),
  };
  try {
    await driveBench(after, 'after');
    const closedMs = performance.now() - again;
    await driveCard(after, 'after-card', 'dong-anh');
    const admin = await after.issuer.issueToken({ subject: 'admin', role: 'admin' });
    const lost = await lostOf(told, settings.url, admin);
    return {
      databaseBytes: said.databaseBytes,
      acknowledged: told.length,
      lost: lost.length,
      lossMs: Math.max(0, ...lost.map(({ at }) => disaster - at)),
      restoreMs,
      said,
      closedMs,
      faults: [...said.faults, ...restored.log.map(({ text }) => `the restored server logged: ${text.slice(0, 500)}`)],
    };
  } finally {
    await restored.kill();
  }
}

/** Overwrites every file in place, but for what stands for services of others. */
function ruin(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'samples') ruin(path);
      continue;
    }
    const file = openSync(path, 'r+');
    const garbage = randomBytes(65_536);
    const { size } = statSync(path);
    for (let at = 0; at < size; at += garbage.length)
      writeSync(file, garbage, 0, Math.min(garbage.length, size - at), at);
    closeSync(file);
  }
}

/** Acknowledged commands about a dossier whose acknowledged event does not stand in its record. */
async function lostOf(told: readonly DatedAcknowledged[], url: string, token: string): Promise<DatedAcknowledged[]> {
  const records = new Map<string, readonly ChainedEvent[]>();
  const lost: DatedAcknowledged[] = [];
  for (const each of told) {
    if (each.command.kind !== 'submission' && each.command.kind !== 'decision') continue;
    const { id, head } = JSON.parse(each.answers[0]?.body ?? '') as { id: string; head: { seq: number; hash: string } };
    if (!records.has(id)) records.set(id, await recordOf(id, url, token));
    if (records.get(id)?.[head.seq - 1]?.hash !== head.hash) lost.push(each);
  }
  return lost;
}

async function recordOf(id: string, url: string, token: string): Promise<readonly ChainedEvent[]> {
  const answer = await fetch(`${url}/v1/dossiers/${id}/events`, { headers: { authorization: `Bearer ${token}` } });
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw new Error(`record of ${id}: expected 200 or 404, got ${answer.status}`);
  return ((await answer.json()) as { items: ChainedEvent[] }).items;
}

async function firstMark(copy: string): Promise<void> {
  while (!generationsOf(copy).some((folder) => readMarks(folder).length > 0)) await pause(50);
}

function spawnCli(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

async function stopCli(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function runCli(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const child = spawnCli(args);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return { stdout, stderr };
}
