import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * What can go wrong with one call that a function makes of AWS. `dies`, `diesAfter`: the function's process is killed before the call goes out, or once it is
 * done and before the answer is read. `throttled`, `busy`: it is not done, and the answer says to come back, or that the service has failed. `lost`: it is
 * done, and the connection breaks. `conflict`: a transaction is cancelled for another one. `partial`: of a batch only half is done.
 */
export const FAULTS = ['dies', 'diesAfter', 'throttled', 'busy', 'lost', 'conflict', 'partial'] as const;
export type Fault = (typeof FAULTS)[number];

/** How many of a hundred calls of which each could befall fare so. */
export type Rates = Partial<Record<Fault, number>>;

/** Files by which the process that torments tells the functions' processes what to break, and they tell it what they broke. */
export class FaultFiles {
  readonly #control: string;
  readonly #done: string;

  constructor(dir: string) {
    this.#control = `${dir}/faults.json`;
    this.#done = `${dir}/faults-done.log`;
  }

  /** For the environment of the emulator, which hands it on to functions. While the control file is there, it also disorders the records of the table's stream. */
  get env(): Record<string, string> {
    return { ONETRACK_FAULTS: this.#control, ONETRACK_FAULTS_DONE: this.#done };
  }

  set(rates: Rates): void {
    writeFileSync(this.#control, JSON.stringify(rates));
  }

  calm(): void {
    rmSync(this.#control, { force: true });
  }

  /** How often each fault befell a call, and how many records the stream brought again or late. */
  counted(): Record<string, number> {
    const counts: Record<string, number> = {};
    if (!existsSync(this.#done)) return counts;
    for (const line of readFileSync(this.#done, 'utf8').split('\n')) {
      const [fault = ''] = line.split(' ');
      if (fault !== '') counts[fault] = (counts[fault] ?? 0) + 1;
    }
    return counts;
  }
}
