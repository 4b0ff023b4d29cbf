import { lint } from '../../../workflows/compiler/lint.ts';
import { TAKEN_BACK } from './refused-calls.ts';
import { parseYaml, sample } from './sample.ts';

describe('the linter', () => {
  it('lets a call that was refused stand, and one that every way to nothing takes back', () => {
    expect(lint(parseYaml(sample(TAKEN_BACK)).definition)).toEqual([]);
  });

  it('lets a dossier be stopped before the call that it could not take back', () => {
    const before = sample([...TAKEN_BACK, ['until: sign, go: takeBack', 'during: [verify], stop: withdrawn']]);
    expect(lint(parseYaml(before).definition)).toEqual([]);
    const until = sample([...TAKEN_BACK, ['until: sign, go: takeBack', 'until: verify, stop: withdrawn']]);
    expect(lint(parseYaml(until).definition)).toEqual([]);
  });
});
