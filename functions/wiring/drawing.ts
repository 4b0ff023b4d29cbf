import type { Papers } from '../../domain/ports/papers.ts';
import type { RevocationSource, Seals } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { readEverywhere } from '../../schemas/environment.ts';
import { atFirstNeed, withheld } from './ports.ts';

/** Draws papers. Typeface and PDF are loaded at first need: they cost more than everything else together. */
export function openDrawing(): Papers {
  const { ONETRACK_LANGUAGE: lang, ONETRACK_TIME_ZONE: timeZone } = readEverywhere(process.env);
  return atFirstNeed<Papers>(async () => {
    const { createPapers } = await import('../../adapters/pdf/papers.ts');
    return createPapers({
      seals: withheld('seals') as Seals,
      timestamps: withheld('timestamps') as TimestampAuthority,
      anchors: [],
      revocation: withheld('revocation') as RevocationSource,
      timeZone,
      lang,
    });
  });
}
