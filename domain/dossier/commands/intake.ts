import type { Actor } from '../../../schemas/actor.ts';
import type { EventData } from '../../../schemas/events.ts';
import { refuse, type Refused } from '../../../schemas/refusals.ts';
import { HANDED_BACK, LOST } from '../fold-intake.ts';
import { notTakenIn } from '../paper.ts';
import { CUSTODY, type Dossier, isBeside, type TaskState } from '../state.ts';
import { openBeside } from './beside.ts';
import { accept, type Decision } from './decision.ts';
import { refuseOutcome, refuseTask } from './tasks.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** What an official says of the paper before him. */
export interface Compared {
  /** Components that he has compared: all that is not taken in yet. */
  components: readonly string[];
  /** Originals that are not given back at once. `until`: the last day, YYYY-MM-DD. */
  keeps?: { components: readonly string[]; place: string; until: string } | undefined;
}

/** Whether this official may take paper in at this task now, and says what there is to say. */
export function refuseIntake(
  d: Dossier,
  task: TaskState,
  by: OfficialActor,
  { components, keeps }: Compared,
): Refused | undefined {
  const refused = refuseTask(d, task, by, 'claim');
  if (refused) return refused;
  const waiting = notTakenIn(d);
  if (waiting.length === 0 || isBeside(task.kind))
    return refuse('wrong-status', `expected paper that is not taken in yet; dossier ${d.id} has none`);
  const expected = [...new Set(waiting.map(({ component }) => component))];
  const missing = expected.filter((component) => !components.includes(component));
  if (missing.length > 0)
    return refuse(
      'document-missing',
      `expected all that is not taken in yet, ${missing.join(', ')} too`,
      missing.map((component) => ({ at: '/compared', expected: component })),
    );
  const stray = [...components, ...(keeps?.components ?? [])].find((component) => !expected.includes(component));
  if (stray !== undefined)
    return refuse('document-not-accepted', `expected ${expected.join(', ')}; got ${stray}`, [
      { at: '/compared', expected: expected.join(' | '), found: stray },
    ]);
  return undefined;
}

/** The signature over the scans is accepted: from now on they count. */
export function takeIn(
  d: Dossier,
  command: Compared & {
    task: TaskState;
    by: OfficialActor;
    signed: Pick<EventData<'IntakeSigned'>, 'manifest' | 'signature' | 'certificate' | 'judgedBy'>;
  },
): Decision {
  const { task, by, signed, keeps } = command;
  const refused = refuseIntake(d, task, by, command);
  if (refused) return refused;
  if (by.assurance !== 'signature')
    return refuse('assurance-too-low', `expected assurance signature, came with ${by.assurance}`);
  const scans = notTakenIn(d).map(({ component, sha256 }) => ({ component, sha256 }));
  return accept({
    type: 'IntakeSigned',
    data: {
      task: task.task,
      scans,
      ...signed,
      ...(keeps && { keeps: { components: [...keeps.components], ...custodyOf(d, task, keeps.until) } }),
    },
    ...(keeps && { secret: { place: keeps.place } }),
  });
}

/** Handing originals back is the work of the office that keeps them. */
function custodyOf(d: Dossier, { unit, role }: TaskState, due: string): ReturnType<typeof openBeside> {
  return openBeside(d, CUSTODY, { unit, role, outcomes: [HANDED_BACK, LOST], due });
}

/** Ends the custody of originals, whatever became of the dossier meanwhile: they go back, or are lost, with what is known of it in writing. */
export function endCustody(
  d: Dossier,
  command: { task: TaskState; by: OfficialActor; outcome: string; comment?: string | undefined },
): Decision {
  const { task, by, outcome, comment } = command;
  const refused = refuseTask(d, task, by, { outcome }) ?? refuseOutcome(task, command);
  if (refused) return refused;
  const kept = (d.takenIn ?? []).find(({ keeps }) => keeps?.task === task.task)?.keeps;
  if (!kept) throw new Error(`task ${task.task}: expected originals in custody`);
  return accept({
    type: outcome === LOST ? 'OriginalsLost' : 'OriginalsReturned',
    data: { task: task.task, components: [...kept.components] },
    ...(comment !== undefined && { secret: { comment } }),
  });
}
