import { asMeasured } from '../../domain/time/around-deadline.ts';
import { explain } from '../../domain/time/explain.ts';
import { explainPromise } from '../lateness/explain-promise.ts';
import type { Standing } from '../stages/standing.ts';
import { statutoryDeadline } from './deadline.ts';

/** How a dossier's date comes about: the law's with its derivation, what was promised and why, and what Decision 766 measures. */
export async function explainDeadline(standing: Standing) {
  const { dossier } = standing.loaded;
  const { ok: _, facts, ...derived } = await statutoryDeadline(standing, dossier.clock, standing.evaluator);
  const measured = await statutoryDeadline(standing, asMeasured(dossier.clock), standing.evaluator);
  return {
    due: null,
    dueAt: null,
    promised: dossier.promise?.due ?? null,
    promise: explainPromise(dossier, standing.procedure) ?? null,
    ...derived,
    steps: explain(facts),
    measured: measured.state === 'due' ? measured.due : null,
  };
}
