import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { refuseIntake } from '../dossier/commands/intake.ts';
import { refuseTask } from '../dossier/commands/tasks.ts';
import { HANDED_BACK, LOST } from '../dossier/fold-intake.ts';
import { notTakenIn } from '../dossier/paper.ts';
import { CUSTODY, type Dossier, taskId } from '../dossier/state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;

/** The rule that it breaks: who might decide then signed for all paper that was not taken in, and what is kept goes back or is lost once, said by the office that keeps it. */
export function ruleAgainstIntake(
  d: Dossier,
  event: Of<'IntakeSigned'> | Of<'OriginalsReturned'> | Of<'OriginalsLost'>,
): string | undefined {
  const { actor, data } = event;
  const task = d.tasks[data.task];
  if (!task) return 'a task that was opened';
  if (actor.kind !== 'official') return 'an official';
  if (event.type !== 'IntakeSigned') {
    const kept = (d.takenIn ?? []).find(({ keeps }) => keeps?.task === data.task)?.keeps;
    if (!kept || kept.components.join() !== event.data.components.join()) return 'originals that are in custody';
    return refuseTask(d, task, actor, { outcome: event.type === 'OriginalsLost' ? LOST : HANDED_BACK })?.refusal.detail;
  }
  if (actor.assurance !== 'signature') return 'an official who signed';
  const { scans, keeps } = event.data;
  const components = [...new Set(scans.map(({ component }) => component))];
  const refused = refuseIntake(d, task, actor, {
    components,
    keeps: keeps && { components: keeps.components, place: '', until: '' },
  });
  if (refused) return refused.refusal.detail;
  const expected = notTakenIn(d).map(({ component, sha256 }) => `${component} ${sha256}`);
  if (scans.map(({ component, sha256 }) => `${component} ${sha256}`).join() !== expected.join())
    return 'all scans that were not taken in, and no other';
  return keeps && ruleAgainstCustody(d, keeps);
}

function ruleAgainstCustody(
  d: Dossier,
  { visit, opening }: NonNullable<EventData<'IntakeSigned'>['keeps']>,
): string | undefined {
  const task = taskId(d.id, CUSTODY, visit, 'decision');
  return opening.task === task && !Object.hasOwn(d.tasks, task) ? undefined : `a new task ${task}`;
}
