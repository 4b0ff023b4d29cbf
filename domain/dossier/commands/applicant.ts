import { refuse } from '../../../schemas/refusals.ts';
import type { Dossier } from '../state.ts';
import { accept, type Decision } from './decision.ts';

/** So long after its result a dossier may be rated, in milliseconds: 30 days. */
const RATED_WITHIN_MS = 30 * 86_400_000;

/** Until when it may be rated; null: it has no result yet. */
export function rateUntil({ settled }: Pick<Dossier, 'settled'>): string | null {
  return settled === null ? null : new Date(Date.parse(settled) + RATED_WITHIN_MS).toISOString();
}

/** The applicant says how it was, once, in the month after the result. Nothing follows from it but what is counted. */
export function rate(
  d: Dossier,
  now: number,
  { score, comment }: { score: number; comment?: string | undefined },
): Decision {
  const until = rateUntil(d);
  if (until === null) return refuse('wrong-status', `expected a settled dossier, got ${d.status}`);
  if (d.rated !== null) return refuse('already-rated', `dossier ${d.id} was rated before`);
  if (now >= Date.parse(until)) return refuse('rating-closed', `dossier ${d.id} could be rated until ${until}`);
  return accept({
    type: 'RatingGiven',
    data: { score },
    ...(comment !== undefined && { secret: { comment: comment.normalize('NFC') } }),
  });
}

/** The result has reached the applicant. Once: later fetches change nothing. */
export function deliverResult(d: Dossier): Decision {
  return d.delivery === 'ready' ? accept({ type: 'ResultDelivered', data: { how: 'download' } }) : accept();
}
