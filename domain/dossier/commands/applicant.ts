import { refuse } from '../../../schemas/refusals.ts';
import type { Dossier } from '../state.ts';
import { accept, type Decision } from './decision.ts';

/** The applicant says how it was, once, when there is a result. */
export function rate(d: Dossier, { score, comment }: { score: number; comment?: string | undefined }): Decision {
  if (d.settled === null) return refuse('wrong-status', `expected a settled dossier, got ${d.status}`);
  if (d.rated) return refuse('already-rated', `dossier ${d.id} was rated before`);
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
