import type { EventBody } from '../../../schemas/events.ts';
import type { Dossier, IssueState } from '../state.ts';

/**
 * A paper is made anew: which copy it is, and the voiding of the number that the copy before had. A number is of one copy: it is never taken over by
 * another, and never given again.
 */
export function newCopy(d: Dossier, issue: string): { copy: number; voided: EventBody[] } {
  const before = d.issues[issue];
  return { copy: (before?.copy ?? 0) + 1, voided: before ? voidNumber(before) : [] };
}

/** The stage that stands open is broken off: a number that was taken for its paper, and under which nothing has gone out, is void. */
export function voidUnissued(d: Dossier): EventBody[] {
  return Object.values(d.issues)
    .filter(({ stage, sealed }) => stage === d.stage && sealed === null && d.stages[stage]?.kind === 'sign')
    .flatMap(voidNumber);
}

/** A number under which nothing has gone out, or nothing ever will, is void. */
export function voidNumberOf(
  { register, unit, year, number }: NonNullable<IssueState['number']>,
  reason: 'replaced' | 'not-issued' = 'not-issued',
): EventBody {
  return { type: 'NumberVoided', data: { register, unit, year, number, reason } };
}

function voidNumber({ number, sealed }: IssueState): EventBody[] {
  return number ? [voidNumberOf(number, sealed ? 'replaced' : 'not-issued')] : [];
}
