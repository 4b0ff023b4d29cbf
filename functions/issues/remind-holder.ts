import { accept } from '../../domain/dossier/commands/decision.ts';
import type { Timer } from '../../domain/ports/dossier-store.ts';
import { noticeOf } from '../notices/notice.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';

/**
 * A paper that went out comes to its end: its holder is told, where he left an address. One that a later result ended or extended meanwhile, or of which there
 * is a new copy, has no reminder any more, and nothing happens; firing twice has the effect of once.
 */
export async function remindHolder(
  platform: Platform,
  catalogue: Catalogue,
  { dossier, stage: issue, visit: copy, at }: Timer,
): Promise<void> {
  await appendSurely(platform, dossier, async (loaded) => {
    const actor = { kind: 'platform' } as const;
    const { sealed, copy: last } = loaded.dossier.issues[issue] ?? {};
    if (last !== copy || sealed?.valid?.remind === undefined || Date.parse(sealed.valid.remind) !== at)
      return { decision: accept(), actor };
    const { until } = sealed.valid;
    const standing = await standingOf(catalogue, loaded, platform.clock.now());
    const isOut = loaded.dossier.settled !== null;
    return {
      decision: accept(
        { type: 'ValidityNeared', data: { issue, copy, until } },
        ...(isOut ? noticeOf(platform, standing, 'expires', issue) : []),
      ),
      actor,
    };
  });
}
