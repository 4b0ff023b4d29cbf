import { Conductor } from '../embedded/conductor.ts';
import type { OneMachine } from '../embedded/one-machine.ts';
import { drive } from './drive.ts';
import { inProcess } from './in-process.ts';

const AT_ONCE = 64;

/** Hands in so many dossiers; when it answers, each stands before the approver. */
export async function openMany(machine: OneMachine, dossiers: number): Promise<void> {
  const conductor = new Conductor(machine, (error) => {
    console.error(error);
    process.exit(1);
  });
  await conductor.start();
  const { open } = inProcess(machine);
  await drive(dossiers, AT_ONCE, async (index) => {
    await open(index);
  });
  await conductor.stop();
}
