// Measures what the commits and signatures of a dossier cost by themselves, and prints one JSON object: what dossiers of the benchmark committed is kept, and
// committed again to an empty store by nothing but the store and the thread that signs. What is left of a dossier's time is the platform's own.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../adapters/local/sqlite.ts';
import { SqliteDossierStore } from '../adapters/local/sqlite-dossier-store.ts';
import type { Commit } from '../domain/ports/dossier-store.ts';
import { Conductor } from '../embedded/conductor.ts';
import { openBenchMachine } from './bench-machine.ts';
import { drive } from './drive.ts';
import { readRun, type Run } from './figures.ts';
import { inProcess } from './in-process.ts';
import type { FloorFigures } from './report.ts';
import { openSigning } from './yardsticks.ts';

const run = readRun();
const dir = mkdtempSync(join(run.folder ?? tmpdir(), 'onetrack-floor-'));
process.once('exit', () => {
  rmSync(dir, { recursive: true, force: true });
});
const dossiers = await committedBy(run);
const sign = openSigning();
// The first time nothing is compiled yet.
await again('warm-up', dossiers.slice(0, run.warmUp));
console.log(JSON.stringify(await again('measured', dossiers)));

/** The commits of each dossier, in their order. */
async function committedBy({ dossiers: count, concurrency }: Run): Promise<Commit[][]> {
  mkdirSync(join(dir, 'whole'));
  const { machine, close } = await openBenchMachine(join(dir, 'whole'), 'http://127.0.0.1:1');
  const { store } = machine.platform;
  const commits = new Map<string, Commit[]>();
  const commit = store.commit.bind(store);
  store.commit = (each) => {
    commits.set(each.dossier, [...(commits.get(each.dossier) ?? []), each]);
    return commit(each);
  };
  const conductor = new Conductor(machine, (error) => {
    console.error(error);
    process.exit(1);
  });
  await conductor.start();
  await drive(count, concurrency, inProcess(machine).whole);
  await conductor.stop();
  await close();
  return [...commits.values()];
}

/** Signs and commits all of it, as many dossiers at once as were driven before. */
async function again(name: string, dossiers: readonly Commit[][]): Promise<FloorFigures> {
  mkdirSync(join(dir, name));
  const database = openDatabase(join(dir, name, 'onetrack.db'));
  const store = new SqliteDossierStore(database);
  const cpu = process.cpuUsage();
  const main = process.threadCpuUsage();
  const times = await drive(dossiers.length, run.concurrency, (index) => one(store, dossiers[index] ?? []));
  const [whole, own] = [process.cpuUsage(cpu), process.threadCpuUsage(main)];
  await database.close();
  const perDossier = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / dossiers.length;
  return { concurrency: run.concurrency, ...times, cpuMicros: perDossier(whole), mainThreadMicros: perDossier(own) };
}

async function one(store: SqliteDossierStore, commits: readonly Commit[]): Promise<void> {
  for (const commit of commits) {
    await Promise.all(commit.events.map(sign));
    const done = await store.commit(commit);
    if (!done.ok) throw new Error(`expected the commit to be taken, got conflict ${done.conflict}`);
  }
}
