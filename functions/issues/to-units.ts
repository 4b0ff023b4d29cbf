import { TaskRetryable } from '../../domain/failures.ts';
import { appendSurely, type Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';

/**
 * Appends what goes to one unit after another until nothing is left to go; twice has the effect of once. `propose` adds to `nobody` for whom no unit is found. Throws
 * `TaskRetryable` where there are such, saying what was expected: the others have theirs, and it is looked for again.
 */
export async function goToUnits(
  platform: Platform,
  id: string,
  { expected, propose }: { expected: string; propose: (loaded: Loaded, nobody: Set<string>) => Promise<Proposal> },
): Promise<void> {
  const nobody = new Set<string>();
  for (let gone = 1; gone > 0;) {
    const appended = await appendSurely(platform, id, (loaded) => propose(loaded, nobody));
    gone = appended.events.length;
  }
  if (nobody.size > 0) throw new TaskRetryable(`${expected}, found none for ${[...nobody].join(', ')}`);
}
