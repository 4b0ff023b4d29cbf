import { fileURLToPath } from 'node:url';
import { runScenario, type ScenarioReport, untoldOutcomes } from '../../embedded/scenario-runner.ts';
import { loadSampleOrganisation, loadScenarios } from '../../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse, type ScenarioHouse } from '../../embedded/scenarios/stage-machine.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';

const PROCEDURES = ['library-card', 'birth-registration', 'household-business'] as const;

function load(procedure: string) {
  const path = fileURLToPath(new URL(`../../workflows/procedures/${procedure}.yaml`, import.meta.url));
  const loading = loadScenarios(path);
  if (!loading.ok) throw new Error(`${procedure}: ${JSON.stringify(loading.problems, null, 2)}`);
  return loading;
}

describe.each(PROCEDURES)('scenarios of %s', (name) => {
  const { procedure, stories } = load(name);
  let house: ScenarioHouse;

  beforeAll(() => {
    house = openScenarioHouse(loadSampleOrganisation());
  });
  afterAll(() => {
    house.close();
  });

  const reports = new Map<string, ScenarioReport>();
  const report = async (story: Story) => {
    const known = reports.get(story.scenario) ?? (await runScenario(house, [procedure], story));
    reports.set(story.scenario, known);
    return known;
  };

  it.each(stories.map((story) => ({ name: story.scenario, story })))('$name', async ({ story }) => {
    const { faults } = await report(story);

    expect(faults.map(({ line, message }) => `line ${line}: ${message}`)).toEqual([]);
  });

  it('takes every outcome of every stage', async () => {
    for (const story of stories) await report(story);

    expect(untoldOutcomes(procedure.parsed.procedure, [...reports.values()])).toEqual([]);
  });
});
