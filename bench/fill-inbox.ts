import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OneMachine } from '../embedded/one-machine.ts';
import { applicantKeyOf } from '../functions/dossiers/submit.ts';
import { APPROVER, openBenchMachine, PROCEDURE, UNIT } from './bench-machine.ts';
import { quantile } from './drive.ts';
import { openTask } from './open-task.ts';
import type { PageFigures } from './report.ts';

export const URL_HERE = 'http://127.0.0.1:1';
/** Has twenty dossiers. */
export const APPLICANT = 'applicant';

/** A platform in a new folder that goes with the process, and so many tasks before the office of its official. */
export async function openFilled(
  tasks: number,
  folder: string | undefined,
): Promise<{ dir: string; machine: OneMachine; close: () => Promise<void> }> {
  const dir = mkdtempSync(join(folder ?? tmpdir(), 'onetrack-bench-'));
  process.once('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
  const { machine, close } = await openBenchMachine(dir, URL_HERE);
  const { store } = machine.platform;
  const applicantKey = applicantKeyOf(machine.platform, APPLICANT);
  const now = Date.now();
  for (let n = 0; n < tasks;) {
    const batch = Array.from({ length: Math.min(1_000, tasks - n) }, (_, i) => n + i);
    const place = { unit: UNIT, role: APPROVER, procedure: PROCEDURE, official: APPROVER, applicantKey, now };
    const results = await Promise.all(batch.map((index) => store.commit(openTask(index, place))));
    if (results.some(({ ok }) => !ok)) throw new Error('expected every dossier to be new');
    n += batch.length;
  }
  return { dir, machine, close };
}

const WARM_UP = 300;

/** Asks for each page so often, one request after another. */
export async function timePages(
  paths: Readonly<Record<string, string>>,
  requests: number,
  read: (path: string) => Promise<unknown>,
): Promise<PageFigures['pages']> {
  const pages: Record<string, { p50Ms: number; p99Ms: number }> = {};
  for (const [name, path] of Object.entries(paths)) {
    for (let n = 0; n < WARM_UP; n += 1) await read(path);
    const taken: number[] = [];
    for (let n = 0; n < requests; n += 1) {
      const from = performance.now();
      await read(path);
      taken.push(performance.now() - from);
    }
    taken.sort((a, b) => a - b);
    pages[name] = { p50Ms: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99) };
  }
  return pages;
}
