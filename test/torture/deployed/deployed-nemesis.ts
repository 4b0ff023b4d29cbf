import { setTimeout as pause } from 'node:timers/promises';
import { pick } from '../../../embedded/scenarios/chance.ts';
import type { Rates } from '../../e2e/deployed/faults/fault-files.ts';
import { linesSince } from '../../e2e/deployed/logs.ts';
import { ends, scaleWaits, sweep } from '../../e2e/deployed/quiet.ts';
import type { DeployedStack } from '../../e2e/deployed/target.ts';
import type { Tormentor } from '../run-arena.ts';
import { JUMPS } from '../schedule.ts';

/** What a while is like, in hundredths of all calls: mostly everything goes wrong a little, sometimes one thing badly, sometimes nothing. */
const WHILES: readonly Rates[] = [
  { dies: 0.7, diesAfter: 0.7, throttled: 2, busy: 1, lost: 2, conflict: 5, partial: 50 },
  { dies: 0.7, diesAfter: 0.7, throttled: 2, busy: 1, lost: 2, conflict: 5, partial: 50 },
  { dies: 3, diesAfter: 3 },
  { throttled: 25 },
  { lost: 15 },
  { conflict: 40, partial: 100 },
  { busy: 15 },
  {},
];
const WHILE_MS = [1_500, 6_000] as const;
/** How often a while begins with time that has jumped, or with all environments thrown away. */
const JUMPED = 0.15;
const THROWN_AWAY = 0.1;
const SWEEP_MS = 1_000;
/** On a slow machine few calls are made in the time given: it rages on until so many have gone wrong, at most so much longer. */
const FEWEST_FAULTS = 20;
const LONGER_MS = 180_000;
/** Machines wait so much shorter before they try again. */
const WAIT_SCALE = 0.02;
/** Of calls that were under way when the faults ended one still hears for so long. */
const ECHO_MS = 15_000;
/** What a client is told to try again is answered for. */
const COMPLAINT = /^(?!.*"code":"try-again").*"level":"(ERROR|CRITICAL)"/;

/** Makes the calls of a deployed stack's functions go wrong by turns, and takes the place of EventBridge's minute. */
export class DeployedNemesis implements Tormentor {
  readonly #stack: DeployedStack;
  readonly #hold: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #options: { seconds: number; random: () => number; tell: (line: string) => void };
  #ended = false;
  #sweeping: Promise<void> = Promise.resolve();
  #calmSince = Infinity;
  jumps = 0;
  thrownAway = 0;

  /** `hold`: does a work while no client asks anything. */
  constructor(
    stack: DeployedStack,
    hold: <T>(work: () => Promise<T>) => Promise<T>,
    options: { seconds: number; random: () => number; tell: (line: string) => void },
  ) {
    this.#stack = stack;
    this.#hold = hold;
    this.#options = options;
  }

  async begin(): Promise<void> {
    await scaleWaits(this.#stack.ministack, WAIT_SCALE);
    this.#sweeping = this.#sweepOnAndOn();
  }

  /** A sweep that dies is followed by the next. */
  async #sweepOnAndOn(): Promise<void> {
    while (!this.#ended) {
      await sweep(this.#stack.ministack).catch(() => undefined);
      await pause(SWEEP_MS);
    }
  }

  async rage(): Promise<void> {
    const { seconds, random, tell } = this.#options;
    const { faults } = this.#stack;
    const end = Date.now() + seconds * 1_000;
    const isOver = (): boolean =>
      Date.now() >= end && (this.#injected() >= FEWEST_FAULTS || Date.now() >= end + LONGER_MS);
    while (!isOver()) {
      if (random() < JUMPED) await this.pass(pick(JUMPS, random));
      if (random() < THROWN_AWAY) await this.#throwAway();
      const rates = pick(WHILES, random);
      tell(JSON.stringify(rates));
      faults.set(rates);
      const [least, most] = WHILE_MS;
      await pause(Math.min(least + random() * (most - least), Math.max(least, end - Date.now())));
    }
    faults.calm();
    this.#calmSince = Date.now();
  }

  #injected(): number {
    return Object.values(this.#stack.faults.counted()).reduce((sum, count) => sum + count, 0);
  }

  /** Nothing may be under way: what began before goes by the time before, and would be recorded behind what comes after. */
  async pass(by: number): Promise<void> {
    this.jumps += 1;
    await this.#hold(async () => {
      await ends(this.#stack.ministack);
      await this.#stack.setClock(this.#stack.now() + by);
    });
  }

  async #throwAway(): Promise<void> {
    this.thrownAway += 1;
    await this.#hold(() => this.#stack.throwAwayEnvironments());
  }

  async complaints(): Promise<string[]> {
    const lines = await linesSince(this.#stack.ministack, this.#calmSince + ECHO_MS);
    return lines.filter((line) => COMPLAINT.test(line));
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#stack.faults.calm();
    await this.#sweeping;
    await scaleWaits(this.#stack.ministack, 1);
  }
}
