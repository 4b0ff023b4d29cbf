import type { Allowance } from '../../domain/ports/tries.ts';
import { nameOfAsker } from '../dossiers/limit-tries.ts';
import type { Platform } from '../runtime/platform.ts';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

/** What one person may announce within a day of UTC, in MiB; each file counts for as many as it begins. A house of forty rooms is drawn in less. */
export const MOST_MIB_A_DAY = 2_048;

/** Takes room for a file out of what a person may announce today. Answers when there is room again, if there is not enough. */
export async function takeRoom(
  { tries, clock, config }: Pick<Platform, 'tries' | 'clock' | 'config'>,
  { subject, size }: { subject: string; size: number },
): Promise<{ retryAfterSeconds: number } | undefined> {
  const now = clock.now();
  const until = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
  const room: Allowance = {
    of: `uploads:${nameOfAsker({ config }, { subject }, until)}`,
    until,
    most: MOST_MIB_A_DAY,
    amount: Math.max(1, Math.ceil(size / MIB)),
  };
  return (await tries.take(room, now)) ? undefined : { retryAfterSeconds: Math.ceil((until - now) / 1000) };
}
