import { newCopy } from '../../domain/dossier/commands/papers.ts';
import type { Dossier, StageState } from '../../domain/dossier/state.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { forward } from '../stages/standing.ts';
import { makeRow } from './steps.ts';

/** The work of papers that stages should have made on their way forward, and that are not there: what stood in the way parked the dossier. Asked for twice it is done once. */
export function unmadePapers(procedure: Procedure, dossier: Dossier, now: number): OutboxRow[] {
  return Object.entries(procedure.stages).flatMap(([name, stage]): OutboxRow[] => {
    const state = dossier.stages[name];
    const makes = 'makes' in stage && stage.kind !== 'inspect' ? stage.makes : undefined;
    if (makes === undefined || !state || !isDue(dossier, stage, state)) return [];
    const made = dossier.issues[makes];
    if (made?.sealed || procedure.issues?.[makes]?.automatic === undefined) return [];
    const copy = made?.copy ?? newCopy(dossier, makes).copy;
    const occasion = `${name}.${state.visits}.${dossier.run}`;
    const row = makeRow(dossier.id, now, { issue: makes, stage: name, copy, occasion });
    return [{ ...row, dossier: dossier.id, attempts: 0 }];
  });
}

/** The stage was left by its way forward; of a payment: something was paid. */
function isDue({ fees }: Dossier, stage: Stage, { left, outcome }: StageState): boolean {
  if (left === null || outcome !== forward(stage)) return false;
  return stage.kind !== 'pay' || stage.fees.some((fee) => fees[fee]?.paid != null);
}
