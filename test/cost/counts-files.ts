import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasuredCounts } from '../../schemas/cost.ts';
import { measure, type Subject } from './measure.ts';
import { benchSubject, storySubject } from './subjects.ts';

/** The files that hold what was measured, by path below the repository: each beside its procedure. */
export const COUNTS_FILES: Readonly<Record<string, (root: string, dir: string) => Subject>> = {
  'bench/bench.counts.json': benchSubject,
  ...Object.fromEntries(
    ['library-card', 'birth-registration', 'household-business'].map((name) => [
      `workflows/procedures/${name}.counts.json`,
      (root: string) => storySubject(root, name),
    ]),
  ),
};

/** Measures what a file of the repository holds. */
export async function measureFile(root: string, path: string): Promise<MeasuredCounts> {
  const subject = COUNTS_FILES[path];
  if (!subject) throw new Error(`expected one of ${Object.keys(COUNTS_FILES).join(', ')}; got ${path}`);
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-cost-'));
  try {
    return await measure(subject(root, dir));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
