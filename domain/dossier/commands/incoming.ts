import type { Actor } from '../../../schemas/actor.ts';
import type { EventData } from '../../../schemas/events.ts';
import { ACKNOWLEDGED } from '../outgoing.ts';
import { type Dossier, INCOMING, type TaskState } from '../state.ts';
import { openBeside } from './beside.ts';
import { accept, type Decision } from './decision.ts';
import { refuseOutcome, refuseTask } from './tasks.ts';

/** Who acknowledges in a unit that gets a paper, as for a body that is consulted and names no role. */
const ROLE = 'case-officer';

/** That a unit has a paper is acknowledged there, beside the stages and after them. */
export function openIncoming(
  d: Pick<Dossier, 'id' | 'tasks'>,
  unit: string,
): Pick<EventData<'PaperGiven'>, 'visit' | 'opening'> {
  return openBeside(d, INCOMING, { unit, role: ROLE, outcomes: [ACKNOWLEDGED] });
}

/** A unit says that it has the paper, once, whatever became of the dossier meanwhile. */
export function acknowledgePaper(
  d: Dossier,
  {
    task,
    by,
    outcome,
    comment,
  }: { task: TaskState; by: Extract<Actor, { kind: 'official' }>; outcome: string; comment: string | undefined },
): Decision {
  const refused = refuseTask(d, task, by, { outcome }) ?? refuseOutcome(task, { outcome, by, comment });
  if (refused) return refused;
  const [paper] = task.given ?? [];
  if (!paper) throw new Error(`task ${task.task}: expected a paper that went to another unit`);
  const data = { task: task.task, issue: paper.issue };
  return accept({
    type: 'PaperAcknowledged',
    data,
    ...(comment !== undefined && comment !== '' && { secret: { comment } }),
  });
}
