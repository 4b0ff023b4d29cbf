import type { Papers } from '../../domain/ports/papers.ts';
import type { Seals } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { readEverywhere } from '../../schemas/environment.ts';
import { atFirstNeed } from './ports.ts';
import { openRevocation } from './revocation.ts';

/** Draws papers, prepares personal signatures and seals. */
export function openPapers(by: { seals: Seals; timestamps: TimestampAuthority }): Papers {
  const { ONETRACK_LANGUAGE: lang, ONETRACK_TIME_ZONE: timeZone } = readEverywhere(process.env);
  return atFirstNeed<Papers>(async () => {
    const [{ createPapers }, { trustAnchors }] = await Promise.all([
      import('../../adapters/pdf/papers.ts'),
      import('./trust.ts'),
    ]);
    return createPapers({ ...by, anchors: await trustAnchors(), revocation: openRevocation(), timeZone, lang });
  });
}
