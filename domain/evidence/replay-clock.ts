import { stageHolding } from '../dossier/fold-clock.ts';
import type { Dossier } from '../dossier/state.ts';
import type { DossierEvent } from '../../schemas/events.ts';

/** The clock of a dossier that was withdrawn while a stage held it does not go on: nobody waits for a date any more. */
export function ruleAgainstDate(
  d: Dossier,
  { data }: Extract<DossierEvent, { type: 'PromiseMade' | 'ClockResumed' }>,
): string | undefined {
  const isOver = d.withdrawal !== null && data.clock !== 'start' && stageHolding(d) !== undefined;
  return isOver ? 'no date of a dossier that was withdrawn while its clock stood still' : undefined;
}
