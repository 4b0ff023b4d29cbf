import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Release } from '../procedures/install-release.ts';

/** The release as it lies beside the function's code. */
export function openRelease(): Release {
  const file = join(process.env['LAMBDA_TASK_ROOT'] ?? '.', 'release.json');
  return Release.parse(JSON.parse(readFileSync(file, 'utf8')));
}
