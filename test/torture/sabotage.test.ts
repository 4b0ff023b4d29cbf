import type { Sabotage } from './house.ts';
import { runTorture } from './torture-run.ts';

/** As what a planted bug is complained of, and what follows from it. */
const COMPLAINTS = {
  'double-number': { as: /^register .* number \d+ twice$/ },
  'lose-webhook': {
    as: /^webhook .* it came after that of event/,
    also: /the subscriber (never got it|was never told)/,
  },
  'unfenced-run': {
    as: /, StageEntered, is of run 1, the present one is 2$/,
    also: /evidence: .*("illegal-event","expected":"run 2"|"unexpected-file")/,
  },
} satisfies Partial<Record<Sabotage, { as: RegExp; also?: RegExp }>>;

async function complaintsOf(...sabotage: readonly Sabotage[]): Promise<string[]> {
  const calm = { nemesis: false, seconds: 1, seed: 5, clients: 4, procedures: ['library-card'], patience: 0 };
  return (await runTorture({ ...calm, sabotage, tell: () => undefined })).faults;
}

/* `npm run torture -- --sabotage ...`. */
describe('a server in which bugs are planted', () => {
  let dropping: string[];
  let others: string[];
  beforeAll(async () => {
    [dropping, others] = await Promise.all([
      complaintsOf('drop-event'),
      complaintsOf('double-number', 'lose-webhook', 'unfenced-run'),
    ]);
  }, 300_000);

  it.each(Object.entries(COMPLAINTS))('%s is complained of as that', (_, { as }) => {
    expect(others).toContainEqual(expect.stringMatching(as));
  });

  it('nothing else is complained of', () => {
    const known = Object.values<{ as: RegExp; also?: RegExp }>(COMPLAINTS).flatMap(({ as, also }) => [as, also]);
    expect(others.filter((fault) => !known.some((each) => each?.test(fault)))).toEqual([]);
  });

  it('drop-event is complained of as what was acknowledged and is lost', () => {
    expect(dropping).toContainEqual(expect.stringMatching(/: acknowledged, but dossier .* is not there$/));
    expect(dropping).toContainEqual(expect.stringMatching(/: acknowledged event \d+ of .* is lost$/));
    expect(dropping).not.toContainEqual(expect.stringMatching(COMPLAINTS['unfenced-run'].as));
  });
});
