import type { DossierEvent } from '../../schemas/events.ts';
import { rate } from '../dossier/commands/applicant.ts';
import type { Dossier } from '../dossier/state.ts';
import { CLOCK_TOLERANCE } from './clock-tolerance.ts';

/** The rule that it breaks: its applicant says how it was, once, from the result on and within the term. */
export function ruleAgainstRating(
  d: Dossier,
  { actor, data, at }: Extract<DossierEvent, { type: 'RatingGiven' }>,
): string | undefined {
  if (actor.kind !== 'applicant') return 'the applicant';
  // It was judged a moment before its instant was written.
  const rated = rate(d, Date.parse(at) - CLOCK_TOLERANCE, data);
  return rated.ok ? undefined : rated.refusal.detail;
}
