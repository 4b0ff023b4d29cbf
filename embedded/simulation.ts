import { localTime } from '../domain/time/working-calendar.ts';
import { type Dossier, LATENESS, type TaskState } from '../domain/dossier/state.ts';
import type { Procedure } from '../schemas/procedure.ts';
import type { ScenarioStep } from '../schemas/scenario.ts';
import type { Story } from '../workflows/scenarios/read-scenarios.ts';
import { findRecordFaults } from './scenarios/check-record.ts';
import { Performer } from './scenarios/perform-step.ts';
import { outcomesTaken } from './scenarios/play-here.ts';
import { type ScenarioHouse, StageMachine } from './scenarios/stage-machine.ts';
import type { DossierEvent } from '../schemas/events.ts';

/** How one simulated dossier went. */
export interface Course {
  /** The same seed, procedure and scenarios give the same course. */
  readonly seed: number;
  /** The scenario whose submission it is. */
  readonly scenario: string;
  readonly end: 'closed' | 'parked' | 'still-open';
  readonly result: string | null;
  /** Calendar days from submission to the delivered decision. */
  readonly days: number | null;
  /** Settled after the promised day. */
  readonly late: boolean;
  /** Why it is parked, or what of its record does not hold. */
  readonly faults: readonly string[];
  /** Every `<stage>.<outcome>` by which a stage was left. */
  readonly taken: readonly string[];
  /** What persons did, in order. */
  readonly steps: readonly string[];
}

/** More than any person does in one dossier: what still is open then does not end. */
const MAX_STEPS = 80;
/** How often the way forward is chosen, a party lets its term pass, another system refuses. */
const FORWARD = 0.6;
const SILENT = 0.25;
const SYSTEM_REFUSES = 0.15;
const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * Leads one dossier through a procedure as chance has it, in virtual time, through the real use cases: its submission and what its persons record are
 * taken from the procedure's scenarios, which outcome they choose and when from the seed. Dossiers that it opens are led in the same way.
 */
export async function simulate(
  house: ScenarioHouse,
  { procedures, stories }: { procedures: readonly Procedure[]; stories: readonly Story[] },
  seed: number,
): Promise<Course> {
  const random = randomFrom(seed);
  const story = pick(stories, random);
  const stage = await StageMachine.open(house, Date.parse(story.given.at));
  try {
    return await new Walk(stage, story, { procedures, stories, house, random, seed }).run();
  } finally {
    await stage.close();
  }
}

type DecideStep = Extract<ScenarioStep, { kind: 'decide' }>['step'];

interface Chance {
  /** The procedure, and those whose dossiers it opens. */
  procedures: readonly Procedure[];
  stories: readonly Story[];
  house: ScenarioHouse;
  random: () => number;
  seed: number;
}

class Walk {
  readonly #stage: StageMachine;
  readonly #story: Story;
  readonly #chance: Chance;
  readonly #performer: Performer;
  readonly #steps: string[] = [];

  constructor(stage: StageMachine, story: Story, chance: Chance) {
    this.#stage = stage;
    this.#story = story;
    this.#chance = chance;
    this.#performer = new Performer(stage, story, chance.house.organisation);
  }

  async run(): Promise<Course> {
    const submitted = await this.#performer.submit({});
    if (!submitted.ok) throw new Error(`${this.#story.scenario}: ${submitted.refusal.detail}`);
    await this.#stage.settle();
    const most = this.#chance.procedures.length * MAX_STEPS;
    for (let count = 0; count < most; count += 1) {
      const open = await this.#open();
      if (open.length === 0) break;
      await this.#do(this.#nextOf(open));
    }
    return this.#course();
  }

