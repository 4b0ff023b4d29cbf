import { localTime } from '../domain/time/working-calendar.ts';
import type { Dossier } from '../domain/dossier/state.ts';
import type { Procedure } from '../schemas/procedure.ts';
import type { ScenarioStep } from '../schemas/scenario.ts';
import type { Story } from '../workflows/scenarios/read-scenarios.ts';
import { beginningOf, leadThere } from './scenario-runner.ts';
import { nextByChance, pick, randomFrom, WAIT } from './scenarios/chance.ts';
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
/** How often another system refuses. */
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
  const stage = await StageMachine.open(house, beginningOf(story));
  try {
    const led = await leadThere(stage, house, story);
    if (!led.ok) throw new Error(led.faults.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
    return await new Walk(stage, led.story, {
      procedures,
      stories,
      house,
      random,
      seed,
    }).run();
  } finally {
    await stage.close();
  }
}

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
      .map(({ dossier, child }): ScenarioStep => {
        const told = { stories: this.#chance.stories, documents: this.#story.given.documents };
        return { ...nextByChance(dossier, told, this.#chance.random), ...(child !== '' && { child }) };
      })
      .filter(({ kind }) => kind !== 'pass');
    return moves.length > 0 ? pick(moves, this.#chance.random) : WAIT;
  }

  async #do(step: ScenarioStep): Promise<void> {
    const stages = this.#chance.procedures.flatMap((each) => Object.values(each.stages));
    for (const stage of stages)
      if (stage.kind === 'call' && stage.system !== undefined && stage.then?.['refused'] !== undefined)
        this.#stage.world.setAnswer(stage.system, this.#chance.random() < SYSTEM_REFUSES ? 'refused' : 'done');
    const minutes = 10 + Math.floor(this.#chance.random() * 600);
    if (step.kind !== 'pass') await this.#stage.passUntil(this.#stage.now + minutes * MINUTE);
    const done = await this.#performer.perform(step);
    await this.#stage.settle();
    this.#steps.push(
      `${step.child === undefined ? '' : `${step.child}: `}${nameOf(step)}${done.ok ? '' : ` (refused: ${done.refusal.code})`}`,
    );
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
