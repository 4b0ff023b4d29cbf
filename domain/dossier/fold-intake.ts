import type { DossierEvent } from '../../schemas/events.ts';
import { openedTask } from './fold-stages.ts';
import { CUSTODY, type Dossier, type TakenIn } from './state.ts';

type Of<T extends DossierEvent['type']> = Extract<DossierEvent, { type: T }>;

type CustodyEnded = Of<'OriginalsReturned'> | Of<'OriginalsLost'>;

/** Paper that was taken in, and originals that went back or are lost. */
export function applyIntakeEvent(d: Dossier, event: Of<'IntakeSigned'> | CustodyEnded): Partial<Dossier> {
  return event.type === 'IntakeSigned' ? takenIn(d, event) : ended(d, event);
}

function takenIn(d: Dossier, { data, actor: by, at, seq }: Of<'IntakeSigned'>): Partial<Dossier> {
  const { keeps, ...rest } = data;
  const taken: TakenIn = {
    ...rest,
    by,
    at,
    seq,
    ...(keeps && { keeps: { task: keeps.opening.task, components: keeps.components } }),
  };
  const open = keeps && openedTask(d, keeps.opening, { stage: CUSTODY, visit: keeps.visit, kind: CUSTODY, opened: at });
  return { takenIn: [...(d.takenIn ?? []), taken], ...(open && { tasks: { ...d.tasks, [open.task]: open } }) };
}

function ended(d: Dossier, { type, data, actor: by, at, seq }: CustodyEnded): Partial<Dossier> {
  const task = d.tasks[data.task];
  if (!task) throw new Error(`dossier ${d.id}: no originals are kept by task ${data.task}`);
  const decided = { outcome: type === 'OriginalsLost' ? LOST : HANDED_BACK, by, at, seq, missing: [] };
  return { tasks: { ...d.tasks, [task.task]: { ...task, decided } } };
}

/** How the custody of originals ends. */
export const HANDED_BACK = 'handedBack';
/** It ends so too: nobody can hand back what is lost or destroyed, and whoever kept it says how. */
export const LOST = 'lost';
