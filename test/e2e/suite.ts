import { playStory } from '../../embedded/scenario-runner.ts';
import { type Story, tellAfter } from '../../workflows/scenarios/read-scenarios.ts';
import { PROCEDURES, shortForm } from './choose-stories.ts';
import { type House, houseOf, Ledger } from './house.ts';
import { observe } from './observe.ts';
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
          const told = await tell({ target, house, ledger }, story).catch(inFull);
          const complaints = told === '' ? [] : await target.complaints?.();
          expect([told, ...(complaints ?? [])]).toEqual(['']);
        },
        patienceMs,
      );
    });
    further?.(() => target);
  });
}

interface Where {
  target: Target;
  house: House;
  ledger: Ledger;
}

/** Answers what was not as told, by lines; nothing if all was. */
async function tell(where: Where, story: Story): Promise<string> {
  where.ledger.begin();
  return (await play(where, await tellThere(where, story))).told;
}

/** Leads the applicant's earlier dossier to where its own story leaves it. Throws where that story is not kept. */
async function tellThere(where: Where, story: Story): Promise<Story> {
  if (!story.earlier) return story;
  const { house } = houseOf(story.earlier.procedure);
  const before = { ...where, house };
  const { told, playing } = await play(before, await tellThere(before, story.earlier));
  if (told !== '') throw new Error(`${story.earlier.procedure}: ${told}`);
  const token = await where.target.token({ subject: 'administrator', role: 'admin' });
  return tellAfter(story, (await observe(where.target, token, playing.id)).dossier);
}

async function play({ target, house, ledger }: Where, story: Story): Promise<{ told: string; playing: PlayOverHttp }> {
  const playing = new PlayOverHttp(target, house, story, ledger);
  await playing.begin();
  const { faults } = await playStory(playing, story);
  const numbering = await playing.enter();
  return { told: [...faults.map(({ line, message }) => `line ${line}: ${message}`), ...numbering].join('\n'), playing };
}

const inFull = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
