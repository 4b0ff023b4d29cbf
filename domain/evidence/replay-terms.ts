import { runningTerms, type TermPlace } from '../dossier/terms.ts';
import type { Dossier } from '../dossier/state.ts';
import type { DossierEvent } from '../../schemas/events.ts';

/** The platform alone moves a term, one that runs, and never to an earlier instant: who was told one may rely on it. */
export function ruleAgainstTerm(
  d: Dossier,
  { actor, data }: Extract<DossierEvent, { type: 'TermRecomputed' }>,
): string | undefined {
  if (actor.kind !== 'platform') return 'the platform';
  const isSame = (place: TermPlace) =>
    (['stage', 'visit', 'task', 'child'] as const).every((key) => place[key] === data[key]);
  const running = runningTerms(d).find(({ place }) => isSame(place));
  if (running?.until !== data.before) return `the term that runs, until ${running?.until ?? 'none'}`;
  return Date.parse(data.until) > Date.parse(data.before) ? undefined : `a term after ${data.before}`;
}
