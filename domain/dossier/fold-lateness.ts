import type { DossierEvent, EventData } from '../../schemas/events.ts';
import type { TaskOpening } from '../../schemas/dossier.ts';
import { hasEnded } from './fold-clock.ts';
import { openedTask } from './fold-stages.ts';
import { isOpen } from './project.ts';
import { type Dossier, LATENESS, type TaskState } from './state.ts';

type Change = Partial<Dossier>;

/** The apology, the date that it promises, and the promised date that passed. The law's date is never touched here. */
export function applyLatenessEvent(d: Dossier, event: DossierEvent): Change {
  switch (event.type) {
    case 'ApologyAsked': {
      const { against, by, opening, visit } = event.data;
      const { apology: _, ...alarms } = d.alarms;
      return {
        apology: { against, by },
        alarms,
        tasks: { ...d.tasks, [opening.task]: opened(d, opening, visit, event.at) },
      };
    }
    case 'ApologyDrafted':
      return d.apology ? { apology: { ...d.apology, draft: { ...event.data, secret: event.seq } } } : {};
    case 'Reappointed':
      return reappointed(d, event.data);
    case 'DeadlineMissed': {
      const { against, opening, visit } = event.data;
      const { apology: _, late: __, ...alarms } = d.alarms;
      const tasks = { ...cancelled(d), [opening.task]: opened(d, opening, visit, event.at) };
      return { apology: undefined, missed: against, alarms, tasks };
    }
    default:
      return {};
  }
}

function reappointed(d: Dossier, { due, dueAt, from, cause, alarms }: EventData<'Reappointed'>): Change {
  const { apology: _, late: __, ...lawful } = d.alarms;
  const times = (d.reappointed?.times ?? 0) + 1;
  return {
    ...(d.promise && { promise: { ...d.promise, due, dueAt } }),
    reappointed: { due, dueAt, from, cause, times, secret: d.apology?.draft?.secret ?? 0 },
    apology: undefined,
    alarms: { ...lawful, ...alarms },
    tasks: cancelled(d),
  };
}

function opened(d: Dossier, opening: TaskOpening, visit: number, at: string): TaskState {
  return openedTask(d, opening, { stage: LATENESS, visit, kind: LATENESS, opened: at });
}

/**
 * What falls away of it after any event: an apology for a date that is not the promised one any more, or towards which no clock runs - the dossier was decided in
 * time, waits for the applicant, or got another date by law; and the supervisor's work about a date that is over.
 */
export function dropIdleLateness(d: Dossier): Dossier {
  const idle = d.apology !== undefined && (d.alarms.late === undefined || d.promise?.dueAt !== d.apology.against);
  const over = d.missed !== undefined && (hasEnded(d) || d.settled !== null || d.promise?.dueAt !== d.missed);
  if (!idle && !over) return d;
  return { ...d, ...(idle && { apology: undefined }), ...(over && { missed: undefined }), tasks: cancelled(d) };
}

/** The unit that has the dossier from now on is asked anew. */
export function askLatenessAnew(d: Dossier, at: string): Change {
  const again = { ...(d.apology && { apology: at }), ...(d.missed !== undefined && { late: at }) };
  if (Object.keys(again).length === 0) return {};
  return { apology: undefined, missed: undefined, alarms: { ...d.alarms, ...again }, tasks: cancelled(d) };
}

function cancelled(d: Dossier): Dossier['tasks'] {
  const open = Object.entries(d.tasks).filter(([, task]) => task.kind === LATENESS && isOpen(task));
  return { ...d.tasks, ...Object.fromEntries(open.map(([id, task]) => [id, { ...task, cancelled: true }])) };
}
