import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { embedded, emulated, type Conductor, type Run } from './ministack/conduct.ts';
import { hasMiniStack, startMiniStack, type MiniStack } from './ministack/start.ts';
import { fewestOf, waysOf, type Machine, type Way } from './ministack/ways.ts';

/* Step Functions as others have written it again. scripts/oracles.sh installs it; in CI a missing one is a failure. What it is known to do otherwise than AWS says is corrected, and listed, in ministack/corrections.py. */
const GOLDEN = join(import.meta.dirname, '../golden/asl');
const judged = hasMiniStack || process.env['CI'] === 'true' ? describe : describe.skip;
if (judged === describe.skip)
  process.stderr.write('MiniStack is missing: its judgement is skipped (scripts/oracles.sh installs it)\n');

/** In the environment: `all` goes every way of every machine, anything else what fails alike once. */
const choose = process.env['ONETRACK_WAYS'] === 'all' ? waysOf : fewestOf();

interface Golden {
  name: string;
  definition: Machine;
}

judged('a compiled machine, on the embedded engine and on MiniStack', () => {
  let ministack: MiniStack;
  let there: Conductor;
  const here = embedded();
  beforeAll(async () => {
    ministack = await startMiniStack({ waitScale: 0 });
    // The account and the names that the golden machines speak of.
    const functions = ['onetrack-waiting-stage', 'onetrack-acting-stage', 'onetrack-park'];
    there = await emulated(ministack, '111122223333', functions, 8);
  }, 60_000);
  afterAll(async () => {
    await here.close();
    await there.close();
    await ministack.stop();
  });

  const golden = (file: string): Golden => JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')) as Golden;
  const conduct = async (
    conductor: Conductor,
    { name, definition }: Golden,
    ways: readonly Way[],
  ): Promise<Record<string, Run | undefined>> => {
    const runs = await conductor.conduct(JSON.stringify(definition), name, ways);
    return Object.fromEntries(ways.map(({ says }, index) => [says, runs[index]]));
  };

  it.each(readdirSync(GOLDEN))(
    'ends alike, by the same states and calls, whatever way %s goes',
    async (file) => {
      const machine = golden(file);
      const ways = choose(machine.definition);
      const runs = await conduct(here, machine, ways);
      expect(await conduct(there, machine, ways)).toEqual(runs);
      expect(Object.entries(runs).filter(([, run]) => run?.unused !== 0)).toEqual([]);
    },
    300_000,
  );

  it('fails once as its stages say, and anew where one says otherwise', () => {
    const { definition } = golden('bench.json');
    const failing = (ways: readonly Way[]) => ways.filter(({ goesOn }) => goesOn !== true);
    const fewest = fewestOf();
    expect(failing(fewest(definition))).not.toEqual([]);
    expect(failing(fewest(definition))).toEqual([]);
    const approve = definition.States['approve'] ?? { Type: 'Task' };
    const changed = { ...definition, States: { ...definition.States, approve: { ...approve, Catch: [] } } };
    expect(failing(fewest(changed))).toEqual(failing(waysOf(changed)).filter(({ stage }) => stage === 'approve'));
  });

  it('is told apart from one that does not catch, does not retry, or goes another way', async () => {
    const { name, definition } = golden('bench.json');
    const ways = waysOf(definition).filter(({ stage }) => stage === 'approve');
    const runs = await conduct(here, { name, definition }, ways);
    const approve = definition.States['approve'] ?? { Type: 'Task' };
    const changes = { noCatch: { Catch: [] }, noRetry: { Retry: [] }, elsewhere: { Next: 'granted' } };
    for (const [change, fields] of Object.entries(changes)) {
      const States = { ...definition.States, approve: { ...approve, ...fields } };
      const changed = { name: `${name.slice(0, 20)}-${change}`, definition: { ...definition, States } };
      expect(await conduct(there, changed, ways)).not.toEqual(runs);
    }
  }, 120_000);
});
