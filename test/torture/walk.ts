import { nextByChance, pick, type Told } from '../../embedded/scenarios/chance.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { RefusalCode } from '../../schemas/refusals.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { type House, Ledger } from '../e2e/house.ts';
import { PlayOverHttp } from '../e2e/play-over-http.ts';
import type { Target } from '../e2e/target.ts';

/** How often the own system of an agency brings a decision, an applicant withdraws. */
const BY_WEBHOOK = 0.3;
const WITHDRAWS = 0.02;
const POLL_MS = 150;
/** More than anybody is refused in one dossier. */
const MOST_REFUSED = 60;
/** More than a dossier needs, however badly others fare that it depends on. */
const MOST_RUNS = 40;

/**
 * Refusals that a careful client may get where others and time act beside it: it looks again. Whoever chooses by chance also chooses what is not offered
 * to him, such as a second request to complete.
 */
const EXPECTED: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'task-closed',
  'wrong-status',
  'entered-too-often',
  'signer-refused',
  'signature-required',
  'assurance-too-low',
  'wrong-unit',
  'nothing-owed',
  'withdrawal-closed',
  'conflict',
  'inadmissible',
  'too-early',
  'document-missing',
  'document-not-accepted',
  'form-invalid',
  'duties-not-separate',
]);

export interface Phase {
  finishing: boolean;
  over: boolean;
  /** Since when nothing is broken any more, by the machine's clock. */
  calmSince?: number;
}

export interface Walking {
  target: Target;
  house: House;
  stories: readonly Story[];
  random: () => number;
  /** `finishing`: the way forward is chosen, nobody keeps silent. `over`: it should have ended. */
  phase: Readonly<Phase>;
}

/** Leads one dossier, and those that it opens, from submission to its end, as chance has it. Throws what a careful client cannot explain. */
export async function walk(name: string, { target, house, stories, random, phase }: Walking): Promise<void> {
  const story = pick(stories, random);
  const playing = new PlayOverHttp(target, house, story, new Ledger());
  await handIn(playing, name, phase);
  const told: Told = { stories, documents: story.given.documents };
  let refused = 0;
  // Who was just refused does not choose the same again.
  let undecided = false;
  for (;;) {
    if (phase.over) throw new Error(`${name}: dossier ${playing.id} has not ended`);
    const open = (await playing.familyByPart()).filter(({ dossier }) => dossier.status !== 'closed');
    if (open.length === 0) return;
    const stuck = open.find(({ dossier }) => dossier.parked !== null && dossier.run > MOST_RUNS);
    if (stuck)
      throw new Error(
        `${name}: ${stuck.dossier.id} is parked again and again: ${JSON.stringify(stuck.dossier.parked)}`,
      );
    const moves = open.flatMap(({ dossier, child }): ScenarioStep[] => {
      const choice = phase.finishing && !undecided ? mostlyForward(random) : random;
      const step = dossier.status === 'parked' ? takenUp(dossier, story) : nextByChance(dossier, told, choice);
      return step.kind === 'pass' ? [] : [{ ...step, ...(child !== '' && { child }) }];
    });
    if (!phase.finishing && random() < WITHDRAWS)
      moves.push({ kind: 'withdraw', step: { withdraw: 'no longer needed' } });
    if (moves.length === 0) {
      await pause(POLL_MS);
      continue;
    }
    const step = vary(pick(moves, random), random);
    const done = await playing.perform(step);
    undecided = !done.ok;
    if (done.ok) continue;
    const { code, detail, errors = [] } = done.refusal;
    refused += 1;
    if (!EXPECTED.has(code))
      throw new Error(`${name}: ${JSON.stringify(step)} is refused: ${code}: ${detail} ${JSON.stringify(errors)}`);
    if (refused > MOST_REFUSED) throw new Error(`${name}: refused ${refused} times, at last ${code}: ${detail}`);
    await pause(POLL_MS);
  }
}

/** Chance that seldom leads astray, and never into silence. */
function mostlyForward(random: () => number): () => number {
  return () => (random() < 0.9 ? 0.5 : random());
}

/** What stands still is resumed, and before that placed, where nobody could tell whose it is. */
function takenUp({ unit }: Dossier, { given }: Story): ScenarioStep {
  return unit === null
    ? { kind: 'transfer', step: { transfer: given.unit, reason: 'nobody else is competent', by: 'coordinator' } }
    : { kind: 'resume', step: { resume: true } };
}

type DecideStep = Extract<ScenarioStep, { kind: 'decide' }>;

function vary(step: ScenarioStep, random: () => number): ScenarioStep {
  if (step.kind !== 'decide' || random() > BY_WEBHOOK) return step;
  return { ...step, step: { ...step.step, assurance: 'system' } as DecideStep['step'] };
}

/** An upload is kept for a day: where time has jumped past it before the submission, the applicant begins anew. */
async function handIn(playing: PlayOverHttp, name: string, phase: Readonly<Phase>): Promise<void> {
  for (;;) {
    const done = await playing.submit({});
    if (done.ok) return;
    const { code, detail, errors = [] } = done.refusal;
    const late =
      code === 'document-not-accepted' &&
      errors.length > 0 &&
      errors.every(({ at, expected }) => at.endsWith('/upload') && expected !== 'an upload that is in no dossier yet');
    if (!late || phase.over) throw new Error(`${name}: the submission is refused: ${code}: ${detail}`);
  }
}
