import { wayForward } from '../../workflows/route.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { viewOf } from '../dossiers/view.ts';
import { Evaluator } from '../dossiers/evaluator.ts';
import type { Catalogue, Pinned } from '../procedures/catalogue.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { WorkingCalendar } from '../../domain/time/working-calendar.ts';

type Data = Readonly<Record<string, unknown>>;

/** A dossier together with the procedure it is pinned to, the calendar that counts for it, and an evaluator over its view. */
export interface Standing {
  loaded: Loaded;
  pinned: Pinned;
  procedure: Procedure;
  calendar: WorkingCalendar;
  now: number;
  evaluator: Evaluator;
  /** The unit that has a unit's work now; null where a person must place it. */
  workOf: (unit: string) => string | null;
}

export async function standingOf(
  catalogue: Pick<Catalogue, 'pinned' | 'calendarOf' | 'workOf'>,
  loaded: Loaded,
  now: number,
  revised?: { form?: Data; facts?: Data },
): Promise<Standing> {
  const { dossier } = loaded;
  const pinned = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const calendar = await catalogue.calendarOf(dossier.unit ?? dossier.receivingUnit);
  const evaluator = new Evaluator(
    () => viewOf(loaded, { calendar, procedure: pinned.procedure, now }, revised),
    pinned.definition,
    calendar,
    now,
  );
  const workOf = await catalogue.workOf({ procedure: dossier.procedure, now });
  return { loaded, pinned, procedure: pinned.procedure, calendar, now, evaluator, workOf };
}

/** A stage by its name. Throws on a name that the pinned procedure does not have: a defect. */
export function stageOf(procedure: Procedure, name: string): Stage {
  const stage = procedure.stages[name];
  if (!stage) throw new Error(`procedure ${procedure.procedure}@${procedure.version}: no stage ${name}`);
  return stage;
}

/** First outcome of the stage's kind; a `decide` has none. */
export function forward(stage: Stage): string {
  return stage.kind === 'decide' ? 'chosen' : wayForward(stage);
}
