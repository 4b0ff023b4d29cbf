import { asMeasured } from '../../domain/time/around-deadline.ts';
import { explain } from '../../domain/time/explain.ts';
import { workingTimeBetween } from '../../domain/time/working-calendar.ts';
import { explainPromise } from '../lateness/explain-promise.ts';
import type { Standing } from '../stages/standing.ts';
import { statutoryDeadline } from './deadline.ts';

const MINUTE_MS = 60_000;

/** How a dossier's date comes about: the law's with its derivation, what was promised and why, what Decision 766 measures, and apart from that how long reception had it. */
export async function explainDeadline(standing: Standing) {
  const { dossier } = standing.loaded;
  const { ok: _, facts, ...derived } = await statutoryDeadline(standing, dossier.clock, standing.evaluator);
  const still = derived.state !== 'stopped' ? undefined : derived.ended ? 'ended' : 'stands';
  const measured = await statutoryDeadline(standing, asMeasured(dossier.clock), standing.evaluator);
  return {
    due: null,
    dueAt: null,
    promised: dossier.promise?.due ?? null,
    promise: explainPromise(dossier, standing.procedure, still) ?? null,
    ...derived,
    steps: explain(facts),
    measured: measured.state === 'due' ? measured.due : null,
    handOver: handOverOf(standing),
  };
}

/** From when reception had the dossier until it went on to whoever decides, the last time: no part of the statutory limit (Decree 61/2018 art. 18(2)). */
function handOverOf({ loaded: { dossier }, calendar }: Standing) {
  const reception = Object.values(dossier.stages).find(({ kind }) => kind === 'receive');
  if (!reception) return null;
  const { entered: from, left: to } = reception;
  const worked = to === null ? undefined : workingTimeBetween(calendar, Date.parse(from), Date.parse(to));
  return { from, to, workingMinutes: worked?.ok ? Math.round(worked.value / MINUTE_MS) : null };
}
