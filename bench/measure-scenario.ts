// Measures how long stories of thirty working days and more take to be played, and prints one JSON array: from the submission until the record is judged, real
// stores, papers, signatures and time-stamps, the clock and the services outside being virtual. What a story costs is mostly its papers.
import { fileURLToPath } from 'node:url';
import { runScenario } from '../embedded/scenario-runner.ts';
import { loadSampleOrganisation, loadScenarios, neededProcedures } from '../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse } from '../embedded/scenarios/stage-machine.ts';
import type { ScenarioFigures } from './report.ts';

const STORIES = {
  'urbanism-certificate': 'a file that nobody completes is returned',
  'marriage-registration': 'who never comes has nothing registered',
  'construction-permit': 'what the applicant does not complete lapses',
};
const WARM_UP = 10;
const RUNS = 50;

const figures: ScenarioFigures[] = [];
for (const [procedure, scenario] of Object.entries(STORIES)) figures.push(await measure(`${procedure}.yaml`, scenario));
console.log(JSON.stringify(figures));

async function measure(file: string, scenario: string): Promise<ScenarioFigures> {
  const loading = loadScenarios(fileURLToPath(new URL(`../workflows/procedures/${file}`, import.meta.url)), file);
  if (!loading.ok) throw new Error(JSON.stringify(loading.problems));
  const story = loading.stories.find((each) => each.scenario === scenario);
  if (!story) throw new Error(`expected a scenario "${scenario}" beside ${file}, found none`);
  const house = await openScenarioHouse(loadSampleOrganisation(), neededProcedures(loading));
  const times: number[] = [];
  let papers = 0;
  try {
    for (let run = 0; run < WARM_UP + RUNS; run += 1) {
      const began = performance.now();
      const { faults } = await runScenario(house, story, (made) => (papers = made.length));
      if (faults.length > 0) throw new Error(JSON.stringify(faults));
      if (run >= WARM_UP) times.push(performance.now() - began);
    }
  } finally {
    house.close();
  }
  times.sort((a, b) => a - b);
  const [fastestMs = NaN, p50Ms = NaN, slowestMs = NaN] = [times[0], times[RUNS / 2], times.at(-1)];
  return { scenario, papers, runs: RUNS, fastestMs, p50Ms, slowestMs };
}
