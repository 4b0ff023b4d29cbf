import type { Dossier, TaskState } from '../domain/dossier/state.ts';
import type { OneMachine } from '../embedded/one-machine.ts';
import { submitDossier } from '../functions/dossiers/submit.ts';
import { decide } from '../functions/tasks/decide.ts';
import { APPROVER, PROCEDURE, UNIT } from './bench-machine.ts';

/** Takes one dossier through the use cases, without HTTP. */
export interface InProcess {
  /** Hands it in; answers the task of the approver, before whom it then stands. */
  open: (index: number) => Promise<TaskState>;
  /** Submission, approval, end. */
  whole: (index: number) => Promise<void>;
}

export function inProcess(machine: OneMachine): InProcess {
  const { platform, catalogue } = machine;
  const waiting = new Map<string, (dossier: Dossier) => void>();
  platform.changed = (dossier) => waiting.get(dossier.id)?.(dossier);
  const until = <T>(dossier: Dossier, find: (dossier: Dossier) => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (now: Dossier): void => {
        if (now.parked) reject(new Error(`dossier ${now.id} is parked: ${JSON.stringify(now.parked)}`));
        const found = find(now);
        if (found !== undefined) {
          waiting.delete(now.id);
          resolve(found);
        }
      };
      waiting.set(dossier.id, look);
      look(dossier);
    });
  const open = async (index: number): Promise<TaskState> => {
    const subject = `applicant-${index}`;
    const submitted = await submitDossier(platform, catalogue, { subject }, submission(index));
    if (!submitted.ok) throw new Error(JSON.stringify(submitted));
    return until(submitted.dossier, (now) => Object.values(now.tasks)[0]);
  };
  const whole = async (index: number): Promise<void> => {
    const task = await open(index);
    const by = {
      kind: 'official',
      id: APPROVER,
      unit: UNIT,
      role: task.role ?? '',
      assurance: 'login',
    } as const;
    const decided = await decide(
      platform,
      catalogue,
      task.task,
      { by, subject: by.id },
      { outcome: 'approved', attachments: [], missing: [] },
    );
    if (!decided.ok) throw new Error(JSON.stringify(decided));
    await until(decided.dossier, (now) => (now.status === 'closed' ? true : undefined));
  };
  return { open, whole };
}

function submission(index: number) {
  return {
    procedure: PROCEDURE,
    unit: UNIT,
    channel: 'counter' as const,
    form: { subject: `Subject ${index}`, amount: index % 1000 },
    documents: [],
    contact: {},
  };
}
