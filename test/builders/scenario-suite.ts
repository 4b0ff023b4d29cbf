import { fileURLToPath } from 'node:url';
import { runScenario, type ScenarioReport, untoldBeside } from '../../embedded/scenario-runner.ts';
import { loadSampleOrganisation, loadScenarios, neededProcedures } from '../../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse, type OtherRecords, type ScenarioHouse } from '../../embedded/scenarios/stage-machine.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';

interface Telling {
  folder?: string;
  /** Where dossiers are kept, if not in SQLite. */
  records?: () => Promise<OtherRecords>;
  /** How long a story may take, where it takes longer than a test. */
  patienceMs?: number;
  /** Which stories; otherwise all, with every outcome in them. */
  choose?: (story: Story) => boolean;
}

const amendsCalendar = (steps: Story['do']): boolean => steps.some(({ kind }) => kind === 'amendCalendar');

/** One test for each scenario beside a procedure, and one that none of the procedure's outcomes is left untold. */
export function describeScenarios(
  name: string,
  { folder = 'workflows/procedures', records, choose, patienceMs }: Telling = {},
): void {
  describe(`scenarios of ${name}`, () => {
    const path = fileURLToPath(new URL(`../../${folder}/${name}.yaml`, import.meta.url));
    const loading = loadScenarios(path, `${name}.yaml`);
    if (!loading.ok) throw new Error(`${name}: ${JSON.stringify(loading.problems, null, 2)}`);
    // Kept elsewhere, the registry is that of all stories: an amended calendar would be, too.
    const stories = records ? loading.stories.filter(({ do: steps }) => !amendsCalendar(steps)) : loading.stories;
    const told = stories.filter(choose ?? (() => true)).map((story) => ({ name: story.scenario, story }));
    if (told.length === 0) return;
    const reports = new Map<string, ScenarioReport>();
    let house: ScenarioHouse;
    const report = async (story: Story) => {
      const known = reports.get(story.scenario) ?? (await runScenario(house, story));
      reports.set(story.scenario, known);
      return known;
    };

    beforeAll(async () => {
      house = await openScenarioHouse(loadSampleOrganisation(), neededProcedures(loading), await records?.());
    }, patienceMs);
    afterAll(() => {
      house.close();
    });

    it.each(told)(
      '$name',
      async ({ story }) => {
        const { faults } = await report(story);

        expect(faults.map(({ line, message }) => `line ${line}: ${message}`)).toEqual([]);
      },
      patienceMs,
    );

    if (choose) return;
    it('takes every outcome of every stage', async () => {
      for (const story of stories) await report(story);

      expect(untoldBeside(loading, [...reports.values()])).toEqual([]);
    });
  });
}
