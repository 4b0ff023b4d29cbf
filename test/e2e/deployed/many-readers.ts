import type { ScenarioStep } from '../../../schemas/scenario.ts';
import type { Story } from '../../../workflows/scenarios/read-scenarios.ts';
import { houseOf, Ledger } from '../house.ts';
import { PlayOverHttp } from '../play-over-http.ts';
import type { DeployedStack } from './target.ts';

const AT_ONCE = 4;

type Decision = Extract<ScenarioStep, { kind: 'decide' }>;

/** The first story of the library card, told to as many dossiers as one likes, each with an address of its own. */
export class ManyReaders {
  readonly readers: readonly PlayOverHttp[];
  /** Number of the first address. */
  readonly first: number;
  readonly #stack: DeployedStack;
  readonly #decisions: readonly Decision[];

  constructor(stack: DeployedStack, { count, first = 0 }: { count: number; first?: number }) {
    this.#stack = stack;
    this.first = first;
    const { house, stories } = houseOf('library-card');
    const [story] = stories;
    if (!story) throw new Error('library-card: expected a story');
    this.#decisions = story.do.filter((step) => step.kind === 'decide');
    const of = (index: number): Story => ({ ...story, given: { ...story.given, email: addressOf(first + index) } });
    this.readers = Array.from({ length: count }, (_, index) => new PlayOverHttp(stack, house, of(index), new Ledger()));
  }

  /** All are submitted; then each is decided as often as its turn says: not at all, once, ... until only the seal is missing. */
  async open(): Promise<void> {
    await this.#wave((reader) => reader.submit({}));
    for (const [turn, decision] of this.#decisions.entries())
      await this.#wave((reader, index) => (turn < this.#turnOf(index) ? reader.perform(decision) : undefined));
  }

  /** One of them is decided once more; who finishes them does not know of it. */
  async decideNext(index: number): Promise<void> {
    const decision = this.#decisions[this.#turnOf(index)];
    const done = decision && (await this.readers[index]?.perform(decision));
    if (!done?.ok) throw new Error(`dossier ${index}: expected a decision to be taken, got ${JSON.stringify(done)}`);
    await this.#stack.settleAll();
  }

  /** What is missing. */
  async finish(): Promise<void> {
    for (const [turn, decision] of this.#decisions.entries())
      await this.#wave((reader, index) => (turn < this.#turnOf(index) ? undefined : reader.perform(decision)));
  }

  #turnOf(index: number): number {
    return index % this.#decisions.length;
  }

  async #wave(act: (reader: PlayOverHttp, index: number) => ReturnType<PlayOverHttp['perform']> | undefined) {
    await fewAtOnce(this.readers, async (reader, index) => {
      const done = await act(reader, index);
      if (done?.ok === false) throw new Error(`dossier ${index}: ${JSON.stringify(done.refusal)}`);
    });
    await this.#stack.settleAll();
  }
}

/** On the emulator each call at the same time is a process of its own: 200 at once do not start in time. */
export async function fewAtOnce<Item, Answer>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) answers[next[0]] = await act(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

export const addressOf = (index: number): string => `reader-${index}@example.org`;
