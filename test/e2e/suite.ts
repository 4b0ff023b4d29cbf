import { playStory } from '../../embedded/scenario-runner.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import { PROCEDURES, shortForm } from './choose-stories.ts';
import { houseOf, Ledger } from './house.ts';
import { PlayOverHttp } from './play-over-http.ts';
import type { Target } from './target.ts';

/** In the environment: `all` tells every story, anything else the short form. */
export const isFull = process.env['ONETRACK_STORIES'] === 'all';
const choose = isFull ? () => true : shortForm();

/** The stories of all procedures, told one after the other to one system over HTTP. `further`: what else is shown on it, thereafter. */
export function describeStories<T extends Target>(
  name: string,
  start: () => Promise<T>,
  { patienceMs, further }: { patienceMs: number; further?: (target: () => T) => void },
): void {
  describe(`stories told to ${name}`, () => {
    let target: T;
    const ledger = new Ledger();
    beforeAll(async () => {
      target = await start();
    }, 600_000);
    afterAll(() => target.close(), 60_000);

    describe.each(PROCEDURES)('%s', (procedure) => {
      const { house, stories } = houseOf(procedure);
      it.each(stories.filter(choose).map((story) => [story.scenario, story] as const))(
        '%s',
        async (_, story) => {
          const told = await tell(new PlayOverHttp(target, house, story, ledger), story).catch(inFull);
          const complaints = told === '' ? [] : await target.complaints?.();
          expect([told, ...(complaints ?? [])]).toEqual(['']);
        },
        patienceMs,
      );
    });
    further?.(() => target);
  });
}

/** Answers what was not as told, by lines; nothing if all was. */
async function tell(playing: PlayOverHttp, story: Story): Promise<string> {
  await playing.begin();
  const { faults } = await playStory(playing, story);
  const numbering = await playing.enter();
  return [...faults.map(({ line, message }) => `line ${line}: ${message}`), ...numbering].join('\n');
}

const inFull = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
