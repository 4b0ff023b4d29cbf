import { accept } from '../../domain/dossier/commands/decision.ts';
import { decideTask, refuseTask } from '../../domain/dossier/commands/tasks.ts';
import { type ConsultedTask, isOver, lapseOpinions } from '../../domain/dossier/opinions.ts';
import { isAnsweredBySilence, type TaskState } from '../../domain/dossier/state.ts';
import type { Timer } from '../../domain/ports/dossier-store.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely, type Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { followOpinion } from './consult.ts';
import { foresee } from './foresight.ts';

type Command = Parameters<typeof decideTask>[1];
const PLATFORM = { kind: 'platform' } as const;

/** A term has passed: what the silence means is recorded, once, and the consultation goes on. */
export async function recordSilence(
  platform: Platform,
  catalogue: Catalogue,
  { dossier, stage }: Pick<Timer, 'dossier' | 'stage'>,
): Promise<void> {
  await appendSurely(platform, dossier, ({ dossier: before }) => {
    const stands = before.stage === stage && before.parked === null && before.stages[stage]?.left === null;
    const lapsed = stands ? lapseOpinions(before, stage, platform.clock.now()) : [];
    return { decision: accept(...lapsed), actor: PLATFORM, goOn: going(platform, catalogue, { stage, before }) };
  });
}

function going(
  platform: Platform,
  catalogue: Catalogue,
  from: Parameters<typeof followOpinion>[3],
): (loaded: Loaded) => Promise<Proposal | undefined> {
  return (loaded) => followOpinion(platform, catalogue, loaded, from);
}

/** Whether an answer to this task comes too late to have an effect, be the sweep by or not. */
export function isLate(task: TaskState, now: number): boolean {
  if (task.part === undefined || task.decided || task.cancelled) return false;
  return isAnsweredBySilence(task) || (task.part.silence !== 'waits' && isOver(task as ConsultedTask, now));
}

/** A body answers in time: its answer counts, and the consultation goes on. */
export function proposeOpinion(
  platform: Platform,
  catalogue: Catalogue,
  { dossier }: Loaded,
  command: Command,
): Proposal {
  const stage = dossier.tasks[command.task]?.stage ?? '';
  const decision = decideTask(dossier, command);
  return { decision, actor: command.by, goOn: going(platform, catalogue, { stage, before: dossier }) };
}

/** A body answers after silence has answered for it: what it says is kept, and changes nothing. */
export function proposeLateOpinion(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  command: Command,
): Proposal {
  const { by: actor, outcome, documents, secret } = command;
  const { dossier } = loaded;
  const task = dossier.tasks[command.task];
  if (!task) throw new Error(`task ${command.task}: expected a task of dossier ${dossier.id}`);
  const { stage, visit } = task;
  const now = platform.clock.now();
  const lapsed = isAnsweredBySilence(task) ? [] : lapseOpinions(dossier, stage, now);
  const over = foresee(loaded, lapsed, { actor: PLATFORM, now }).dossier;
  const refused = refuseTask(over, over.tasks[command.task] ?? task, actor, 'late');
  if (refused) return { decision: refused, actor };
  const late: EventBody = {
    type: 'LateOpinionKept',
    data: { task: task.task, stage, visit, outcome, documents },
    ...(secret && { secret }),
  };
  const kept = { decision: accept(late), actor };
  if (lapsed.length === 0) return kept;
  const goOn = going(platform, catalogue, { stage, before: dossier });
  return { decision: accept(...lapsed), actor: PLATFORM, goOn: async () => ({ ...kept, goOn }) };
}
