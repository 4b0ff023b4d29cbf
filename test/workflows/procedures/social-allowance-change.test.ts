import { join } from 'node:path';
import { beginningOf, leadThere, playStory } from '../../../embedded/scenario-runner.ts';
import { loadSampleOrganisation, loadScenarios, neededProcedures } from '../../../embedded/scenarios/load-scenarios.ts';
import { PlayHere } from '../../../embedded/scenarios/play-here.ts';
import { openScenarioHouse, StageMachine } from '../../../embedded/scenarios/stage-machine.ts';
import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('social-allowance-change');

it.each([
  'the ground has changed, and a decision of its own adjusts the earlier one',
  'the payments end with the decision',
])('a decision whose print was not sent yet is not sent any more: %s', async (scenario) => {
  const path = join(import.meta.dirname, '../../../workflows/procedures/social-allowance-change.yaml');
  const loading = loadScenarios(path, 'social-allowance-change.yaml');
  const story = loading.ok ? loading.stories.find((each) => each.scenario === scenario) : undefined;
  if (!loading.ok || !story) throw new Error(`expected the story: ${scenario}`);
  const organisation = loadSampleOrganisation();
  const house = await openScenarioHouse(organisation, neededProcedures(loading));
  const stage = await StageMachine.open(house, beginningOf(story));
  try {
    const led = await leadThere(stage, { organisation }, story);
    if (!led.ok) throw new Error(JSON.stringify(led.faults));
    const playing = new PlayHere(stage, led.story, organisation);
    expect((await playStory(playing, led.story)).faults).toEqual([]);
    const { about } = await playing.dossier();
    const { store, masterKey, cache } = stage.machine.platform;
    const earlier = await cache.load(about?.dossier ?? '', store, masterKey);
    expect(earlier?.dossier.issues['decision']).toMatchObject({ dispatch: { state: 'dropped' } });
    expect(await store.task(`${about?.dossier ?? ''}.dispatch.1`)).toMatchObject({ status: 'cancelled' });
  } finally {
    await stage.close();
    house.close();
  }
});
