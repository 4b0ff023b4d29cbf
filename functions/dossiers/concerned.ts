import type { EventData } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Effect } from '../../schemas/procedure/closed-sets.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Platform } from '../runtime/platform.ts';

export type Concerned = NonNullable<EventData<'DossierSubmitted'>['about']>;

/** What a notify stage does to earlier papers: effects by the issue that they touch. */
export function effectsOf(stage: Procedure['stages'][string]): { effect: Effect; issue: string }[] {
  if (stage.kind !== 'notify') return [];
  return Object.entries(stage.effect ?? {}).map(([effect, issue]) => ({ effect: effect as Effect, issue }));
}

/**
 * The earlier result that a submission is about, as it stands now: the new dossier's record holds number and digest of each paper, so it says by itself
 * which one it corrects. Refused is what the procedure is not about, and what has no paper for it to touch.
 */
export async function concernedBy(
  platform: Platform,
  procedure: Procedure,
  about: string | undefined,
): Promise<{ ok: true; about?: Concerned } | Refused> {
  const at = '/about';
  if (procedure.about === undefined)
    return about === undefined
      ? { ok: true }
      : refuse('form-invalid', 'the procedure is about no earlier result', [{ at, expected: 'nothing', found: about }]);
  const expected = `a dossier of ${procedure.about.join(' or ')} whose result went out`;
  const loaded = about === undefined ? undefined : await platform.cache.load(about, platform.store, platform.masterKey);
  if (!loaded || !procedure.about.includes(loaded.dossier.procedure))
    return refuse('form-invalid', `expected ${expected}, got ${about ?? 'none'}`, [{ at, expected }]);
  const { dossier } = loaded;
  const papers = Object.entries(dossier.issues).flatMap(([issue, { copy, number, sealed }]) =>
    sealed ? [{ issue, copy, number: number?.text ?? null, document: sealed.document, sealed: sealed.at }] : [],
  );
  const touched = Object.values(procedure.stages).flatMap(effectsOf);
  const lacking = touched.find(({ issue }) => !papers.some((paper) => paper.issue === issue));
  if (dossier.settled === null || lacking)
    return refuse('result-not-ready', `expected ${expected}${lacking ? `, with its ${lacking.issue}` : ''}`, [
      { at, expected },
    ]);
  return { ok: true, about: { dossier: dossier.id, procedure: dossier.procedure, code: dossier.code, papers } };
}
