import type { Allowance } from '../../domain/ports/tries.ts';
import type { Platform } from '../runtime/platform.ts';
import type { HeldPaper } from './check-paper.ts';
import { applicantKeyOf } from './submit.ts';

/** Numbers of one dossier that turn out to be none of its papers', asked about within an hour: by each who is logged in, and by all who are not together. */
export const MOST_MISSES = 10;
const HOUR_MS = 3_600_000;

type Parts = Pick<Platform, 'tries' | 'clock' | 'config'>;

/**
 * Asks about a paper of a dossier, as long as not too many numbers were tried. Numbers alone are counted, and only those that no paper has: a digest cannot be
 * found by trying. Who is logged in is counted by himself, so that nobody else's tries stand in his way.
 */
export async function askedWithin<T>(
  { tries, clock, config }: Parts,
  { dossier, held, caller }: { dossier: string; held: HeldPaper; caller: string | undefined },
  find: () => Promise<T | undefined>,
): Promise<{ found: T | undefined } | { retryAfterSeconds: number }> {
  if (held.number === undefined || held.sha256 !== undefined) return { found: await find() };
  const now = clock.now();
  const by = caller === undefined ? 'anyone' : applicantKeyOf({ config }, caller);
  const until = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
  const allowance: Allowance = { of: `paper:${dossier}:${by}`, until, most: MOST_MISSES };
  if (!(await tries.take(allowance, now))) return { retryAfterSeconds: Math.ceil((until - now) / 1000) };
  const found = await find();
  if (found !== undefined) await tries.giveBack(allowance);
  return { found };
}
