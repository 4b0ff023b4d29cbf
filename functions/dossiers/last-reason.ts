import { isBeside, type TaskState } from '../../domain/dossier/state.ts';
import { OUTCOMES, type OutcomesOfKind } from '../../schemas/procedure/closed-sets.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';

/** Outcomes that say no, or not yet, to the applicant: their reason is meant for him. */
export const MEANT_FOR_APPLICANT: ReadonlySet<string> = new Set(['incomplete', 'refused', 'invalid', 'rejected']);

/** Where a procedure refuses on these, what was written with them is all the ground there is. */
const MAY_BE_GROUND: ReadonlySet<string> = new Set([...MEANT_FOR_APPLICANT, 'failed', 'opposed', 'misdirected']);

/**
 * The written reason of the decision that led here: of an official, or of the system, which says the ground that did not hold. Never what goes
 * between officials: said with a yes, to give the dossier back, or by who signs.
 */
export function lastReason(loaded: Loaded): string | undefined {
  const { tasks, stages } = loaded.dossier;
  const decided = Object.values(tasks).flatMap(({ decided: by, kind, step }) =>
    by && isGround(kind, by.outcome, step) ? by.seq : [],
  );
  const judged = Object.values(stages).flatMap(({ by, kind, outcome, secret }) =>
    by?.kind === 'platform' && secret !== null && outcome !== null && isGround(kind, outcome) ? secret : [],
  );
  for (const seq of [...decided, ...judged].sort((a, b) => b - a)) {
    const comment = findSecret(loaded, seq)?.['comment'];
    if (typeof comment === 'string') return comment;
  }
  return undefined;
}

function isGround(kind: TaskState['kind'], outcome: string, step = 'decision'): boolean {
  if (isBeside(kind) || kind === 'sign' || kind === 'ask') return false;
  if (MAY_BE_GROUND.has(outcome)) return true;
  const { own, outcomes }: OutcomesOfKind = OUTCOMES[kind];
  return own && step === 'decision' && !outcomes.includes(outcome);
}
