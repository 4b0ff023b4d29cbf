import { fileURLToPath } from 'node:url';
import { beginningOf, leadThere } from '../../../embedded/scenario-runner.ts';
import { loadSampleOrganisation, loadScenarios, neededProcedures } from '../../../embedded/scenarios/load-scenarios.ts';
import { PlayHere } from '../../../embedded/scenarios/play-here.ts';
import { openScenarioHouse, StageMachine } from '../../../embedded/scenarios/stage-machine.ts';
import { Expectation, Step } from '../../../schemas/scenario.ts';
import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('permit-extension');

// A story tells of one dossier, so what two requests do to one another is told here.
it('of two requests received while neither was granted, one extends the permit and the other is refused before it is signed', async () => {
  const path = fileURLToPath(new URL('../../../workflows/procedures/permit-extension.yaml', import.meta.url));
  const loading = loadScenarios(path, 'permit-extension.yaml');
  if (!loading.ok) throw new Error(JSON.stringify(loading.problems));
  const story = loading.stories.find(({ scenario }) => scenario === 'a permit is extended, and its own record says so');
  if (!story) throw new Error('expected the story of an extension');
  const house = await openScenarioHouse(loadSampleOrganisation(), neededProcedures(loading));
  const stage = await StageMachine.open(house, beginningOf(story));
  try {
    const led = await leadThere(stage, house, story);
    if (!led.ok) throw new Error(JSON.stringify(led.faults));
    const [first, second] = [1, 2].map(() => new PlayHere(stage, led.story, house.organisation)) as [
      PlayHere,
      PlayHere,
    ];
    for (const playing of [first, second]) {
      expect(await playing.submit({})).toMatchObject({ ok: true });
      await playing.settle();
      await act(playing, { receive: 'accepted' });
    }
    for (const step of [{ decide: 'approved' }, ...Array<object>(3).fill({ sign: 'signed' })]) await act(second, step);
    await act(first, { decide: 'approved' });

    expect((await second.dossier()).result).toBe('granted');
    const refused = Expectation.parse({ stage: 'draftNo', outcomes: { stillOnce: 'invalid' } });
    expect(await first.differences(refused)).toEqual([]);
    for (const step of Array<object>(2).fill({ draftNo: 'signed' })) await act(first, step);
    expect(await first.differences(Expectation.parse({ issues: { refusal: { shows: ['între timp'] } } }))).toEqual([]);
  } finally {
    await stage.close();
    house.close();
  }
}, 120_000);

async function act(playing: PlayHere, step: object): Promise<void> {
  expect(await playing.perform(Step.parse(step))).toEqual({ ok: true });
  await playing.settle();
}
