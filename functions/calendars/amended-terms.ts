import type { Dossier } from '../../domain/dossier/state.ts';
import { type RunningTerm, runningTerms } from '../../domain/dossier/terms.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { ConsultedPart } from '../../schemas/dossier.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { endOfTerm } from '../dossiers/deadline.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';
import { type Standing, stageOf } from '../stages/standing.ts';

type Recomputed = EventData<'TermRecomputed'>;

/**
 * The running terms of a dossier that its calendar, as amended, lets end later, reckoned anew from their beginning. A term that would end earlier stays as it
 * was told. One that has passed is over.
 */
export async function amendedTerms(standing: Standing): Promise<Recomputed[]> {
  const { loaded, calendar, now } = standing;
  const moved: Recomputed[] = [];
  for (const running of runningTerms(loaded.dossier)) {
    const { place, began, until: before } = running;
    if (Date.parse(before) <= now) continue;
    const { term, evaluator } = await termOf(standing, running);
    if (term === undefined) continue;
    const until = await endOfTerm(term, Date.parse(began), evaluator, calendar);
    if (Date.parse(until) <= Date.parse(before)) continue;
    moved.push({
      ...place,
      before,
      until,
      due: localDate(calendar, Date.parse(until)),
      calendar: `${calendar.id}@${calendar.version}`,
    });
  }
  return moved;
}

function ownTerm(stage: Stage): unknown {
  if (stage.kind === 'wait') return stage.for;
  return 'within' in stage ? stage.within : undefined;
}

/** The term as the procedure has it, or as a body was asked by hand. Of one asked before its record held the term nothing says it: its date stays. */
async function termOf(
  { loaded, procedure, evaluator }: Standing,
  { place }: RunningTerm,
): Promise<{ term: unknown; evaluator: Evaluator }> {
  const stage = stageOf(procedure, place.stage);
  const asked = partOf(loaded.dossier, place);
  if (!asked) return { term: ownTerm(stage), evaluator };
  const { id, of, within } = asked;
  if (of === null) return { term: within, evaluator };
  const part = stage.kind === 'consult' || stage.kind === 'open' ? stage.parts[of] : undefined;
  if (!part) return { term: undefined, evaluator };
  const term = part.within ?? ownTerm(stage);
  if (part.each === undefined) return { term, evaluator };
  const found = await evaluator.optional(part.each);
  const items: unknown[] = Array.isArray(found) ? found : [found];
  return { term, evaluator: evaluator.withItem(items[Number(id.slice(of.length)) - 1]) };
}

/** The part of the stage whose term it is; undefined for the stage's own. */
function partOf(
  { tasks, children }: Dossier,
  { task, child }: RunningTerm['place'],
): Pick<ConsultedPart, 'id' | 'of' | 'within'> | undefined {
  if (task !== undefined) return tasks[task]?.part;
  const ordered = child === undefined ? undefined : children[child];
  return ordered && { id: ordered.part, of: ordered.of };
}
