// Measures what a command costs where so many dossiers are stored, as multiples of what it costs where a thousand are, and what memory a process takes that
// serves them; prints one JSON object. Folders are filled and measured by processes of their own. Both are measured by one process, a command here and
// the same command there, so that whatever else the machine does falls on both.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openIssuer } from '../adapters/local/issuer.ts';
import { Conductor } from '../embedded/conductor.ts';
import { createLocalApp } from '../embedded/local-app.ts';
import { APPROVER, openBenchMachine, PROCEDURE, UNIT } from './bench-machine.ts';
import { quantile } from './drive.ts';
import { openMany } from './open-many.ts';
import type { GrowthFigures, GrowthOperation } from './report.ts';

const OPERATIONS: readonly GrowthOperation[] = ['submit', 'decide', 'inbox', 'read'];
const URL_HERE = 'http://127.0.0.1:1';

const { values } = parseArgs({
  options: {
    stored: { type: 'string' },
    fewest: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '500' },
    folder: { type: 'string' },
    step: { type: 'string' },
    few: { type: 'string', default: '' },
    many: { type: 'string', default: '' },
    dossiers: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const warmUp = Math.min(100, rounds);

if (values.step === undefined) {
  measure((values.stored ?? '').split(',').map(Number));
} else {
  const steps = { open, compare, serve };
  await steps[values.step as keyof typeof steps]();
  process.exit(0);
}

/** `stored`: numbers of dossiers, ascending. */
function measure(stored: readonly number[]): void {
  const root = mkdtempSync(join(values.folder ?? tmpdir(), 'onetrack-bench-'));
  try {
    const many = join(root, 'many');
    const figures: GrowthFigures[] = [];
    let held = 0;
    for (const next of stored) {
      step('open', ['--many', many, '--dossiers', String(next - held)]);
      const few = mkdtempSync(join(root, 'few-'));
      step('open', ['--many', few, '--dossiers', values.fewest]);
      const operations = JSON.parse(step('compare', ['--few', few, '--many', many])) as GrowthFigures['operations'];
      const memory = JSON.parse(step('serve', ['--many', many])) as GrowthFigures['memory'];
      figures.push({ stored: next, operations, memory });
      held = next + 2 * (rounds + warmUp);
    }
    console.log(JSON.stringify(figures));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function step(name: string, args: readonly string[]): string {
  return execFileSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      import.meta.filename,
      '--step',
      name,
      '--rounds',
      String(rounds),
      ...args,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
}

/** What is opened need not outlive the power. */
async function open(): Promise<void> {
  const { machine, close } = await openBenchMachine(values.many, URL_HERE, { trial: true });
  await openMany(machine, Number(values.dossiers));
  await close();
}

async function compare(): Promise<void> {
  const few = await openServed(values.few);
  const many = await openServed(values.many);
  const taken = new Map<GrowthOperation, { few: number[]; many: number[] }>();
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const operation of OPERATIONS) {
      // Neither always goes first.
      const times = { few: 0, many: 0 };
      if (round % 2 === 0) times.few = await few.time(operation);
      times.many = await many.time(operation);
      if (round % 2 !== 0) times.few = await few.time(operation);
      if (round < 0) continue;
      const all = taken.get(operation) ?? { few: [], many: [] };
      all.few.push(times.few);
      all.many.push(times.many);
      taken.set(operation, all);
    }
  }
  console.log(
    JSON.stringify(
      Object.fromEntries(
        [...taken].map(([operation, all]) => [operation, { few: summed(all.few), many: summed(all.many) }]),
      ),
    ),
  );
  await few.close();
  await many.close();
}

/** The same commands, one after another, by a process that does nothing else. */
async function serve(): Promise<void> {
  const many = await openServed(values.many);
  const startedRssBytes = process.memoryUsage().rss;
  for (let round = 0; round < rounds + warmUp; round += 1)
    for (const operation of OPERATIONS) await many.time(operation);
  const memory: GrowthFigures['memory'] = {
    startedRssBytes,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    databaseBytes: statSync(join(values.many, 'onetrack.db')).size,
  };
  console.log(JSON.stringify(memory));
  await many.close();
}

function summed(times: number[]): { p50Ms: number; p99Ms: number } {
  times.sort((a, b) => a - b);
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

interface Served {
  /** Milliseconds from the request to its answer; what follows from it in the system is waited for, and not counted. */
  time: (operation: GrowthOperation) => Promise<number>;
  close: () => Promise<void>;
}

/** A folder's platform behind its whole API, in this process. */
async function openServed(dir: string): Promise<Served> {
  const { machine, close } = await openBenchMachine(dir, URL_HERE);
  const conductor = new Conductor(machine, (error) => {
    console.error(error);
    process.exit(1);
  });
  await conductor.start();
  const app = await createLocalApp(machine, { dir, url: URL_HERE });
  const issuer = await openIssuer(dir);
  const authorization = `Bearer ${await issuer.issueToken({ subject: APPROVER, unit: UNIT, role: APPROVER })}`;
  const waiting = sampleOfTasks(machine.database, rounds + warmUp);

  const ask = async (path: string, body?: unknown): Promise<{ ms: number; answer: { id?: string } }> => {
    const headers = {
      authorization,
      'content-type': 'application/json',
      'idempotency-key': `${path}-${performance.now()}`,
    };
    const from = performance.now();
    const response = await app.request(`/v1${path}`, {
      headers,
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const ms = performance.now() - from;
    if (!response.ok) throw new Error(`${path}: expected status 2xx, got ${response.status}: ${text}`);
    return { ms, answer: JSON.parse(text) as { id?: string } };
  };
  const until = async (id: string, arrived: (head: { stage: string | null; status: string }) => boolean) => {
    for (;;) {
      const head = await machine.platform.store.head(id);
      if (head && arrived(head)) return;
      await pause(2);
    }
  };
  const any = (): string => waiting[Math.floor(Math.random() * waiting.length)] ?? '';
  const dossierOf = (task: string): string => task.slice(0, task.indexOf('.'));
  const ways: Record<GrowthOperation, () => Promise<number>> = {
    submit: async () => {
      const form = { subject: 'Subject', amount: 1 };
      const { ms, answer } = await ask('/dossiers', { procedure: PROCEDURE, unit: UNIT, channel: 'counter', form });
      await until(answer.id ?? '', ({ stage }) => stage === 'approve');
      return ms;
    },
    decide: async () => {
      const task = waiting.pop() ?? '';
      const { ms } = await ask(`/tasks/${task}/decision`, { outcome: 'approved' });
      await until(dossierOf(task), ({ status }) => status === 'closed');
      return ms;
    },
    inbox: async () => (await ask('/tasks?limit=50')).ms,
    read: async () => (await ask(`/dossiers/${dossierOf(any())}`)).ms,
  };
  return {
    time: (operation) => ways[operation](),
    close: async () => {
      await conductor.stop();
      await close();
    },
  };
}

/** Tasks from anywhere among the stored ones, one more than will be decided. */
function sampleOfTasks(database: { prepare: (sql: string) => { all: (n: number) => unknown[] } }, n: number): string[] {
  const rows = database.prepare('SELECT id FROM task WHERE unit IS NOT NULL ORDER BY random() LIMIT ?').all(n + 1) as {
    id: string;
  }[];
  return rows.map(({ id }) => id);
}
