import { setTimeout as pause } from 'node:timers/promises';
import { Conductor } from '../../embedded/conductor.ts';
import { submitDossier } from '../../functions/dossiers/submit.ts';
import { BENCH, openFor, type ServerSettings } from './house.ts';

/** Submits in this process, without HTTP, and waits until every dossier stands at its approval. */
export async function makeOpen(settings: ServerSettings, open: number): Promise<string[]> {
  const machine = await openFor(settings);
  const { platform, catalogue, database } = machine;
  const conductor = new Conductor(machine, (error) => {
    throw error;
  });
  await conductor.start();
  const ids: string[] = [];
  const worker = async (): Promise<void> => {
    while (ids.length < open) {
      const index = ids.push('') - 1;
      const submitted = await submitDossier(
        platform,
        catalogue,
        { subject: `applicant-${index}` },
        {
          procedure: BENCH.procedure,
          unit: BENCH.unit,
          channel: 'counter',
          form: { subject: `Subject ${index}`, amount: 1 },
          documents: [],
          contact: {},
        },
      );
      if (!submitted.ok) throw new Error(JSON.stringify(submitted));
      ids[index] = submitted.dossier.id;
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  const waiting = database.prepare(`SELECT count(*) AS n FROM task WHERE unit = ?`);
  while (Number(waiting.get(BENCH.unit)?.['n']) < open) await pause(50);
  await conductor.stop();
  return ids;
}
