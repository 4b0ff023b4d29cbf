import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawGrowth } from '../../bench/draw-growth.ts';
import type { EnduranceFigures, FloorFigures, GrowthFigures, Report, TimerFigures } from '../../bench/report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a script of the benchmark says, over this folder. */
function run(command: string, folder: string): string {
  const [script = '', ...args] = command.split(' ');
  return execFileSync(process.execPath, [`bench/${script}.ts`, ...args, '--folder', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-bench-test-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The figures that it says, over a folder of its own. */
const measured = (command: string): unknown => inFolder((folder) => JSON.parse(run(command, folder)) as unknown);

test('the benchmark drives every dossier to its end, in process and through HTTP, whatever the time', () => {
  const { figures } = inFolder((folder) => {
    const json = join(folder, 'report.json');
    run(`main --dossiers 10 --concurrency 2 --json ${json}`, folder);
    return JSON.parse(readFileSync(json, 'utf8')) as Report;
  });
  expect(figures).toMatchObject([
    { mode: 'in-process', dossiers: 10, events: 14, signatures: 15 },
    { mode: 'http', dossiers: 10, events: 14, signatures: 15 },
  ]);
}, 120_000);

test('commits and signatures are measured by themselves: every commit of every dossier is taken once more by an empty store', () => {
  const { dossiersPerSecond, cpuMicros, mainThreadMicros } = measured(
    'measure-floor --dossiers 12 --concurrency 4 --warm-up 4',
  ) as FloorFigures;
  expect(dossiersPerSecond).toBeGreaterThan(0);
  expect(mainThreadMicros).toBeGreaterThan(0);
  expect(cpuMicros).toBeGreaterThan(mainThreadMicros);
}, 120_000);

test('a long load is measured part by part: what it took, what the server held, that nothing was lost', () => {
  const { lost, spans } = measured('measure-endurance --dossiers 20 --minutes 0.1 --spans 3') as EnduranceFigures;
  expect(lost).toBe(0);
  expect(spans).toHaveLength(3);
  for (const { control, held, ...loaded } of spans) {
    for (const { dossiers, p50Ms, p99Ms, workMs } of [loaded, control]) {
      expect(dossiers).toBeGreaterThan(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
      expect(workMs).toBeGreaterThan(0);
    }
    expect(held.rssBytes).toBeGreaterThan(held.logBytes);
  }
}, 120_000);

test('timers that are due at once act once each, though the sweep is killed half-way, and the others wait', () => {
  const { due, acted, waiting, killedAfter, idle } = measured('measure-timers --dossiers 2500') as TimerFigures;
  expect({ due, acted, waiting }).toEqual({ due: 25, acted: { none: 0, once: 25, more: 0 }, waiting: 2475 });
  expect(killedAfter).toBeGreaterThanOrEqual(12);
  expect(idle.timers.p50Ms).toBeGreaterThan(0);
  expect(idle.sweep.p50Ms).toBeGreaterThan(0);
}, 120_000);

test('what a command costs is measured in a small and in a grown folder, and drawn', () => {
  const figures = measured('measure-growth --fewest 8 --rounds 2 --stored 8,20') as GrowthFigures[];
  expect(figures.map(({ stored }) => stored)).toEqual([8, 20]);
  for (const { operations, memory } of figures) {
    expect(Object.keys(operations)).toEqual(['submit', 'decide', 'inbox', 'read']);
    for (const { few, many } of Object.values(operations)) {
      expect(few.p50Ms).toBeGreaterThan(0);
      expect(many.p50Ms).toBeGreaterThan(0);
    }
    expect(memory.peakRssBytes).toBeGreaterThanOrEqual(memory.startedRssBytes);
    expect(memory.databaseBytes).toBeGreaterThan(0);
  }
  expect(drawGrowth(figures)).toMatch(/<desc[^>]*>[^<]* at 8, 20: submit [\d.]+, [\d.]+;/);
}, 120_000);
