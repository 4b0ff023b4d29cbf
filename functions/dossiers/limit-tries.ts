import { createHmac, createSecretKey } from 'node:crypto';
import type { Allowance } from '../../domain/ports/tries.ts';
import type { Platform } from '../runtime/platform.ts';
import type { HeldPaper } from './check-paper.ts';

/** Numbers that turn out to be none of a dossier's papers', asked about within an hour. */
export const MOST_MISSES = {
  /** By one asker, of one dossier. */
  ofDossier: 10,
  /** By one asker, of all dossiers: or he would try each number with each code. */
  ofAsker: 100,
  /** Of one dossier, by all together who are not logged in: more than twenty networks would have to try. */
  ofAll: 200,
} as const;
const HOUR_MS = 3_600_000;

type Parts = Pick<Platform, 'tries' | 'clock' | 'config'>;

/** Who asks: the subject of his login, or the network that he asks from. */
export type Asker = { subject: string } | { network: string };

/**
 * Asks about a paper of a dossier, as long as not too many numbers were tried. Numbers alone are counted, and only those that no paper has: a digest cannot be
 * found by trying. Each asker is counted by himself, so that nobody else's few tries stand in his way.
 */
export async function askedWithin<T>(
  { tries, clock, config }: Parts,
  { dossier, held, asker }: { dossier: string; held: HeldPaper; asker: Asker },
  find: () => Promise<T | undefined>,
): Promise<{ found: T | undefined } | { retryAfterSeconds: number }> {
  if (held.number === undefined || held.sha256 !== undefined) return { found: await find() };
  const now = clock.now();
  const until = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
  const taken: Allowance[] = [];
  for (const allowance of allowancesOf({ config }, { dossier, asker, until })) {
    if (await tries.take(allowance, now)) taken.push(allowance);
    else {
      await giveBack(tries, taken);
      return { retryAfterSeconds: Math.ceil((until - now) / 1000) };
    }
  }
  const found = await find();
  if (found !== undefined) await giveBack(tries, taken);
  return { found };
}

function allowancesOf(
  parts: Pick<Platform, 'config'>,
  { dossier, asker, until }: { dossier: string; asker: Asker; until: number },
): Allowance[] {
  const by = nameOfAsker(parts, asker, until);
  return [
    { of: `paper:${dossier}:${by}`, until, most: MOST_MISSES.ofDossier },
    { of: `papers:${by}`, until, most: MOST_MISSES.ofAsker },
    ...('network' in asker ? [{ of: `paper:${dossier}:anyone`, until, most: MOST_MISSES.ofAll }] : []),
  ];
}

/** Keyed, and another name for each time that is counted: it tells neither who asked nor, once that is over, that it was the same. */
export function nameOfAsker({ config }: Pick<Platform, 'config'>, asker: Asker, until: number): string {
  const who = 'subject' in asker ? `subject:${asker.subject.normalize('NFC')}` : `network:${asker.network}`;
  return createHmac('sha256', createSecretKey(config.indexKey)).update(`tries:${until}:${who}`).digest('base64url');
}

async function giveBack(tries: Parts['tries'], taken: readonly Allowance[]): Promise<void> {
  for (const allowance of taken) await tries.giveBack(allowance);
}
