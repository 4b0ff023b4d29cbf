import { LATENESS } from '../../domain/dossier/state.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';

/** The written reason of the decision that led here: of an official, or of the system, which says the ground that did not hold. */
export function lastReason(loaded: Loaded): string | undefined {
  const { tasks, stages } = loaded.dossier;
  const decided = Object.values(tasks).map(({ decided: by, kind }) => (kind === LATENESS ? 0 : (by?.seq ?? 0)));
  const passed = Object.values(stages).map((stage) => stage.secret ?? 0);
  for (const seq of [...new Set([...decided, ...passed])].sort((a, b) => b - a)) {
    const comment = findSecret(loaded, seq)?.['comment'];
    if (typeof comment === 'string') return comment;
  }
  return undefined;
}