  /** The dossier and those that it opened, as far as they go on; none where one is parked, for a person would look. */
  async #open(): Promise<{ dossier: Dossier; child: string }[]> {
    const family = await this.#performer.familyByPart();
    if (family.some(({ dossier }) => dossier.status === 'parked')) return [];
    return family.filter(({ dossier }) => dossier.status !== 'closed');
  }

  /** Somebody who has something to do in one of them does it; else time passes. */
  #nextOf(open: readonly { dossier: Dossier; child: string }[]): ScenarioStep {
    const moves = open
      .map(({ dossier, child }): ScenarioStep => ({ ...this.#next(dossier), ...(child !== '' && { child }) }))
      .filter(({ kind }) => kind !== 'pass');
    return moves.length > 0 ? pick(moves, this.#chance.random) : WAIT;
  }

  async #do(step: ScenarioStep): Promise<void> {
    const stages = this.#chance.procedures.flatMap((each) => Object.values(each.stages));
    for (const stage of stages)
      if (stage.kind === 'call' && stage.then?.['refused'] !== undefined)
        this.#stage.world.setAnswer(stage.system, this.#chance.random() < SYSTEM_REFUSES ? 'refused' : 'done');
    const minutes = 10 + Math.floor(this.#chance.random() * 600);
    if (step.kind !== 'pass') await this.#stage.passUntil(this.#stage.now + minutes * MINUTE);
    const done = await this.#performer.perform(step);
    await this.#stage.settle();
    this.#steps.push(
      `${step.child === undefined ? '' : `${step.child}: `}${nameOf(step)}${done.ok ? '' : ` (refused: ${done.refusal.code})`}`,
    );
  }

  /** What somebody does next; nobody who could: time passes. */
  #next(dossier: Dossier): ScenarioStep {
    const { random } = this.#chance;
    const open = Object.values(dossier.tasks).filter(({ decided, cancelled }) => decided === null && !cancelled);
    const forOfficials = open.filter(({ party }) => party === null);
    if (forOfficials.length > 0) return this.#decision(pick(forOfficials, random), dossier);
    if (random() < SILENT) return WAIT;
    const [asked] = open;
    if (asked) return this.#answer(asked);
    const owed = Object.values(dossier.fees).filter(({ paid, exempt }) => paid === null && !exempt);
    if (dossier.status === 'awaiting-payment' && owed.length > 0)
      return { kind: 'pay', step: { pay: owed.reduce((sum, { amount }) => sum + amount.value, 0) } };
    return WAIT;
  }

  #decision(task: TaskState, { promise }: Dossier): ScenarioStep {
    const { random } = this.#chance;
    const [forward = ''] = task.outcomes;
    const outcome = random() < FORWARD ? forward : pick(task.outcomes, random);
    const told = this.#told('decide').filter((step) => step.stage === task.stage && step.outcome === outcome);
    const { form: recorded, missing } = told.length > 0 ? pick(told, random).step : {};
    // A date is promised from where the dossier is, not from where the story was.
    const form =
      task.kind === LATENESS && recorded && promise ? { ...recorded, due: weekAfter(promise.due) } : recorded;
    const step = { comment: 'simulated', ...(form && { form }), ...(missing && { missing }) };
    return { kind: 'decide', stage: task.stage, outcome, step: step as DecideStep };
  }

  #answer(task: TaskState): ScenarioStep {
    const { random } = this.#chance;
    const answer = random() < FORWARD || !task.outcomes.includes('declined') ? 'answered' : 'declined';
    const told = this.#told('answer').filter(({ step }) => step.stage === task.stage && step.answer === answer);
    const { documents, ...rest } = told.length > 0 ? pick(told, random).step : {};
    return {
      kind: 'answer',
      step: {
        ...rest,
        answer,
        stage: task.stage,
        comment: 'simulated',
        documents: documents ?? this.#story.given.documents,
      },
    };
  }

  /** What the scenarios tell of persons who did this and were not refused. */
  #told<K extends ScenarioStep['kind']>(kind: K): Extract<ScenarioStep, { kind: K }>[] {
    return this.#chance.stories
      .flatMap((story) => story.do)
      .filter((step): step is Extract<ScenarioStep, { kind: K }> => step.kind === kind)
      .filter(({ step }) => !('refused' in step && step.refused) && !('fails' in step && step.fails));
  }

  async #course(): Promise<Course> {
    const { dossier } = await this.#performer.loaded();
    const { platform, catalogue } = this.#stage.machine;
    const stored = await platform.store.events(dossier.id);
    const calendar = await catalogue.calendarOf(dossier.unit ?? dossier.receivingUnit);
    const settled = dossier.settled === null ? null : Date.parse(dossier.settled);
    const { status, promise } = dossier;
    const family = await this.#performer.familyByPart();
    return {
      seed: this.#chance.seed,
      scenario: this.#story.scenario,
      end: status === 'closed' || status === 'parked' ? status : 'still-open',
      result: dossier.result,
      days: settled === null ? null : (settled - Date.parse(dossier.submitted)) / DAY,
      late: settled !== null && promise !== null && localTime(calendar, settled).date > promise.due,
      faults: [
        ...family.flatMap(({ dossier: each, child }) =>
          each.parked
            ? [`${child && `${child}: `}parked at ${each.parked.stage}: ${each.parked.error}: ${each.parked.cause}`]
            : [],
        ),
        ...(await Promise.all(family.map(({ dossier: each }) => findRecordFaults(this.#stage, each.id)))).flat(),
      ],
      taken: outcomesTaken(stored.map(({ event }) => event as unknown as DossierEvent)),
      steps: this.#steps,
    };
  }
}

const WAIT: ScenarioStep = { kind: 'pass', step: { pass: { workingDays: 1 } } };

function weekAfter(date: string): string {
  return new Date(Date.parse(date) + 7 * DAY).toISOString().slice(0, 10);
}

function nameOf(step: ScenarioStep): string {
  switch (step.kind) {
    case 'decide':
      return `${step.stage}: ${step.outcome}`;
    case 'answer':
      return `${step.step.stage ?? ''}: ${step.step.answer}`;
    case 'pay':
      return `pay ${step.step.pay}`;
    default:
      return 'a working day passes';
  }
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('expected something to choose from');
  return item;
}

/** Numbers in [0, 1) that a seed gives again: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
