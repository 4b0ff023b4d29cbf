import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawGrowth } from '../../bench/draw-growth.ts';
import type { EnduranceFigures, FloorFigures, GrowthFigures, Report, TimerFigures } from '../../bench/report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('the benchmark drives every dossier to its end, in process and through HTTP, whatever the time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-bench-test-'));
  try {
    const json = join(folder, 'report.json');
    const args = ['bench/main.ts', '--dossiers', '10', '--concurrency', '2', '--json', json, '--folder', folder];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'pipe' });
    const { figures } = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(figures).toMatchObject([
      { mode: 'in-process', dossiers: 10, events: 14, signatures: 15 },
      { mode: 'http', dossiers: 10, events: 14, signatures: 15 },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test('commits and signatures are measured by themselves: every commit of every dossier is taken once more by an empty store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-bench-test-'));
  try {
    const args = [
      'bench/measure-floor.ts',
      '--dossiers',
      '12',
      '--concurrency',
      '4',
      '--warm-up',
      '4',
      '--folder',
      folder,
    ];
    const said = execFileSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { dossiersPerSecond, cpuMicros, mainThreadMicros } = JSON.parse(said) as FloorFigures;
    expect(dossiersPerSecond).toBeGreaterThan(0);
    expect(mainThreadMicros).toBeGreaterThan(0);
    expect(cpuMicros).toBeGreaterThan(mainThreadMicros);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test('a long load is measured part by part: what it took, what the server held, that nothing was lost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-bench-test-'));
  try {
    const args = [
      'bench/measure-endurance.ts',
      '--dossiers',
      '20',
      '--minutes',
      '0.1',
      '--spans',
      '3',
      '--folder',
      folder,
    ];
    const said = execFileSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { lost, spans } = JSON.parse(said) as EnduranceFigures;
    expect(lost).toBe(0);
    expect(spans).toHaveLength(3);
    for (const { dossiers, p50Ms, p99Ms, rssBytes, logBytes } of spans) {
      expect(dossiers).toBeGreaterThan(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
      expect(rssBytes).toBeGreaterThan(logBytes);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test('timers that are due at once act once each, though the sweep is killed half-way, and the others wait', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-bench-test-'));
  try {
    const args = ['bench/measure-timers.ts', '--dossiers', '2500', '--folder', folder];
    const said = execFileSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { due, acted, waiting, killedAfter, idle } = JSON.parse(said) as TimerFigures;
    expect({ due, acted, waiting }).toEqual({ due: 25, acted: { none: 0, once: 25, more: 0 }, waiting: 2475 });
    expect(killedAfter).toBeGreaterThanOrEqual(12);
    expect(idle.timers.p50Ms).toBeGreaterThan(0);
    expect(idle.sweep.p50Ms).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test('what a command costs is measured in a small and in a grown folder, and drawn', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetrack-bench-test-'));
  try {
    const args = ['bench/measure-growth.ts', '--fewest', '8', '--rounds', '2', '--stored', '8,20', '--folder', folder];
    const said = execFileSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const figures = JSON.parse(said) as GrowthFigures[];
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
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
