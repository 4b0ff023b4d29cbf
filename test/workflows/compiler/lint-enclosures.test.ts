import { lint } from '../../../workflows/compiler/lint.ts';
import { parseYaml, sample } from './sample.ts';

it('refuses files in a paper that no person answers for', () => {
  const { definition } = parseYaml(
    sample([
      ['issues:', 'issues:\n  slip: { template: permit, automatic: Act 9, encloses: [proof] }'],
      ['proof: { accept: [scan] }', 'proof: { accept: [scan], maxBytes: 20000000 }'],
    ]),
  );
  expect(lint(definition)).toContainEqual(
    expect.objectContaining({ rule: 'enclosure-unfit', path: 'issues.slip.encloses' }),
  );
});
