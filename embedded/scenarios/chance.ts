import { notTakenIn } from '../../domain/dossier/paper.ts';
import {
  type Dossier,
  isBeside,
  lastAskedFor,
  LATENESS,
  DISPATCH,
  type TaskState,
} from '../../domain/dossier/state.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';

/** How often the way forward is chosen, and a party lets its term pass. */
const FORWARD = 0.6;
const SILENT = 0.25;

type Handed = Extract<ScenarioStep, { kind: 'answer' }>['step']['documents'];
type DecideStep = Extract<ScenarioStep, { kind: 'decide' }>['step'];

/** What persons write and hand in, taken from the procedure's scenarios and from the story whose submission it is. */
export interface Told {
  readonly stories: readonly Story[];
  readonly documents: Story['given']['documents'];
}

/** Nobody does anything. */
export const WAIT: ScenarioStep = { kind: 'pass', step: { pass: { workingDays: 1 } } };

/** What somebody does next in a dossier, as chance has it; nobody who could: time passes. */
export function nextByChance(dossier: Dossier, told: Told, random: () => number): ScenarioStep {
  const open = Object.values(dossier.tasks).filter(({ decided, cancelled }) => decided === null && !cancelled);
  const forOfficials = open.filter(({ party }) => party === null);
  const [judges] = notTakenIn(dossier).length > 0 ? forOfficials.filter(({ kind }) => !isBeside(kind)) : [];
  if (judges) return { kind: 'intake', step: { intake: true, stage: judges.stage } };
  if (forOfficials.length > 0) return decision(dossier, pick(forOfficials, random), told, random);
  if (random() < SILENT) return WAIT;
  const [asked] = open;
  if (asked) return answer(dossier, asked, told, random);
  const owed = Object.values(dossier.fees).filter(
    ({ paid, exempt, amount }) => paid === null && !exempt && amount.value > 0,
  );
  if (dossier.status === 'awaiting-payment' && owed.length > 0)
    return { kind: 'pay', step: { pay: owed.reduce((sum, { amount }) => sum + amount.value, 0) } };
  return WAIT;
}

function decision({ promise }: Dossier, task: TaskState, { stories }: Told, random: () => number): ScenarioStep {
  const [forward = ''] = task.outcomes;
  const outcome = random() < FORWARD ? forward : pick(task.outcomes, random);
  const told = stepsOf(stories, 'decide').filter((step) => step.stage === task.stage && step.outcome === outcome);
  // A date is promised from where the dossier is, not from where the story was.
  const inItsTime = (form: DecideStep['form']): DecideStep['form'] =>
    task.kind === LATENESS && form && promise ? { ...form, due: weekAfter(promise.due) } : form;
  const { form: recorded, missing } = told.length > 0 ? pick(told, random).step : {};
  const form = task.kind === DISPATCH ? { carrier: 'simulated' } : inItsTime(recorded);
  const step = { comment: 'simulated', ...(form && { form }), ...(missing && { missing }) };
  return { kind: 'decide', stage: task.stage, outcome, step: step as DecideStep };
}

function weekAfter(date: string): string {
  return new Date(Date.parse(date) + 7 * 86_400_000).toISOString().slice(0, 10);
}

/** Who is asked to complete hands in all documents again, in a dossier that another one opened what is asked for there; to other questions only those that a scenario tells of. */
function answer(
  dossier: Dossier,
  task: TaskState,
  { stories, documents: handedIn }: Told,
  random: () => number,
): ScenarioStep {
  const chosen = random() < FORWARD || !task.outcomes.includes('declined') ? 'answered' : 'declined';
  const supplement = dossier.stages[task.stage]?.asks === 'supplement';
  const asked = supplement && dossier.parent ? [...lastAskedFor(dossier)] : undefined;
  const isOfThis = (documents: Handed): boolean => !asked || namesOf(documents).every((each) => asked.includes(each));
  const told = stepsOf(stories, 'answer').filter(
    ({ step }) => step.stage === task.stage && step.answer === chosen && isOfThis(step.documents),
  );
  const { documents, ...rest } = told.length > 0 ? pick(told, random).step : {};
  const completes = supplement ? (asked ?? handedIn) : undefined;
  const wantsForm = supplement && lastAskedFor(dossier).some((each) => !namesOf(handedIn).includes(each));
  return {
    kind: 'answer',
    step: {
      // The form as it was, where a part of it is asked for and no scenario tells of another.
      ...(wantsForm && { with: {} }),
      ...rest,
      answer: chosen,
      stage: task.stage,
      comment: 'simulated',
      ...((documents ?? completes) && { documents: documents ?? completes }),
    },
  };
}

/** What the scenarios tell of persons who did this and were not refused. */
function namesOf(documents: Handed): readonly string[] {
  return Array.isArray(documents) ? documents : Object.keys(documents ?? {});
}

function stepsOf<K extends ScenarioStep['kind']>(
  stories: readonly Story[],
  kind: K,
): Extract<ScenarioStep, { kind: K }>[] {
  return stories
    .flatMap((story) => story.do)
    .filter((step): step is Extract<ScenarioStep, { kind: K }> => step.kind === kind)
    .filter(({ step }) => !('refused' in step && step.refused) && !('fails' in step && step.fails));
}

/** Dossiers that opened one another, each with the parts by which a step names it; empty for the first. */
export function byPart(family: readonly Dossier[]): { dossier: Dossier; child: string }[] {
  const nameOf = ({ id, parent }: Dossier): string => {
    const above = family.find((each) => each.id === parent?.dossier);
    const part = above?.children[id]?.part;
    return above && part !== undefined ? [nameOf(above), part].filter(Boolean).join('.') : '';
  };
  return family.map((dossier) => ({ dossier, child: nameOf(dossier) }));
}

export function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('expected something to choose from');
  return item;
}

/** Numbers in [0, 1) that a seed gives again: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
