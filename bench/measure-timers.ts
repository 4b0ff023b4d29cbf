// Measures the sweep over timers: what it costs where nothing is due, how long it takes where many are due at once, with the process killed half-way, and
// prints one JSON object. Each step is a process of its own on the same folder: dossiers that wait are laid down; empty sweeps; dossiers of a fortnight ago are
// opened, whose promised date has passed; their timers fire, the process killed; the rest of them fire; what became of all is counted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SqliteCursors } from '../adapters/local/sqlite-cursors.ts';
import type { OneMachine } from '../embedded/one-machine.ts';
import { fireTimers } from '../functions/sweep/fire-timers.ts';
import { sweep } from '../functions/sweep/sweep.ts';
import { APPROVER, openBenchMachine, PROCEDURE, UNIT } from './bench-machine.ts';
import { quantile } from './drive.ts';
import { openMany } from './open-many.ts';
import { openTask } from './open-task.ts';
import type { TimerFigures } from './report.ts';
import { type Ran, runStep } from './run-step.ts';

const DAY = 86_400_000;
const IDLE_SWEEPS = 200;
/** Of so many open dossiers one is due. */
const ONE_IN = 100;
/** Timers between two words about how far they are. */
const TOLD_AFTER = 10;

const { values } = parseArgs({
  options: {
    dossiers: { type: 'string' },
    folder: { type: 'string' },
    step: { type: 'string' },
    dir: { type: 'string' },
  },
});
const dossiers = Number(values.dossiers);
const due = Math.max(1, Math.round(dossiers / ONE_IN));
const STEPS = { wait, idle, open: (machine: OneMachine) => openMany(machine, due), fire, count } as const;
type Step = keyof typeof STEPS;

if (values.step === undefined) await measure();
else await doStep(values.step as Step, values.dir ?? '');

async function measure(): Promise<void> {
  const dir = mkdtempSync(join(values.folder ?? tmpdir(), 'onetrack-bench-'));
  try {
    await step('wait', dir);
    const idle = JSON.parse((await step('idle', dir)).last) as TimerFigures['idle'];
    await step('open', dir);
    const killed = await step('fire', dir, { killAfter: due / 2 });
    const ended = await step('fire', dir);
    const counted = JSON.parse((await step('count', dir)).last) as Pick<TimerFigures, 'acted' | 'waiting'>;
    const figures: TimerFigures = {
      dossiers,
      due,
      idle,
      seconds: killed.seconds + ended.seconds,
      killedAfter: killed.behind,
      ...counted,
    };
    console.log(JSON.stringify(figures));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs one step; with `killAfter`, ends it without warning once so many timers were begun. */
function step(name: Step, dir: string, options: { killAfter?: number } = {}): Promise<Ran> {
  const args = ['--step', name, '--dir', dir, '--dossiers', String(dossiers)];
  return runStep(import.meta.filename, args, { ...options, counts: name === 'fire' });
}

async function doStep(name: Step, dir: string): Promise<void> {
  // What is laid down and opened need not outlive the power: only sweeps are measured.
  const isBefore = name === 'wait' || name === 'open';
  const now = name === 'open' ? () => Date.now() - 14 * DAY : () => Date.now();
  const opened = await openBenchMachine(dir, 'http://127.0.0.1:1', { trial: isBefore, clock: { now } });
  await STEPS[name](opened.machine);
  await opened.close();
  process.exit(0);
}

/** Lays down dossiers before the approver whose promised date comes in a month, as rows: of them a sweep reads nothing but their timers. */
async function wait({ platform: { store } }: OneMachine): Promise<void> {
  const now = Date.now();
  const of = { unit: UNIT, role: APPROVER, procedure: PROCEDURE, official: APPROVER, applicantKey: 'applicant', now };
  for (let n = 0; n < dossiers - due;) {
    const batch = Array.from({ length: Math.min(1_000, dossiers - due - n) }, (_, i) => openTask(n + i, of));
    const results = await Promise.all(
      batch.map((commit, i) => {
        const at = now + 30 * DAY + ((n + i) % 1_000) * 60_000;
        const late = { id: 'clock.late', dossier: commit.dossier, at, kind: 'late' as const };
        const timers = { set: [{ ...late, stage: '', visit: 0, outcome: '' }], clear: [] };
        return store.commit({ ...commit, timers });
      }),
    );
    if (results.some(({ ok }) => !ok)) throw new Error('expected every dossier to be new');
    n += batch.length;
  }
}

/** Sweeps that find nothing: over timers alone, and whole as AWS makes one a minute. */
async function idle({ platform, catalogue, database }: OneMachine): Promise<void> {
  const cursors = new SqliteCursors(database);
  const options = { cursors, timeLeft: () => 60_000, measured: () => undefined };
  // What was laid down goes into the feed first.
  await sweep(platform, catalogue, options);
  const figures: TimerFigures['idle'] = {
    timers: await timed(async () => {
      if ((await fireTimers(platform, catalogue)) > 0) throw new Error('expected nothing that is due');
    }),
    sweep: await timed(() => sweep(platform, catalogue, options)),
  };
  console.log(JSON.stringify(figures));
}

async function timed(work: () => Promise<void>): Promise<{ p50Ms: number; p99Ms: number }> {
  const taken: number[] = [];
  for (let n = 0; n < IDLE_SWEEPS; n += 1) {
    const from = performance.now();
    await work();
    taken.push(performance.now() - from);
  }
  taken.sort((a, b) => a - b);
  return { p50Ms: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99) };
}

/** Says now and then how many timers were begun. */
async function fire({ platform, catalogue }: OneMachine): Promise<void> {
  let asked = 0;
  const goOn = (): boolean => {
    if (asked++ % TOLD_AFTER === 0) process.stdout.write(`${asked}\n`);
    return true;
  };
  const fired = await fireTimers(platform, catalogue, goOn);
  process.stdout.write(`${fired}\n`);
}

/** From the rows: of a dossier that passed its date twice there would be two events. */
function count({ database }: OneMachine): void {
  const events = database
    .prepare(`SELECT count(*) AS times FROM event WHERE json LIKE '%"type":"DeadlineMissed"%' GROUP BY dossier`)
    .all() as { times: number }[];
  const { waiting } = database.prepare('SELECT count(*) AS waiting FROM timer WHERE at > ?').get(Date.now()) as {
    waiting: number;
  };
  const once = events.filter(({ times }) => times === 1).length;
  console.log(JSON.stringify({ acted: { none: due - events.length, once, more: events.length - once }, waiting }));
}
