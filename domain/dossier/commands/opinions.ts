import type { Actor } from '../../../schemas/actor.ts';
import type { TaskOpening } from '../../../schemas/dossier.ts';
import { refuse, type Refused } from '../../../schemas/refusals.ts';
import type { Dossier } from '../state.ts';
import { accept, type Decision } from './decision.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** Whether an official may ask one body more, now. Only where a consultation is open: else nobody would wait for the answer. */
export function refuseToAsk(d: Dossier, by: OfficialActor, roles: ReadonlySet<string>): Refused | undefined {
  const stage = d.stage === null ? undefined : d.stages[d.stage];
  if (d.parked) return refuse('wrong-status', 'expected a dossier in process; it is parked until somebody resumes it');
  if (stage?.kind !== 'consult' || stage.left !== null)
    return refuse('wrong-status', `expected a dossier at a consultation, it stands at ${d.stage ?? 'no stage'}`);
  if (by.unit !== d.unit) return refuse('wrong-unit', `expected unit ${d.unit ?? 'none'}, acted in ${by.unit}`);
  if (!roles.has(by.role))
    return refuse('wrong-role', `expected a role that decides in this procedure, acted as ${by.role}`);
  return undefined;
}

/** Asks a body that the procedure does not name, with the question in writing. */
export function askBody(d: Dossier, { opening, question }: { opening: TaskOpening; question: string }): Decision {
  const { stage } = d;
  const visit = stage === null ? undefined : d.stages[stage]?.visits;
  if (stage === null || visit === undefined) return refuse('wrong-status', 'expected a dossier at a consultation');
  const again = Object.values(d.tasks).find(
    (task) => task.stage === stage && task.visit === visit && task.part && task.unit === opening.unit,
  );
  if (again)
    return refuse(
      'wrong-status',
      `expected a body that is not asked yet; ${String(opening.unit)} is, by ${again.task}`,
    );
  return accept({ type: 'TaskOpened', data: { run: d.run, stage, visit, opening }, secret: { comment: question } });
}
