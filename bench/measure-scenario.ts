// Measures how long a story of more than thirty working days takes to be played, and prints one JSON object: from the submission until the record is judged, real
// stores, papers, signatures and time-stamps, the clock and the services outside being virtual.
import { fileURLToPath } from 'node:url';
import { runScenario } from '../embedded/scenario-runner.ts';
import { loadSampleOrganisation, loadScenarios, neededProcedures } from '../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse } from '../embedded/scenarios/stage-machine.ts';
import type { ScenarioFigures } from './report.ts';

const PROCEDURE = 'construction-permit.yaml';
const STORY = 'what the applicant does not complete lapses';
const WARM_UP = 10;
const RUNS = 50;

const path = fileURLToPath(new URL(`../workflows/procedures/${PROCEDURE}`, import.meta.url));
const loading = loadScenarios(path, PROCEDURE);
if (!loading.ok) throw new Error(JSON.stringify(loading.problems));
const story = loading.stories.find(({ scenario }) => scenario === STORY);
if (!story) throw new Error(`expected a scenario "${STORY}" beside ${PROCEDURE}, found none`);
const house = await openScenarioHouse(loadSampleOrganisation(), neededProcedures(loading));
try {
  const times: number[] = [];
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const began = performance.now();
    const { faults } = await runScenario(house, story);
    if (faults.length > 0) throw new Error(JSON.stringify(faults));
    if (run >= WARM_UP) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const figures: ScenarioFigures = {
    scenario: STORY,
    runs: RUNS,
    fastestMs: times[0] ?? NaN,
    p50Ms: times[RUNS / 2] ?? NaN,
    slowestMs: times.at(-1) ?? NaN,
  };
  console.log(JSON.stringify(figures));
} finally {
  house.close();
}
