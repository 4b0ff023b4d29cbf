import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { generationsOf } from '../../adapters/local/backup/backup.ts';
import { readMarks } from '../../adapters/local/backup/follow-log.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { CommandClient, type DatedAcknowledged } from './client.ts';
import { closeMachine, openFor, openTortureHouse, type ServerSettings, startServer } from './house.ts';
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
 * killed; the backup goes on over the ruins for a while, which changes nothing of what was copied. One command restores into an empty folder; what clients were told is looked for there, and a
 * server on it takes new dossiers to their end. The same command restores a moment between two commands that came before.
 */
export async function runRestore(options: RestoreOptions): Promise<RestoreReport> {
  const root = mkdtempSync(join(tmpdir(), 'onetrack-restore-'));
  const folders = {
    data: join(root, 'data'),
    copy: join(root, 'copy'),
    keys: join(root, 'keys'),
    back: join(root, 'back'),
    earlier: join(root, 'earlier'),
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
  folders: Record<'data' | 'copy' | 'keys' | 'back' | 'earlier', string>,
  { seconds, clients, tell }: RestoreOptions,
): Promise<RestoreReport> {
  const settings: ServerSettings = { ...plain, keepLogHours: 1 };
  const server = await startServer(settings).listening;
  const backup = spawnCli(['backup', '--data', folders.data, '--to', folders.copy, '--keys-to', folders.keys]);
  const client = new CommandClient(settings.url, PATIENCE_MS);
  const issuer = await openIssuer(folders.data, settings.url);
  const drivers: Drivers = { client, issuer, secret, signerUrl: settings.signer.url, twice: () => false };
  await firstMark(folders.copy);
  const instant = await between(drivers, folders.copy);
  let over = false;
  const workers = Array.from({ length: clients }, async (_, worker) => {
    for (let index = 0; !over; index += 1)
      await (worker % 3 > 0 || index === 0
        ? driveBench(drivers, `${worker}-${index}`)
        : driveCard(drivers, `${worker}-${index}`, 'thu-lam'));
  });
  const worked = Promise.allSettled(workers);
  tell('the copy can be restored from; clients work');
  await pause(seconds * 1000);
  const copied = digestsOf(folders.copy);
  const told = await feedOf(settings.url, await adminOf(issuer));
  const disaster = Date.now();
  ruin(folders.data);
  over = true;
  await server.kill();
  tell('every file of the data folder is overwritten, the server killed');
  const acknowledged = client.acknowledged.filter(({ at }) => at <= disaster);
  await pause(2_500);
  await stopCli(backup);
  const failures = (await worked).filter(({ status }) => status === 'rejected').length;
  tell(`${failures} of ${clients} clients were in the middle of something`);

  const begun = performance.now();
  const said = await restoreTo(folders.back, folders);
  const restoreMs = performance.now() - begun;
  tell(`restored in ${(restoreMs / 1000).toFixed(1)} s`);

  const again = performance.now();
  const restored = await startServer({ ...settings, dir: folders.back }).listening;
  const after: Drivers = {
    ...drivers,
    client: new CommandClient(settings.url),
    issuer: await openIssuer(folders.back, settings.url),
  };
  try {
    const closed = await driveBench(after, 'after');
    const closedMs = performance.now() - again;
    await driveCard(after, 'after-card', 'dong-anh');
    const admin = await adminOf(after.issuer);
    const lost = await lostOf(acknowledged, settings.url, admin);
    return {
      databaseBytes: said.databaseBytes,
      acknowledged: acknowledged.length,
      lost: lost.length,
      lossMs: Math.max(0, ...lost.map(({ at }) => disaster - at)),
      restoreMs,
      said,
      closedMs,
      faults: [
        ...changedIn(folders.copy, copied),
        ...feedFaults(told, await feedOf(settings.url, admin, told.cursor), closed),
        ...(await earlierFaults(settings, folders, instant)),
        ...said.faults,
        ...restored.log.map(({ text }) => `the restored server logged: ${text.slice(0, 500)}`),
      ],
    };
  } finally {
    await restored.kill();
  }
}

/** A moment between two dossiers: the first is closed, and copied, before the second is handed in. */
interface Between {
  before: string;
  at: string;
  after: string;
}

async function between(drivers: Drivers, copy: string): Promise<Between> {
  const before = await driveBench(drivers, 'before');
  const closed = Date.now();
  // Its end is time-stamped a second later, which is copied with all that came before.
  while (!generationsOf(copy).some((folder) => readMarks(folder).some(({ at }) => Date.parse(at) > closed)))
    await pause(50);
  const at = new Date().toISOString();
  await pause(10);
  return { before, at, after: await driveBench(drivers, 'just-after') };
}

/** What does not hold of the folder as it was at that moment. */
async function earlierFaults(
  settings: ServerSettings,
  folders: Parameters<typeof drill>[1],
  { before, at, after }: Between,
): Promise<string[]> {
  const said = await restoreTo(folders.earlier, folders, at);
  const machine = await openFor({ ...settings, dir: folders.earlier });
  try {
    const { store } = machine.platform;
    const ended = (await store.events(before)).at(-1)?.event.type;
    const later = await store.events(after);
    return [
      ...said.faults.map((fault) => `as of ${at}: ${fault}`),
      ...(said.anchors > 0 ? [] : [`as of ${at}: expected anchors`]),
      ...(ended === 'DossierClosed' ? [] : [`as of ${at}: a dossier closed before ends with ${ended ?? 'nothing'}`]),
      ...(later.length === 0 ? [] : [`as of ${at}: a dossier handed in later is there`]),
    ];
  } finally {
    await closeMachine(machine);
  }
}

/** By one command. */
async function restoreTo(
  data: string,
  { copy, keys }: { copy: string; keys: string },
  at?: string,
): Promise<RestoreReport['said'] & { databaseBytes: number }> {
  const when = at === undefined ? [] : ['--at', at];
  const done = await runCli(['restore', '--from', copy, '--keys', keys, '--data', data, ...when, '--json']);
  if (done.stdout === '') throw new Error(`restore: expected a report, got ${done.stderr}`);
  return JSON.parse(done.stdout) as RestoreReport['said'] & { databaseBytes: number };
}

type Digests = ReadonlyMap<string, { size: number; digest: string }>;

function digestsOf(folder: string): Digests {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => !path.endsWith('.part'))
      .map((path) => {
        const bytes = readFileSync(path);
        return [path, { size: bytes.length, digest: digestOf(bytes) }];
      }),
  );
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Files of the copy that no longer begin with what they held: they only grow or are added. */
function changedIn(copy: string, before: Digests): string[] {
  if (before.size === 0) return [`expected files in ${copy}`];
  return [...before].flatMap(([path, { size, digest }]) =>
    existsSync(path) && digestOf(readFileSync(path).subarray(0, size)) === digest
      ? []
      : [`${path}: changed by what destroyed the data`],
  );
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

interface Feed {
  cursor: string | undefined;
  /** Hashes of the events that were told, by their ids. */
  hashes: ReadonlyMap<string, string>;
  /** Dossiers of which it told. */
  dossiers: ReadonlySet<string>;
}

const adminOf = (issuer: Drivers['issuer']): Promise<string> => issuer.issueToken({ subject: 'admin', role: 'admin' });

/** The feed from a place to its end. */
async function feedOf(url: string, token: string, after?: string): Promise<Feed> {
  const hashes = new Map<string, string>();
  const dossiers = new Set<string>();
  for (let cursor = after; ;) {
    const query = new URLSearchParams({ limit: '500', ...(cursor !== undefined && { after: cursor }) });
    const answer = await fetch(`${url}/v1/events?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (answer.status !== 200) throw new Error(`feed: expected 200, got ${answer.status}`);
    const page = (await answer.json()) as {
      items: { id: string; subject: string; data: { hash: string } }[];
      cursor: string;
    };
    if (page.items.length === 0) return { cursor, hashes, dossiers };
    for (const { id, subject, data } of page.items) {
      hashes.set(id, data.hash);
      dossiers.add(subject);
    }
    cursor = page.cursor;
  }
}

/** Whoever read the feed before goes on from where he was: he is told of what happens now, and under no id that he knows for something else. */
function feedFaults(before: Feed, after: Feed, dossier: string): string[] {
  const taken = [...after.hashes].filter(([id, hash]) => (before.hashes.get(id) ?? hash) !== hash);
  return [
    ...(before.hashes.size > 0 ? [] : ['expected the feed to tell of something before the disaster']),
    ...(after.dossiers.has(dossier) ? [] : [`the feed does not tell of dossier ${dossier}, handed in afterwards`]),
    ...taken.map(([id]) => `event ${id}: the feed told another one under this id`),
  ];
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
