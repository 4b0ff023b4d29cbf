import type { Dossier } from '../domain/dossier/state.ts';
import type { OneMachine } from '../embedded/one-machine.ts';
import { submitDossier } from '../functions/dossiers/submit.ts';
import { decide } from '../functions/tasks/decide.ts';
import { PROCEDURE, UNIT } from './bench-machine.ts';

/** Takes one dossier through the use cases, without HTTP: submission, approval, end. */
export function inProcess(machine: OneMachine): (index: number) => Promise<void> {
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
  return async (index) => {
    const subject = `applicant-${index}`;
    const submitted = await submitDossier(platform, catalogue, { subject }, submission(index));
    if (!submitted.ok) throw new Error(JSON.stringify(submitted));
    const task = await until(submitted.dossier, (now) => Object.values(now.tasks)[0]);
    const by = {
      kind: 'official',
      id: 'approver',
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
}

function submission(index: number) {
  return {
    procedure: PROCEDURE,
    unit: UNIT,
    channel: 'online' as const,
    form: { subject: `Subject ${index}`, amount: index % 1000 },
    documents: [],
    contact: {},
  };
}
