import type { EventBody } from '../../schemas/events.ts';
import { effectsOf } from '../dossiers/concerned.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import { stageOf } from '../stages/standing.ts';

/**
 * Brings word of a result to the dossier that it is about: its record says from then on that a paper was corrected, revoked or otherwise touched, by which
 * one. The earlier paper stays as it is. Done again it changes nothing.
 */
export async function affectEarlier(
  platform: Platform,
  catalogue: Catalogue,
  work: { dossier: string; stage: string },
): Promise<void> {
  const { cache, store, masterKey } = platform;
  const loaded = await cache.load(work.dossier, store, masterKey);
  if (!loaded?.dossier.about) throw new Error(`dossier ${work.dossier}: expected one that is about an earlier result`);
  const { id, code, about, issues, procedure: name, procedureVersion } = loaded.dossier;
  const { procedure } = await catalogue.pinned(name, procedureVersion);
  const stage = stageOf(procedure, work.stage);
  const [paper] = (stage.kind === 'notify' ? (stage.deliver ?? []) : []).flatMap((issue) => {
    const { copy, number, sealed } = issues[issue] ?? {};
    return copy !== undefined && sealed
      ? [{ issue, copy, number: number?.text ?? null, document: sealed.document, sealed: sealed.at }]
      : [];
  });
  await appendSurely(platform, about.dossier, ({ dossier: earlier }) => {
    const events = effectsOf(stage).flatMap(({ effect, issue }): EventBody[] => {
      const copy = about.papers.find((concerned) => concerned.issue === issue)?.copy;
      const state = earlier.issues[issue];
      const isTold = state?.affected?.some((told) => told.by === id && told.effect === effect);
      if (copy === undefined || state?.copy !== copy || isTold === true) return [];
      return [{ type: 'ResultAffected', data: { effect, issue, copy, by: id, code, paper: paper ?? null } }];
    });
    return { decision: { ok: true, events }, actor: { kind: 'platform' } };
  });
}
