import type { Refused } from '../../schemas/refusals.ts';
import type { Expectation, ScenarioStep } from '../../schemas/scenario.ts';
import type { Difference } from './compare.ts';

/** What came of a step. A failure that is no refusal is thrown; `fails` in a step names it. */
export type Done = { ok: true } | Refused;

type Submission = Extract<ScenarioStep, { kind: 'submit' }>['step']['submit'];

/** A story as it is played somewhere: on one machine in virtual time, or through the API of a system that runs. */
export interface Playing {
  /** Hands the dossier in; a story that does not say so begins with it. */
  submit(changes: Exclude<Submission, true>): Promise<Done>;
  perform(step: ScenarioStep): Promise<Done>;
  /** Returns once everything that is due has happened. Throws what the system could not do by itself. */
  settle(): Promise<void>;
  /** Of the dossier, or of one that it opened. */
  differences(expected: Expectation, child?: string): Promise<Difference[]>;
  /** Every `<stage>.<outcome>` by which a stage was left so far; none before there is a dossier. Of those that it opened with their procedure and a colon before it. */
  taken(): Promise<string[]>;
  /** What must hold of every record at every end, whatever the author expects, and does not. */
  faults(): Promise<string[]>;
}
